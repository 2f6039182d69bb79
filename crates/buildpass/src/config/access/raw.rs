use std::{collections::BTreeMap, path::PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// GitLab, as whoever declares tokens asks it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct RawGitlab {
    /// Its address; the default is CI_SERVER_URL.
    pub(super) url: Option<String>,
    /// The address of the GitLab that holds the `dev` mirrors.
    pub(super) dev: Option<String>,
    /// The variable that holds a token with the scope `api`, of an owner of the groups; the default is GITLAB_TOKEN.
    pub(super) token: Option<String>,
    /// Where the vault keeps that token instead, as `path/field@mount`.
    pub(super) from: Option<String>,
}

/// Who may read what.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct RawAccess {
    /// Tells this declaration from others in the same vault and group; the default is `buildpass`.
    pub(super) name: Option<String>,
    /// A folder of TOML files with more tokens, grants and mirrors.
    pub(super) folder: Option<PathBuf>,
    /// Access tokens that are to exist.
    pub(super) token: Vec<RawToken>,
    /// Who may read which secret.
    pub(super) grant: Vec<RawGrant>,
    /// Which project mirrors which.
    pub(super) mirror: Vec<RawMirror>,
}

/// An access token of a group or project.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawToken {
    /// Its name at GitLab.
    pub(super) name: String,
    /// The full path of the group whose token it is.
    pub(super) group: Option<String>,
    /// The full path of the project whose token it is.
    pub(super) project: Option<String>,
    /// `group` (the default): all that the group's members reach; or `needed`: a fine-grained token for the repositories of the build's sources
    /// and mirrors alone.
    pub(super) reach: Option<String>,
    /// What it may do there: `guest`, `planner`, `reporter` (the default), `developer`, `maintainer` or `owner`.
    pub(super) role: Option<String>,
    /// What it is for; the default is `read_repository` alone.
    pub(super) scopes: Option<Vec<String>>,
    /// How long it lives, in whole days, 365 at most; the default is `30d`. Of one that is minted: at least `1h`, and the default is the
    /// longest `session_ttl` of its grants.
    pub(super) lifetime: Option<String>,
    /// How long before its end it is replaced, in whole days; the default is `7d`.
    pub(super) rotate_before: Option<String>,
    /// How long the old one lives beside the new one; the default is the longest `session_ttl` of its grants, at least `1h`.
    pub(super) overlap: Option<String>,
    /// Where its value is kept, as `path/field@mount`, in a KV store of version 2. Of one that is minted: the engine's `token/ROLE/token@mount`.
    pub(super) store: String,
    /// What else is written beside it, as the secret's custom metadata.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

/// Which projects may read a secret, from which refs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGrant {
    /// The name of a `[[secret]]`, or of an `[[access.token]]`.
    pub(super) secret: String,
    /// The role of the JWT auth method that lets them in.
    pub(super) vault_role: String,
    /// Full paths or numbers of projects.
    #[serde(default)]
    pub(super) projects: Vec<RawProject>,
    /// Names of mirrors: the projects that they are for fixes that are not public yet.
    #[serde(default)]
    pub(super) mirrors: Vec<String>,
    /// `"protected"`, or a list of branches; `*` stands for any text.
    pub(super) refs: Option<RawRefs>,
    /// Tags; `*` stands for any text.
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// Environments; any where none is named.
    #[serde(default)]
    pub(super) environments: Vec<String>,
    /// For whom the ID token must be, one or several; the default is `[identity] audience`, then the vault's address.
    pub(super) audience: Option<OneOrMany>,
    /// The longest session, at least the job's timeout; the default is `1h`.
    pub(super) session_ttl: Option<String>,
    /// `"per-job"`: each job has a token made for itself, by an engine of the vault. All grants of that token say so.
    pub(super) mint: Option<RawMint>,
    /// What a session is: `service` (the default) is renewed while the job runs and given back at its end; `batch` is neither.
    #[serde(default)]
    pub(super) session: RawSession,
    /// Let the vault compare by patterns, instead of expanding them to the refs that are there.
    #[serde(default)]
    pub(super) glob: bool,
}

/// For whom a token is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawMint {
    /// For one job, with which it ends.
    PerJob,
}

/// One project and its mirrors.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMirror {
    /// What builds and grants call it; the default is the last part of `canonical`.
    pub(super) name: Option<String>,
    /// The project that everybody reads.
    pub(super) canonical: String,
    /// Its mirror for fixes that are not public yet.
    pub(super) security: Option<String>,
    /// Its mirror on the GitLab of `[gitlab] dev`.
    pub(super) dev: Option<String>,
    /// The `[[access.token]]` that reads the security mirror.
    pub(super) token: Option<String>,
}

/// The type of a session.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawSession {
    #[default]
    Service,
    Batch,
}

#[derive(Clone, Debug)]
pub(super) enum RawProject {
    Path(String),
    Id(u64),
}

#[derive(Debug)]
pub(super) enum RawRefs {
    Word(String),
    Branches(Vec<String>),
}

#[derive(Debug)]
pub(super) struct OneOrMany(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for RawProject {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct PathOrId;

        impl de::Visitor<'_> for PathOrId {
            type Value = RawProject;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the full path of a project, or its number")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<RawProject, E> {
                Ok(RawProject::Path(path.to_owned()))
            }

            fn visit_i64<E: de::Error>(self, id: i64) -> Result<RawProject, E> {
                let id = u64::try_from(id).ok().filter(|id| *id > 0);
                id.map(RawProject::Id).ok_or_else(|| E::custom("a project's number is above 0"))
            }
        }

        from.deserialize_any(PathOrId)
    }
}

impl<'de> Deserialize<'de> for RawRefs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct WordOrBranches;

        impl<'de> de::Visitor<'de> for WordOrBranches {
            type Value = RawRefs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"protected\" or a list of branches")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<RawRefs, E> {
                Ok(RawRefs::Word(word.to_owned()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, branches: A) -> Result<RawRefs, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(branches)).map(RawRefs::Branches)
            }
        }

        from.deserialize_any(WordOrBranches)
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        crate::config::file::one_or_many(from).map(Self)
    }
}

impl JsonSchema for RawProject {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Project".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "integer", "minimum": 1 }] })
    }
}

impl JsonSchema for RawRefs {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Refs".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "const": "protected" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}
