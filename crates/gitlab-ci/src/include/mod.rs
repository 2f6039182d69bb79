//! `include`: which files belong to a configuration, and in which order they are laid over each other.

mod reader;

mod entry;

mod wildcard;

mod location;

pub use location::{Files, Found, Location};
pub(crate) use reader::{Gathered, Reader};

use crate::answer::Answer;
use crate::rules::Decision;
use crate::yaml::{FileId, Place};

/// An `include` entry and what became of it.
#[derive(Clone, Debug)]
pub struct Included {
    /// Where the entry stands.
    pub place: Place,
    /// Which file it wants; with a wildcard there is one for each file.
    pub location: Location,
    /// Its rules.
    pub decision: Decision,
    /// Was it taken? Unknown where its rules are, or where nobody could read it.
    pub taken: Answer<bool>,
    /// The file, where it was read.
    pub file: Option<FileId>,
}
