use std::path::PathBuf;

use crate::failure::{Blame, Failure};

/// What flags and files cannot mean. All of it is the user's to mend.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A `--variable` or `--input` without `=`.
    #[error("`{flag} {said}` is not NAME=VALUE")]
    NoPair {
        /// The flag.
        flag: &'static str,
        /// What was said.
        said: String,
    },
    /// A name that no variable can have.
    #[error("`{0}` is no name of a variable")]
    Name(String),
    /// A file that was named cannot be read.
    #[error("`{}` cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line of a file of variables is none.
    #[error("{}:{line}: {message}", .path.display())]
    VariablesFile {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// A version of GitLab is none.
    #[error("`{0}` is no version of GitLab")]
    Version(String),
    /// A version that is not modelled.
    #[error("GitLab {0} is not modelled")]
    OtherVersion(String),
    /// No context has this name.
    #[error("no context is named `{name}`")]
    NoContext {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The project's folder is none.
    #[error("there is no project at `{}`", .0.display())]
    NoProject(PathBuf),
}

impl Error {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::NoPair { flag, .. } => format!("write {flag} NAME=VALUE"),
            Self::Name(_) => "names are letters, digits and underscores, and start with no digit".to_owned(),
            Self::Unreadable { .. } => "name a file that this user can read".to_owned(),
            Self::VariablesFile { .. } => {
                "write NAME=VALUE, one on a line, or a JSON object of texts".to_owned()
            }
            Self::Version(_) => "write it as in --gitlab-version 18.6".to_owned(),
            Self::OtherVersion(_) => "the behaviour of GitLab 17 and 18 is known here".to_owned(),
            Self::NoContext { known, .. } => match known[..] {
                [] => "there is no `[[context]]` in buildpass.toml".to_owned(),
                _ => format!("these are: {}", known.join(", ")),
            },
            Self::NoProject(_) => "say --project-dir, or go to the project's folder".to_owned(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error, Some(error.hint()), Blame::Usage)
    }
}
