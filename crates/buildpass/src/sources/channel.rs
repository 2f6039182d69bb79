use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Which URL of a source a build takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Where the project's own infrastructure has it.
    Remote,
    /// Where everybody can read it.
    Alternative,
    /// Where fixes lie that are not public yet.
    Security,
}

impl Channel {
    /// All of them, in the order in which a sources file names them.
    pub const ALL: [Self; 3] = [Self::Remote, Self::Alternative, Self::Security];

    /// Its key in a sources file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remote => "remote",
            Self::Alternative => "alternative",
            Self::Security => "security",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
