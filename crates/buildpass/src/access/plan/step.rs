use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::Owner;

/// One thing to do, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub verb: Verb,
    /// To what.
    pub object: Object,
    /// Why.
    pub because: Vec<String>,
    /// What it was and what it will be, where both can be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// It is not there yet.
    Create,
    /// It is otherwise than declared.
    Change,
    /// A new token takes the place of one that jobs hold.
    Rotate,
    /// It is not to be there.
    Revoke,
}

/// What a step is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Object {
    /// A KV store.
    KvMount {
        /// Its path.
        path: String,
    },
    /// An engine that mints.
    EngineMount {
        /// Its path.
        path: String,
        /// The vault's name of such an engine.
        engine: String,
    },
    /// A role of one.
    EngineRole {
        /// Its API path.
        path: String,
    },
    /// A JWT auth method.
    AuthMount {
        /// Its path.
        path: String,
    },
    /// The settings of one.
    AuthConfig {
        /// Its path.
        path: String,
    },
    /// A declared token and its stored value.
    Token {
        /// Its name.
        name: String,
        /// Whose it is.
        owner: String,
    },
    /// A policy of the vault.
    Policy {
        /// Its name.
        name: String,
    },
    /// The policy that leads to tokens that nobody is granted.
    Trail {
        /// Its name.
        name: String,
    },
    /// A role of the vault.
    Role {
        /// Its name.
        name: String,
    },
    /// A secret of the vault.
    Secret {
        /// Where it stands.
        store: String,
    },
    /// A living token that is not to live.
    OldToken {
        /// GitLab's number.
        id: u64,
        /// Its name.
        name: String,
        /// Whose it is.
        owner: String,
        /// Where it was to be stored.
        store: Option<String>,
    },
    /// What stands beside a stored token.
    Note {
        /// The token's name.
        token: String,
    },
}

/// A field, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its name.
    pub field: String,
    /// What is there.
    pub from: Option<String>,
    /// What is to be there.
    pub to: Option<String>,
}

impl Step {
    pub(super) fn new(verb: Verb, object: Object, because: impl Into<String>) -> Self {
        Self { verb, object, because: vec![because.into()], changes: Vec::new() }
    }

    /// No job ever finds a dead token, or is let in to a secret that is not there: what is needed comes first, what lets somebody in
    /// after it, and what ends something last.
    pub(super) fn turn(&self) -> u8 {
        match (&self.object, self.verb) {
            (Object::KvMount { .. } | Object::EngineMount { .. }, _) => 0,
            (Object::AuthMount { .. }, _) => 1,
            (Object::AuthConfig { .. }, _) => 2,
            // It leads to a token that was made and nothing else, before it is made.
            (Object::Trail { .. }, Verb::Create | Verb::Change | Verb::Rotate) => 2,
            (Object::Trail { .. }, Verb::Revoke) => 9,
            // A policy is what says that it is ours, until it is written otherwise.
            (Object::Token { .. } | Object::EngineRole { .. }, _) => 3,
            // A policy leads to the secrets that it was for, as long as there is something to be ended.
            (Object::Policy { .. }, Verb::Revoke) => 9,
            (Object::Policy { .. }, _) => 4,
            (Object::Role { .. }, Verb::Revoke) => 6,
            (Object::Role { .. }, _) => 5,
            (Object::Secret { .. }, _) => 7,
            (Object::OldToken { .. }, _) => 8,
            (Object::Note { .. }, _) => 10,
        }
    }
}

impl Verb {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Rotate => "rotate",
            Self::Revoke => "revoke",
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KvMount { path } => write!(f, "KV store {path}/"),
            Self::EngineMount { path, engine } => write!(f, "engine {path}/ ({engine})"),
            Self::EngineRole { path } => write!(f, "engine role {path}"),
            Self::AuthMount { path } => write!(f, "auth method {path}/"),
            Self::AuthConfig { path } => write!(f, "settings of the auth method {path}/"),
            Self::Token { name, owner } => write!(f, "token {name} of the {owner}"),
            Self::Policy { name } => write!(f, "policy {name}"),
            Self::Trail { name } => write!(f, "policy {name}, which is for nobody"),
            Self::Role { name } => write!(f, "role {name}"),
            Self::Secret { store } => write!(f, "secret {store}"),
            Self::OldToken { id, name, owner, .. } => write!(f, "token {name} ({id}) of the {owner}"),
            Self::Note { token } => write!(f, "note of the token {token}"),
        }
    }
}

/// As it is written in a step.
pub(super) fn owner(owner: &Owner) -> String {
    owner.to_string()
}
