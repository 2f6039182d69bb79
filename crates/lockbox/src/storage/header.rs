use serde::{Deserialize, Serialize};

use crate::{random, seal::Split};

/// What stands in the clear: how the root key is held, and whose file this is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    format: u32,
    pub(crate) split: Split,
    pub(crate) cluster_id: String,
}

impl Header {
    pub(crate) fn new(split: Split) -> Self {
        Self { format: FORMAT, split, cluster_id: random::uuid() }
    }

    pub(super) fn is_readable(&self) -> bool {
        self.format == FORMAT
    }
}

/// Raised when an older lockbox could not read the file.
const FORMAT: u32 = 1;
