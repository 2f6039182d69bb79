use std::time::Duration;

/// Why git failed, as far as its words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitCause {
    /// 401: the token is dead or for something else, or there is none.
    Unauthorized,
    /// No helper answered, and nobody is there to be asked.
    NoCredential,
    /// 403, with the server's reason.
    Forbidden,
    /// 404: it is not there, or not for this token.
    NotFound,
    /// There is a project, and no repository in it yet.
    Empty,
    /// The server sends elsewhere; we do not follow.
    Redirected,
    /// Another 4xx: the same request gets the same answer.
    Rejected,
    /// There is no such ref or commit.
    NoRef,
    /// ssh let us not in.
    Ssh,
    /// The server cannot prove who it is.
    Untrusted,
    /// Nobody answered, or the answer broke off.
    Unreachable,
    /// 429 or 5xx.
    Unavailable,
    /// Nothing was done for so long.
    Stalled(Duration),
    /// The disk is full.
    DiskFull,
    /// What is on the disk is not whole.
    Corrupt,
    /// A transport that we do not use.
    Protocol,
    /// git could not be started.
    NotStarted,
    /// Something else.
    Other,
}
