use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::variables::Variable;
use crate::answer::{Answer, Reason};
use crate::rules::Decision;
use crate::yaml::{Linked, Place};

/// A visible job: whether it runs, and what it would be handed.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key in the configuration. `parallel` makes several jobs of one.
    pub name: Arc<str>,
    /// Where its key stands.
    pub place: Place,
    /// Does it run a script, or trigger another pipeline?
    pub kind: Kind,
    /// Is it part of the pipeline?
    pub included: Answer<bool>,
    /// When it starts; `When::Never` where it is not part of the pipeline.
    pub when: Answer<When>,
    /// What decided on that.
    pub decision: Decision,
    /// The ID tokens that GitLab signs for it.
    pub id_tokens: Answer<Vec<IdToken>>,
    /// The secrets that the Runner reads for it.
    pub secrets: Answer<Vec<Secret>>,
    /// The variables of the YAML that it sees, with the values that the Runner would get.
    pub variables: Vec<Variable>,
    /// Everything after extends, `!reference` and `default`, for whoever looks further.
    pub content: Linked,
    /// Includes that nobody could read and that the answers presume to change nothing here.
    pub assumes: Vec<Reason>,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Has a script.
    Script,
    /// Starts another pipeline (GitLab calls it a bridge).
    Trigger,
}

/// `when:` of a job in a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After the jobs before it have succeeded.
    OnSuccess,
    /// Only after one has failed.
    OnFailure,
    /// In any case.
    Always,
    /// When somebody asks for it.
    Manual,
    /// After a time.
    Delayed,
    /// Not at all.
    Never,
}

/// One of `id_tokens`.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// The variable that holds it.
    pub name: Arc<str>,
    /// Where its key stands.
    pub place: Place,
    /// Its content, and how the job came by it.
    pub content: Linked,
    /// For whom it is.
    pub audience: Audience,
}

/// `aud` of an ID token.
#[derive(Clone, Debug)]
pub enum Audience {
    /// A single one.
    One(Expanded),
    /// A list.
    Several(Vec<Expanded>),
}

/// A text whose variables GitLab replaces.
#[derive(Clone, Debug)]
pub struct Expanded {
    /// As it is written.
    pub written: Arc<str>,
    /// Where.
    pub place: Place,
    /// With the variables replaced; an unset one by nothing.
    pub value: Answer<String>,
    /// Variables in it that are not set.
    pub unset: Vec<String>,
}

/// One of `secrets`.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The variable that holds it.
    pub name: Arc<str>,
    /// Where its key stands.
    pub place: Place,
    /// Its content, and how the job came by it.
    pub content: Linked,
    /// Where the Runner reads it.
    pub provider: Provider,
    /// Is the variable a path to a file that holds it?
    pub file: bool,
    /// `token:` as it is written, and where.
    pub token: Option<(Arc<str>, Place)>,
    /// The ID token that logs in with it: the one that `token` names, else the first.
    pub logs_in_with: Option<Arc<str>>,
}

/// Who keeps a secret.
#[derive(Clone, Debug)]
pub enum Provider {
    /// HashiCorp Vault or OpenBao.
    Vault(VaultSecret),
    /// Another of GitLab's providers, by its keyword.
    Other(Arc<str>),
}

/// `vault:` of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultSecret {
    /// `kv-v2`, `kv-v1`, `generic`, …
    pub engine: String,
    /// The path at which the engine is mounted.
    pub mount: String,
    /// Of the secret in its engine.
    pub path: String,
    /// Of the secret.
    pub field: String,
    /// Where it is written.
    pub place: Place,
}

impl When {
    /// GitLab's word.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::OnSuccess => "on_success",
            Self::OnFailure => "on_failure",
            Self::Always => "always",
            Self::Manual => "manual",
            Self::Delayed => "delayed",
            Self::Never => "never",
        }
    }
}
