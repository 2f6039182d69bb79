use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where a secret stands: a path of the vault, and a field there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRef {
    /// The path that is read.
    pub path: SecretPath,
    /// The field of what is read.
    pub field: String,
}

/// What one request reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SecretPath {
    /// How the mount keeps its secrets.
    pub engine: Engine,
    /// Where the engine is mounted.
    pub mount: String,
    /// The path below the mount.
    pub path: String,
}

/// How a mount keeps secrets; the names are GitLab's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Versioned: read at `<mount>/data/<path>`.
    KvV2,
    /// One version: read at `<mount>/<path>`.
    KvV1,
    /// Any engine that answers a read, with a lease where it made something.
    Generic,
}

/// Why a text names no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    /// `path@mount` without a field, or nothing at all.
    #[error("`{0}` names no field: the short form is `path/field@mount`")]
    NoField(String),
    /// A part of it is empty, or climbs.
    #[error("`{reference}` has {what}")]
    BadPart {
        /// The reference.
        reference: String,
        /// The part.
        what: &'static str,
    },
    /// A path of the vault's HTTP API.
    #[error("`{pasted}` is a path of the vault's HTTP API, not a reference")]
    ApiPath {
        /// What was pasted.
        pasted: String,
        /// The proper form, with FIELD where the field belongs.
        proper: String,
    },
    /// The engine is none that can be read.
    #[error("`{0}` is not an engine: `kv-v2`, `kv-v1` and `generic` are")]
    NoEngine(String),
}

/// The mount of GitLab's short form where it has no `@`.
const DEFAULT_MOUNT: &str = "kv-v2";

impl SecretRef {
    /// GitLab's long form, part by part.
    ///
    /// # Errors
    /// When a part is empty or climbs out of its mount.
    pub fn long(engine: Engine, mount: &str, path: &str, field: &str) -> Result<Self, BadReference> {
        let whole = || format!("{path}/{field}@{mount}");
        if field.is_empty() {
            return Err(BadReference::NoField(whole()));
        }
        let (mount, path) = (mount.trim_matches('/'), path.trim_matches('/'));
        let climbs = |part: &str| part.split('/').any(|segment| matches!(segment, "" | "." | ".."));
        let what = if mount.is_empty() {
            Some("an empty mount")
        } else if path.is_empty() {
            Some("an empty path")
        } else if climbs(mount) || climbs(path) {
            Some("an empty, `.` or `..` segment")
        } else {
            None
        };
        if let Some(what) = what {
            return Err(BadReference::BadPart { reference: whole(), what });
        }
        let path = SecretPath { engine, mount: mount.to_owned(), path: path.to_owned() };
        Ok(Self { path, field: field.to_owned() })
    }
}

/// GitLab's short form, `path/field@mount`: split at the last `@` and then at the last `/`; without `@` the mount is `kv-v2`.
/// <https://docs.gitlab.com/ci/yaml/#secretsvault>
impl FromStr for SecretRef {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let (place, mount) = match text.rsplit_once('@') {
            Some((place, mount)) => (place, mount),
            None => {
                if let Some(proper) = proper_form(text) {
                    return Err(BadReference::ApiPath { pasted: text.to_owned(), proper });
                }
                (text, DEFAULT_MOUNT)
            }
        };
        let Some((path, field)) = place.rsplit_once('/') else {
            return Err(BadReference::NoField(text.to_owned()));
        };
        if field.is_empty() {
            return Err(BadReference::NoField(text.to_owned()));
        }
        Self::long(Engine::KvV2, mount, path, field)
    }
}

/// `ci/metadata/a/b`, `ci/data/a/b` and `v1/ci/data/a/b` are `a/b/FIELD@ci`.
fn proper_form(pasted: &str) -> Option<String> {
    let path = pasted.trim_start_matches('/');
    let unversioned = path.strip_prefix("v1/");
    let segments: Vec<&str> = unversioned.unwrap_or(path).trim_end_matches('/').split('/').collect();
    let at = segments.iter().position(|segment| matches!(*segment, "metadata" | "data"));
    match at {
        Some(at) if at > 0 && at + 1 < segments.len() && (at == 1 || unversioned.is_some()) => {
            Some(format!("{}/FIELD@{}", segments[at + 1..].join("/"), segments[..at].join("/")))
        }
        _ => None,
    }
}

