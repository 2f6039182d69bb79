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
    Unreachable { request: String, problem: String },
    /// The server that answers is no GitLab.
    #[error("{request}: {} that is no answer of GitLab's API", status.as_u16())]
    NotGitlab { request: String, status: StatusCode },
    #[error(transparent)]
    Storage(#[from] StorageError),
}
