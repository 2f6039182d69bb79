use reqwest::StatusCode;
use thiserror::Error;

use crate::{exchange::FieldError, storage::StorageError};

/// Why the engine, or the GitLab behind it, refused.
#[derive(Debug, Error)]
pub(crate) enum GitlabError {
    #[error("nothing is there")]
    NotFound,
    #[error("unsupported path")]
    UnsupportedPath,
    #[error("unsupported operation")]
    UnsupportedOperation,
    /// The public engine has it.
    #[error("{what} is not supported by lockbox: {instead}")]
    Unsupported { what: String, instead: &'static str },
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A setting is missing, or is not what it should be.
    #[error("{0}")]
    Setting(String),
    #[error("backend not configured: write config/{0} first")]
    NoConfig(String),
    #[error("role {0}: not found")]
    UnknownRole(String),
    #[error("error generating token name: {0}")]
    Name(String),
    /// GitLab understood, and will not.
    #[error("{request}: {} {{{words}}}", status.as_u16())]
    Refused { request: String, status: StatusCode, words: String },
    /// GitLab, or something on the way to it, has a fault.
    #[error("{request}: {} {{{words}}}", status.as_u16())]
    Broken { request: String, status: StatusCode, words: String },
    /// GitLab has too much to do, and still had after a while.
    #[error("{request}: 429 {{{words}}}")]
    Busy { request: String, words: String },
    #[error("{request}: {problem}")]
    Unreachable { request: String, problem: String, sent: Sent },
    /// The server that answers is no GitLab.
    #[error("{request}: {} that is no answer of GitLab's API", status.as_u16())]
    NotGitlab { request: String, status: StatusCode },
    /// A token whose making was not told may be on its way.
    #[error("the answer to the making of a token was lost, and GitLab has no such token so far")]
    NotFoundYet,
    /// By a fault of lockbox.
    #[error("it was cut short")]
    CutShort,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// How much of a request may have reached GitLab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Nothing,
    Perhaps,
}

impl GitlabError {
    /// Whether what was asked for may have been done all the same.
    pub(crate) fn leaves_doubt(&self) -> bool {
        match self {
            Self::Unreachable { sent, .. } => *sent == Sent::Perhaps,
            Self::Broken { .. } | Self::NotGitlab { .. } => true,
            Self::NotFound
            | Self::UnsupportedPath
            | Self::UnsupportedOperation
            | Self::Unsupported { .. }
            | Self::Field(_)
            | Self::Setting(_)
            | Self::NoConfig(_)
            | Self::UnknownRole(_)
            | Self::Name(_)
            | Self::Refused { .. }
            | Self::Busy { .. }
            | Self::NotFoundYet
            | Self::CutShort
            | Self::Storage(_) => false,
        }
    }
}
