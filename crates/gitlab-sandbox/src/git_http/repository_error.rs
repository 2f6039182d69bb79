use std::io;

/// A bare repository could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RepositoryError {
    /// The git program could not be run: it is not on the search path, or the machine is at fault.
    #[error("git could not be run: {0}")]
    Run(#[from] io::Error),

    /// Git did not do what it was asked to.
    #[error("git {command}: {message}")]
    Refused {
        /// The git command.
        command: &'static str,
        /// What git wrote to its standard error.
        message: String,
    },

    /// The folder of a new repository was there already: an earlier sandbox left it.
    #[error("the folder for the repository is in use already")]
    InUse,
}