impl FromStr for Engine {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        match text {
            "kv-v2" => Ok(Self::KvV2),
            "kv-v1" => Ok(Self::KvV1),
            "generic" => Ok(Self::Generic),
            other => Err(BadReference::NoEngine(other.to_owned())),
        }
    }
}

impl SecretPath {
    /// The path of the request, below `/v1/`.
    pub fn api_path(&self) -> String {
        match self.engine {
            Engine::KvV2 => format!("{}/data/{}", self.mount, self.path),
            Engine::KvV1 | Engine::Generic => format!("{}/{}", self.mount, self.path),
        }
    }

    /// Where a KV store of version 2 keeps what it knows of the secret beside its value.
    pub fn metadata_path(&self) -> String {
        format!("{}/metadata/{}", self.mount, self.path)
    }

    /// Where it deletes the versions that a request names.
    pub fn deletion_path(&self) -> String {
        format!("{}/delete/{}", self.mount, self.path)
    }
}

impl BadReference {
    /// What to write instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoField(_) => {
                Some("GitLab keeps a token in the field `token`: `path/to/secret/token@mount`".to_owned())
            }
            Self::BadPart { .. } => None,
            Self::ApiPath { proper, .. } => {
                Some(format!("write `{proper}`, with the field's own name for FIELD"))
            }
            Self::NoEngine(_) => Some("other engines are read as `generic`".to_owned()),
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.path.path, self.field, self.path.mount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, String) {
        let reference: SecretRef = text.parse().unwrap();
        (reference.path.mount, reference.path.path, reference.field)
    }

    fn owned(a: &str, b: &str, c: &str) -> (String, String, String) {
        (a.to_owned(), b.to_owned(), c.to_owned())
    }

    #[test]
    fn the_short_form_is_split_at_the_last_at_and_the_last_slash() {
        assert_eq!(parts("a/b/c@x/y"), owned("x/y", "a/b", "c"));
        assert_eq!(parts("a@b/c@ci"), owned("ci", "a@b", "c"));
        assert_eq!(parts("production/db/password"), owned("kv-v2", "production/db", "password"));
        // `data` inside a path of the default mount is a path like any other.
        assert_eq!(parts("a/b/data/c"), owned("kv-v2", "a/b/data", "c"));
    }

    #[test]
    fn a_reference_without_a_field_is_refused() {
        for text in ["token@ci", "token", "", "a/b/@ci"] {
            assert_eq!(text.parse::<SecretRef>(), Err(BadReference::NoField(text.to_owned())), "{text}");
        }
        assert!("../token@ci".parse::<SecretRef>().is_err());
        assert!("a//b/token@ci".parse::<SecretRef>().is_err());
        assert!("a/token@".parse::<SecretRef>().is_err());
    }

    #[test]
    fn api_paths_get_their_proper_form() {
        for pasted in ["ci/metadata/a/b", "ci/data/a/b", "v1/ci/data/a/b", "/v1/ci/metadata/a/b"] {
            let Err(BadReference::ApiPath { proper, .. }) = pasted.parse::<SecretRef>() else {
                panic!("{pasted}")
            };
            assert_eq!(proper, "a/b/FIELD@ci", "{pasted}");
        }
        let Err(BadReference::ApiPath { proper, .. }) = "v1/team/kv/data/a".parse::<SecretRef>() else {
            panic!()
        };
        assert_eq!(proper, "a/FIELD@team/kv");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(path in "[a-z_]{1,8}(/[a-z@_-]{1,8}){0,3}", field in "[a-z]{1,8}", mount in "[a-z]{1,8}(/[a-z]{1,8})?") {
            let reference = SecretRef::long(Engine::KvV2, &mount, &path, &field).unwrap();
            proptest::prop_assert_eq!(reference.to_string().parse::<SecretRef>().unwrap(), reference);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = text.parse::<SecretRef>();
        }
    }
}
