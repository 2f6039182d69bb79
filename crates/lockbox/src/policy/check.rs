use std::time::SystemTime;

use thiserror::Error;

use super::document;
use crate::clock::Moment;

/// Why a text is no policy, as OpenBao says it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PolicyProblem(String);

/// Holds a text against everything that a policy must be, without a server.
///
/// # Errors
/// With what the server would answer to who writes it at that time.
pub fn check_policy(text: &str, now: SystemTime) -> Result<(), PolicyProblem> {
    match document::parse(text, Moment::from(now)) {
        Ok(_) => Ok(()),
        Err(error) => Err(PolicyProblem(error.to_string())),
    }
}
