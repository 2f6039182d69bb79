use std::{
    io,
    path::{Path, PathBuf},
};

use gitlab_ci::yaml::Place;

use crate::failure::{Blame, Failure};

/// Why the sources of a build are not known, or cannot be fetched at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sources file cannot be read.
    #[error("`{}` cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The sources file is no list of sources.
    #[error("{place}: {message}")]
    List {
        /// `file:line:column`
        place: String,
        /// What is wrong there.
        message: String,
    },
    /// The ref of a source cannot be told.
    #[error("the ref of `{}`, from {place}, cannot be used: {why}", .source_name.escape_debug())]
    Reference {
        /// The source.
        source_name: String,
        /// The variable or the file that says it.
        place: String,
        /// What is wrong with it; it is not repeated, for it may be anything.
        why: String,
    },
    /// The lock is none.
    #[error("{}: {message}", .path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// There is no such source.
    #[error("no source is named `{name}`")]
    NoSource {
        /// The name.
        name: String,
        /// The one that was perhaps meant.
        nearest: Option<String>,
    },
    /// A name that no folder can have.
    #[error("the source `{}` cannot have a folder of its name", .0.escape_debug())]
    NoFolderName(String),
    /// The cache belongs to somebody else.
    #[error("the cache `{}` belongs to user {owner}, and this is user {we}", .path.display())]
    CacheOfAnother {
        /// The folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who we are.
        we: u32,
    },
    /// Somebody else fetches into the same folder.
    #[error("another fetch into `{}` is under way", .0.display())]
    Busy(PathBuf),
    /// Something of somebody else's has the name of our own folder.
    #[error("`{}` was not made by buildpass", .0.display())]
    NotOurs(PathBuf),
    /// The project has a link where a folder is to be filled.
    #[error("`{}` is a link of the project, which is not followed", .0.display())]
    Linked(PathBuf),
    /// There is no git that can be used.
    #[error(transparent)]
    Git(#[from] crate::git::NoGit),
    /// A folder cannot be made or used.
    #[error("`{}` cannot be used", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Error {
    pub(super) fn list(path: &Path, place: Option<Place>, message: String) -> Self {
        let place = match place {
            Some(place) => format!("{}:{}:{}", path.display(), place.line, place.column),
            None => path.display().to_string(),
        };
        Self::List { place, message }
    }

    /// What stands there for a ref is none.
    pub(super) fn no_ref(source: &str, place: String) -> Self {
        Self::Reference { source_name: source.to_owned(), place, why: "it is no name of a ref".to_owned() }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::List { .. } => {
                "each name has a map of its URLs: `remote`, `alternative`, `security`".to_owned()
            }
            Self::Reference { .. } => {
                "it takes a version, a tag, a branch or a commit, in a file that is no link".to_owned()
            }
            Self::Lock { .. } => {
                "`buildpass sources fetch --update-lock` without a name fetches all and writes it anew"
                    .to_owned()
            }
            Self::NoSource { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::NoSource { nearest: None, .. } => "`buildpass sources list` shows them all".to_owned(),
            Self::CacheOfAnother { .. } => "name a folder of this user's own with `--cache`".to_owned(),
            Self::Busy(_) => "wait for it, or name another folder with `--into`".to_owned(),
            Self::NotOurs(_) => "remove it, or name another folder with `--into`".to_owned(),
            Self::Linked(_) => "name the folder itself".to_owned(),
            Self::Git(error) => error.hint(),
            Self::Folder { .. } => "name a folder that this user can write to".to_owned(),
            Self::NoFolderName(_) => "give it another name in the list".to_owned(),
            Self::Unreadable { .. } => "put the file itself there, so that this user can read it".to_owned(),
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error, error.hint(), Blame::Usage)
    }
}
