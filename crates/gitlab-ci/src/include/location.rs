use alloc::string::String;
use core::fmt;

/// Which file is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A path in the project whose pipeline this is, from its root, without a leading slash.
    Local(String),
    /// A file of another project.
    Project {
        /// Its path.
        project: String,
        /// Branch, tag or commit; `None` is the default branch.
        reference: Option<String>,
        /// From the project's root, without a leading slash.
        path: String,
    },
    /// One of the templates that GitLab brings along: `Jobs/SAST.gitlab-ci.yml`.
    Template(String),
    /// A component of the catalog: `gitlab.com/group/project/name@1.0.0`.
    Component(String),
    /// An address.
    Remote(String),
}

/// What the caller found for a [`Location`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Its text.
    Text(String),
    /// The place where it would have to be was looked at, and it is not there.
    Missing,
    /// Nobody looked: it lies in another project, or on another server.
    Elsewhere,
    /// It is there, and cannot be read: why.
    Unreadable(String),
}

/// Where the evaluator gets files from: it names those that it wants, and never opens one itself.
pub trait Files {
    /// The text of a file.
    fn read(&self, location: &Location) -> Found;

    /// All paths of the project in the order of its tree, for `*` in a path and for `exists`. `None` where they are not known.
    fn paths(&self) -> Option<&[String]>;
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Project { project, reference: Some(reference), path } => {
                write!(f, "{project}@{reference}:{path}")
            }
            Self::Project { project, reference: None, path } => write!(f, "{project}:{path}"),
            Self::Template(path) => write!(f, "template {path}"),
            Self::Component(address) => write!(f, "component {address}"),
            Self::Remote(address) => f.write_str(address),
        }
    }
}
