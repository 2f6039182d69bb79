use std::io;

use crate::{
    failure::{Blame, Failure},
    http,
};

/// Why the demo could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine refused a folder, a port or a process.
    #[error("{what}")]
    System {
        /// What was refused.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The sandbox could not be made.
    #[error("the sandbox cannot be started")]
    Sandbox(#[from] gitlab_sandbox::Error),
    /// The vault could not be made.
    #[error("the vault cannot be started")]
    Vault(#[from] lockbox::OpenError),
    /// The sandbox's runner could not run the job.
    #[error("the job cannot be run")]
    Runner(#[from] gitlab_sandbox::runner::RunnerError),
    /// One of the demo's own servers did not answer.
    #[error("{path} was not answered")]
    Unanswered {
        /// The path.
        path: String,
        /// Why.
        #[source]
        source: http::Error,
    },
    /// One of the demo's own servers answered otherwise than it should.
    #[error("{path} was answered with {status}: {body}")]
    Answer {
        /// The path.
        path: String,
        /// The status.
        status: u16,
        /// What it said.
        body: String,
    },
    /// The story did not come true.
    #[error("the demo did not show what it is to show: {0}")]
    Untrue(&'static str),
}

impl Error {
    pub(super) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (hint, blame) = match &error {
            Error::System { .. } | Error::Sandbox(_) | Error::Vault(_) | Error::Runner(_) => (
                Some("the demo needs git, a folder for temporary files and two ports on loopback".to_owned()),
                Blame::Usage,
            ),
            Error::Unanswered { .. } | Error::Answer { .. } | Error::Untrue(_) => (None, Blame::Bug),
        };
        Self::of(&error, hint, blame)
    }
}
