use std::{io, path::PathBuf};

use thiserror::Error;

/// Why nothing was logged, or a log could not be read.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The file cannot be opened, read or written: whoever runs the server gives it room, or the right to.
    #[error("cannot {action} the audit log {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process writes to the file.
    #[error("the audit log {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// No line of the file was sealed with this key: it belongs to another server, or was tampered with. Move it away.
    #[error("the audit log {} was not written by this server", .0.display())]
    Foreign(PathBuf),
    /// The file that a rotation put in place is not empty, and does not follow on this log.
    #[error("the file {} that was put in place of the audit log does not follow on it", .0.display())]
    Unconnected(PathBuf),
}
