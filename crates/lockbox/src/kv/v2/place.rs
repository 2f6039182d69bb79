use crate::exchange::{Field, Operation, Schema};

/// Which part of the engine a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Config,
    Data,
    Delete,
    Destroy,
    DetailedMetadata,
    Metadata,
    Subkeys,
    Undelete,
}

impl Place {
    /// The part, and the path of the secret in it.
    pub(super) fn find(path: &str) -> Option<(Self, &str)> {
        if path == "config" {
            return Some((Self::Config, ""));
        }
        let (place, rest) = path.split_once('/')?;
        let place = match place {
            "data" => Self::Data,
            "delete" => Self::Delete,
            "destroy" => Self::Destroy,
            "detailed-metadata" => Self::DetailedMetadata,
            "metadata" => Self::Metadata,
            "subkeys" => Self::Subkeys,
            "undelete" => Self::Undelete,
            _ => return None,
        };
        Some((place, rest))
    }

    pub(super) fn supports(self, operation: Operation) -> bool {
        let is_write = matches!(operation, Operation::Create | Operation::Update);
        let is_list = matches!(operation, Operation::List | Operation::Scan);
        match self {
            Self::Data => !is_list && operation != Operation::Head,
            Self::Metadata => operation != Operation::Head,
            Self::DetailedMetadata => is_list,
            Self::Subkeys => operation == Operation::Read,
            Self::Config => is_write || operation == Operation::Read,
            Self::Delete | Self::Destroy | Self::Undelete => is_write,
        }
    }

    /// Whether a write here may create, and is asked about before its policies are.
    pub(super) fn tells_creation(self) -> bool {
        matches!(self, Self::Data | Self::Metadata)
    }

    pub(super) fn schema(self) -> Schema {
        Schema(match self {
            Self::Data => &[
                ("path", Field::OfPath),
                ("data", Field::Object),
                ("options", Field::Object),
                ("version", Field::Integer),
            ],
            Self::Metadata => &[
                ("path", Field::OfPath),
                ("after", Field::Text),
                ("cas_required", Field::Flag),
                ("custom_metadata", Field::Object),
                ("delete_version_after", Field::Seconds),
                ("limit", Field::Integer),
                ("max_versions", Field::Integer),
                ("metadata_cas", Field::Integer),
                ("metadata_cas_required", Field::Flag),
            ],
            Self::DetailedMetadata => {
                &[("path", Field::OfPath), ("after", Field::Text), ("limit", Field::Integer)]
            }
            Self::Subkeys => {
                &[("path", Field::OfPath), ("depth", Field::Integer), ("version", Field::Integer)]
            }
            Self::Config => &[
                ("cas_required", Field::Flag),
                ("delete_version_after", Field::SignedSeconds),
                ("max_versions", Field::Integer),
                ("metadata_cas_required", Field::Flag),
            ],
            Self::Delete | Self::Destroy | Self::Undelete => {
                &[("path", Field::OfPath), ("versions", Field::Integers)]
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_one_part() {
        for (path, expected) in [
            ("config", Some((Place::Config, ""))),
            ("config/", None),
            ("data", None),
            ("data/", Some((Place::Data, ""))),
            ("data/a/b", Some((Place::Data, "a/b"))),
            ("detailed-metadata/a", Some((Place::DetailedMetadata, "a"))),
            ("other/a", None),
        ] {
            assert_eq!(Place::find(path), expected, "{path}");
        }
    }
}
