use std::path::Path;

use ::lockbox::{OpenError, StorageError};

use crate::failure::{Blame, Failure};

/// Why a lockbox did not open, and what to do.
pub(super) fn unopened(file: &Path, error: &OpenError) -> Failure {
    let file = file.display();
    if let OpenError::WrongKey = error {
        let what = format!("this unseal key does not open {file}");
        let mut failure = Failure::usage(what, "each lockbox has a key of its own: name this one's");
        failure.causes.push(error.to_string());
        return failure;
    }
    let hint = match error {
        OpenError::WrongKey | OpenError::AlreadyInitialised => "its keys are with whoever made it".to_owned(),
        OpenError::NotInitialised => {
            return Failure::usage(
                format!("{file} is empty: no lockbox was made in it"),
                format!(
                    "take the last backup, or remove it: buildpass lockbox init --file {file} makes a new one"
                ),
            );
        }
        OpenError::Contents(_) => "serve it with the buildpass that wrote it, or a later one".to_owned(),
        OpenError::Audit(_) => {
            "nothing is answered without the audit log: name a file that can be written, or move this one away".to_owned()
        }
        OpenError::Storage(error) => return unread(error),
    };
    Failure::of(error, Some(hint), Blame::Usage)
}

/// Why a file could not be read or written, and what to do.
pub(super) fn unread(error: &StorageError) -> Failure {
    let hint = match error {
        StorageError::InUse(_) => "end the process that serves it, or use that one".to_owned(),
        StorageError::Foreign(_) => {
            "name a file that `buildpass lockbox init` or `restore` has made, or a later buildpass".to_owned()
        }
        StorageError::Damaged { .. } | StorageError::Read(_) | StorageError::Sealed(_) => {
            "take the last backup: buildpass lockbox restore BACKUP --file NEW".to_owned()
        }
        StorageError::Unopened { .. } => "name a file that this user can read and write".to_owned(),
        StorageError::Write(_) => "is there room on the disk?".to_owned(),
        StorageError::Closed => return Failure::bug("the lockbox was closed", error),
    };
    Failure::of(error, Some(hint), Blame::Usage)
}
