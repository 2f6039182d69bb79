//! Whose turn it is after a failure; `cli::report` turns it into an exit code.

use serde::{Deserialize, Serialize};

/// What an error asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blame {
    /// buildpass broke one of its own rules.
    Bug,
    /// What the user wrote cannot be carried out: arguments, configuration, the ID token's place.
    Usage,
    /// The vault, GitLab or a policy said no.
    Refused,
    /// Nobody answered in time.
    Unreachable,
}
