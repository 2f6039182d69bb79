use thiserror::Error;

use crate::storage::StorageError;

/// Why a policy was not taken. All of these but the last are the fault of who wrote it.
#[derive(Debug, Error)]
pub(crate) enum PolicyError {
    #[error("'policy' parameter not supplied or empty")]
    Empty,
    #[error("cannot update \"root\" policy")]
    RootIsFixed,
    #[error("cannot delete \"root\" policy")]
    RootStays,
    #[error("cannot delete default policy")]
    DefaultStays,
    #[error("failed to parse policy: At {line}:{column}: {problem}")]
    Syntax { line: usize, column: usize, problem: String },
    #[error("failed to parse policy: 1 error occurred:\n\t* invalid key {key:?} on line 0\n\n")]
    UnknownKey { key: String },
    #[error(
        "failed to parse policy: path {path:?}: 1 error occurred:\n\t* invalid key {key:?} on line {line}\n\n"
    )]
    UnknownPathKey { path: String, key: String, line: usize },
    #[error("failed to parse policy: path {path:?}: path {path:?}: {problem}")]
    Path { path: String, problem: String },
    #[error(transparent)]
    Storage(#[from] StorageError),
}
