use std::{io, path::PathBuf};

use super::Item;
use crate::{
    failure::{Blame, Failure},
    git::{Cause, GitFailure},
    sources::Error,
};

/// Why one source is not on the disk.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// git says no, or cannot.
    #[error("git failed")]
    Git { failure: GitFailure, url: String, credential: Option<String> },
    /// git says no, or cannot, of a submodule of what came from this URL.
    #[error("git failed")]
    Submodule { failure: GitFailure, url: String, credential: Option<String> },
    /// The disk says no.
    #[error("`{}` cannot be written", .path.display())]
    Disk {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The ref names another commit than the lock says.
    #[error("`{reference}` names {found} now, and sources.lock says {locked}")]
    Moved { reference: String, locked: String, found: String },
    /// Somebody works in the checkout.
    #[error("`{}` has changes, which would be lost: {change}", .path.display())]
    Changed { path: PathBuf, change: String },
    /// git cannot tell whether somebody works in the checkout.
    #[error("whether `{}` has changes cannot be told", .path.display())]
    Unseen { path: PathBuf, failure: GitFailure },
    /// Something else is in the place.
    #[error("`{}` was not made by buildpass, or not wholly", .0.display())]
    Foreign(PathBuf),
    /// The cache cannot be used.
    #[error(transparent)]
    Cache(#[from] Error),
}

impl Trouble {
    pub(super) fn submodule(failure: GitFailure, url: &str, item: &Item) -> Self {
        // Whom nobody answered for is another server than the credential's.
        let credential = item.credential.as_ref().filter(|_| failure.cause != Cause::NoCredential);
        let credential = credential.map(ToString::to_string);
        Self::Submodule { failure, url: url.to_owned(), credential }
    }

    pub(super) fn git(failure: GitFailure, url: &str, item: &Item) -> Self {
        let credential = item.credential.as_ref().map(ToString::to_string);
        Self::Git { failure, url: url.to_owned(), credential }
    }
}

const OUT_OF_THE_WAY: &str =
    "take what you need out of it and remove the folder, or name another with `--into`";

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let (hint, blame) = match &trouble {
            Trouble::Git { failure, url, credential } => return failure.explain(url, credential.as_deref()),
            Trouble::Submodule { failure, url, credential } => {
                return failure.explain(&format!("a submodule of {url}"), credential.as_deref());
            }
            Trouble::Unseen { failure, .. } => {
                let explained = failure.explain("", None);
                let causes = [vec![failure.in_short()], explained.causes].concat();
                let hint = Some(OUT_OF_THE_WAY.to_owned());
                return Self { what: trouble.to_string(), causes, hint, ..explained };
            }
            Trouble::Disk { .. } => ("is there room, and may this user write there?", Blame::Usage),
            Trouble::Moved { .. } => {
                ("look at what changed; `--update-lock` takes the new commit", Blame::Refused)
            }
            Trouble::Changed { .. } => (
                "take what you need out of it and remove the folder, or name another with `--into`",
                Blame::Usage,
            ),
            Trouble::Foreign(_) => ("remove it, or name another folder with `--into`", Blame::Usage),
            Trouble::Cache(_) => {
                let Trouble::Cache(error) = trouble else { return Failure::bug("the cache", &trouble) };
                return error.into();
            }
        };
        Self::of(&trouble, Some(hint.to_owned()), blame)
    }
}
