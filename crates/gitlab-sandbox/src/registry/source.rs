use std::fmt;

/// What has members, access tokens and bots of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A group, by its number.
    Group(u64),
    /// A project, by its number.
    Project(u64),
}

impl Source {
    pub(crate) fn id(self) -> u64 {
        match self {
            Self::Group(id) | Self::Project(id) => id,
        }
    }
}

/// GitLab's word for the kind, as it stands in texts and in the names of bots.
impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Group(_) => "group",
            Self::Project(_) => "project",
        })
    }
}
