use std::{ffi::OsString, io};

use crate::failure::{Blame, Failure};

/// Why the command was not started, or its end could not be seen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the guardian met: the vault, a secret, the private directory.
    #[error("{}", .0.what)]
    Guardian(Failure),
    /// The guardian is gone.
    #[error("the guardian process ended before it answered")]
    GuardianGone,
    /// The operating system refused what running a command takes.
    #[error("{what}")]
    System {
        /// What was refused.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no such command, or it cannot be executed.
    #[error("the command `{}` cannot be started", .command.display())]
    Command {
        /// The command.
        command: OsString,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A signal came before the command was started.
    #[error("the signal {0} came before the command was started")]
    Interrupted(i32),
}

impl Error {
    pub(super) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Command { .. } => {
                Some("is it installed, executable, and in the PATH of this job?".to_owned())
            }
            Self::Guardian(_) | Self::GuardianGone | Self::System { .. } | Self::Interrupted(_) => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Guardian(failure) => failure,
            Error::GuardianGone | Error::System { .. } => Self::of(&error, error.hint(), Blame::Bug),
            Error::Command { .. } => Self::of(&error, error.hint(), Blame::Usage),
            Error::Interrupted(signal) => Self::of(&error, error.hint(), Blame::Signal(signal)),
        }
    }
}
