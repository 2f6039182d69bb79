use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{git, secret::SecretName};

/// What is to be fetched, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The sources.
    pub items: Vec<Item>,
    /// The folder that gets one for each.
    pub into: PathBuf,
    /// Where mirrors are kept; without it they are gone afterwards.
    pub cache: Option<PathBuf>,
    /// How many are fetched at the same time.
    pub jobs: NonZeroUsize,
    /// How much history.
    pub history: History,
    /// Which files.
    pub blobs: Blobs,
    /// Whether submodules come along.
    pub submodules: Submodules,
    /// How long a server may keep us waiting with nothing.
    pub stall: Duration,
}

/// One source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// The name of its folder.
    pub name: String,
    /// Its URL, without userinfo.
    pub url: String,
    /// The ref; none is the repository's own default.
    pub reference: Option<String>,
    /// The secret that is its password, for messages.
    pub credential: Option<SecretName>,
    /// Where credentials go.
    pub realms: git::Config,
    /// The commit that it has to be.
    pub locked: Option<String>,
}

/// How much history of a source is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum History {
    /// All of it.
    Whole,
    /// So many commits.
    Depth(NonZeroU32),
}

/// Which files of the history are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blobs {
    /// All of them.
    All,
    /// Those that are checked out.
    WhenNeeded,
}

/// Whether submodules are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Submodules {
    /// No.
    LeftOut,
    /// Yes, and theirs.
    Fetched,
}
