use super::{Expected, SealKey, Tip};

/// What a lockbox knows of its own audit log: its key, and how far the log has come at least.
#[derive(Debug)]
pub struct Witness {
    /// The key that seals its lines.
    pub key: SealKey,
    /// The log has come at least as far as this.
    pub tip: Option<Tip>,
}

impl Witness {
    /// What the log is held against.
    #[must_use]
    pub fn expects(&self) -> Expected<'_> {
        Expected { key: Some(&self.key), from: None, holds: self.tip }
    }
}
