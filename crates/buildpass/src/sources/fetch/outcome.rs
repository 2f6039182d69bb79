use std::time::Duration;

use crate::{failure::Failure, git::Progress};

/// What became of one source.
#[derive(Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// How long it took.
    pub took: Duration,
    /// What is there now, or why nothing is.
    pub result: Result<Fetched, Failure>,
}

/// A source on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The URL that it came from.
    pub url: String,
    /// The commit that is checked out.
    pub commit: String,
    /// How many bytes came over the network.
    pub received_bytes: u64,
    /// Whether the checkout was there already.
    pub was_there: bool,
}

/// What happens to a source on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It has its turn.
    Started,
    /// Another job is fetching the same.
    Waiting,
    /// git works.
    Working(Progress),
    /// It failed for now, and is tried again.
    Again(String),
    /// What the cache had of it was not whole, and is fetched anew.
    Mending,
}
