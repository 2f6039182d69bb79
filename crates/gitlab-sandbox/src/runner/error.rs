use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A job could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// The address is not of the form `http://host:port`: the caller's mistake.
    #[error("`{0}` is not the address of a sandbox")]
    Address(String),

    /// The sandbox did not answer, or not in HTTP: it is not served any more.
    #[error("the sandbox did not answer: {0}")]
    Unreachable(String),

    /// The sandbox refused to start the job; its text says why.
    #[error("the sandbox started no job: {status}: {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The body of the answer.
        body: String,
    },

    /// A folder of the job could not be made or written to.
    #[error("the folder `{}` of the job could not be prepared", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The shell could not be run: it is not on the search path, or the machine is at fault.
    #[error("the shell of the job could not be run")]
    Shell(#[from] io::Error),

    /// The job took longer than it may, and was ended.
    #[error("the job was ended after {} s; its log until then: {log}", after.as_secs())]
    TimedOut {
        /// How long it was allowed to take.
        after: Duration,
        /// What it had written.
        log: String,
    },
}
