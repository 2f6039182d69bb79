use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// The SHA-256 of a token's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(super) fn of(id: &str) -> Self {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, id.as_bytes()).as_ref());
        Self(key)
    }
}
