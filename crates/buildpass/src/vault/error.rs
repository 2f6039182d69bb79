use super::{SecretPath, answer::NO_NAMESPACE};
use crate::{
    explain::{self, Row, Stage, rows::own},
    failure::{Blame, Failure},
    http, identity,
};

/// Why the vault gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration names no node.
    #[error("no vault address is known")]
    NoNode,
    /// The HTTP client could not be set up or used.
    #[error("the vault cannot be asked")]
    Http(#[from] http::Error),
    /// No node answered before the deadline.
    #[error("the vault at {address} did not answer")]
    Unreachable {
        /// The node that was asked last.
        address: String,
        /// What came instead.
        #[source]
        source: http::Error,
    },
    /// The nodes answer that another one leads, which is not listed or not there.
    #[error("the vault at {address} is a standby, and no listed address leads")]
    Standby {
        /// The node that was asked last.
        address: String,
    },
    /// The vault answered until the deadline that it cannot answer now.
    #[error("the vault at {address} could not answer: {status} {text}")]
    Busy {
        /// The node that was asked last.
        address: String,
        /// Its HTTP status.
        status: u16,
        /// Its words.
        text: String,
    },
    /// A read that may have made a secret was cut off; reading again might make another.
    #[error("the vault at {address} was cut off while it may have made a secret, so it is not asked again")]
    PerhapsMade {
        /// The node.
        address: String,
        /// How it was cut off.
        #[source]
        source: http::Error,
    },
    /// What answers is not a vault.
    #[error(
        "what answers at this address is not a vault: status {status}, `{content_type}`{}",
        .elsewhere.as_ref().map(|origin| format!(", which points to {origin}")).unwrap_or_default()
    )]
    NotAVault {
        /// The HTTP status.
        status: u16,
        /// The content type.
        content_type: String,
        /// Where it points to.
        elsewhere: Option<String>,
    },
    /// There is no ID token to log in with.
    #[error(transparent)]
    Identity(#[from] identity::Error),
    /// The login was refused.
    #[error("the vault refused the ID token: {text}")]
    LoginRefused {
        /// What was asked, beside what the vault says.
        text: String,
        /// The HTTP status.
        status: u16,
        /// What the token says, where the refusal is about a claim.
        explained: Vec<String>,
    },
    /// The session may not read the path.
    #[error("the session may not read `{path}`: {text}")]
    ReadRefused {
        /// The API path.
        path: String,
        /// The vault's words.
        text: String,
        /// What else was found out.
        explained: Vec<String>,
    },
    /// Nothing stands at the path.
    #[error("there is no secret at `{}`{}", .path, .explained.as_deref().unwrap_or_default())]
    NoSecret {
        /// The API path.
        path: String,
        /// The vault's words, or what else was found out.
        explained: Option<String>,
    },
    /// The newest version was deleted or destroyed.
    #[error("the newest version of the secret at `{path}` was {how}")]
    VersionGone {
        /// The API path.
        path: String,
        /// `deleted at …` or `destroyed`.
        how: String,
    },
    /// The secret has other fields.
    #[error("the secret at `{}` has no field `{field}`: it has {}", .path.api_path(), names(.there))]
    NoField {
        /// The path.
        path: SecretPath,
        /// The field that was asked for.
        field: String,
        /// The fields that are there.
        there: Vec<String>,
    },
    /// The vault did not keep a session or a lease for longer.
    #[error("the vault did not renew {what}: {status} {text}")]
    NotRenewed {
        /// What was to be renewed.
        what: &'static str,
        /// The HTTP status.
        status: u16,
        /// The vault's words.
        text: String,
    },
    /// What the vault's owner asked for was refused.
    #[error("the vault refused {asked}: {status} {text}")]
    Refused {
        /// Method and API path.
        asked: String,
        /// The HTTP status.
        status: u16,
        /// The vault's words.
        text: String,
    },
    /// The engine failed.
    #[error("the vault could not read `{path}`: {status} {text}")]
    ReadFailed {
        /// The API path.
        path: String,
        /// The HTTP status.
        status: u16,
        /// The vault's words.
        text: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoNode => Some(own::NO_ADDRESS.hint()),
            Self::Http(error) | Self::Unreachable { source: error, .. } => error.hint(),
            Self::Standby { .. } => Some(own::STANDBY.hint()),
            Self::Busy { text, .. } => Some(match explain::find(Stage::Vault, text) {
                Some(row) => row.hint(),
                None => "try again later; `--timeout` sets how long is waited".to_owned(),
            }),
            Self::PerhapsMade { .. } => {
                Some("run the job again; what was made ends with its session".to_owned())
            }
            Self::NotAVault { .. } => Some(own::NOT_A_VAULT.hint()),
            Self::Identity(error) => error.hint(),
            Self::LoginRefused { text, .. } => explain::login(text).map(Row::hint),
            Self::ReadRefused { text, .. } => explain::find(Stage::Vault, text).map(Row::hint),
            Self::NoSecret { .. } => Some(own::NO_SECRET.hint()),
            Self::VersionGone { .. } => Some(own::VERSION_GONE.hint()),
            Self::NoField { .. } => Some(own::NO_FIELD.hint()),
            Self::ReadFailed { text, .. } => explain::find(Stage::Engine, text)
                .or_else(|| explain::find(Stage::Vault, text))
                .map(Row::hint),
            Self::NotRenewed { text, .. } => explain::find(Stage::Vault, text).map(Row::hint),
            Self::Refused { status: 403, .. } => {
                Some("is the token still alive, and do its policies allow it?".to_owned())
            }
            Self::Refused { text, .. } if text == NO_NAMESPACE => {
                Some("is that the namespace's name?".to_owned())
            }
            Self::Refused { asked, .. } if asked.starts_with("POST sys/storage/") => {
                Some("everything there is as it was".to_owned())
            }
            Self::Refused { .. } => None,
        }
    }

    /// Causes that are known beside the error itself, each a line.
    fn explained(&self) -> &[String] {
        match self {
            Self::LoginRefused { explained, .. } | Self::ReadRefused { explained, .. } => explained,
            _ => &[],
        }
    }

    /// Whose turn it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NoNode => Blame::Usage,
            Self::Http(error) => error.blame(),
            Self::Identity(error) => error.blame(),
            Self::Unreachable { .. } | Self::Standby { .. } | Self::Busy { .. } => Blame::Unreachable,
            Self::PerhapsMade { .. } | Self::NotAVault { .. } => Blame::Unreachable,
            Self::LoginRefused { .. } | Self::ReadRefused { .. } | Self::ReadFailed { .. } => Blame::Refused,
            Self::NotRenewed { .. } | Self::Refused { .. } => Blame::Refused,
            Self::NoSecret { .. } | Self::VersionGone { .. } | Self::NoField { .. } => Blame::Refused,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::of(&error, error.hint(), error.blame());
        failure.causes.splice(0..0, error.explained().iter().cloned());
        failure
    }
}

fn names(there: &[String]) -> String {
    match there {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
