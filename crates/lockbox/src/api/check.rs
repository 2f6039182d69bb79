use thiserror::Error;

use super::{failure::Failure, path};

/// Why a path is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathProblem {
    /// It can be written shorter, and is asked for there.
    #[error("the path is {0}")]
    Elsewhere(String),
    /// Nothing is there, whoever asks.
    #[error("{0}")]
    Refused(String),
}

/// What the path of a request asks for, behind `/v1/` and decoded, without a server.
///
/// # Errors
/// When the path lies elsewhere, leads upwards, or is no text.
pub fn check_path(raw: &str) -> Result<String, PathProblem> {
    path::parse(raw).map_err(|failure| match failure {
        Failure::Elsewhere(place) => PathProblem::Elsewhere(place),
        other => PathProblem::Refused(other.to_string()),
    })
}
