//! Which job may have what: the project's own GitLab CI configuration, read as GitLab reads it.
//!
//! The crate `gitlab-ci` judges; here are the files that it asks for, and the pipeline that it is asked about. Nothing is
//! read outside of the project and of the folders that were given.

pub mod check;

mod checkout;

mod context;

mod error;

mod files;

mod flags;

mod named;

mod reading;

mod variables_file;

pub use checkout::Checkout;
pub use context::{Context, predefined_of_job};
pub use error::Error;
pub use files::ProjectFiles;
pub use flags::{AssumeChanges, ContextFlags};
pub use named::NamedContext;
pub use reading::{Reading, Rejected};
