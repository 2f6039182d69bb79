//! What keeps the file closed: a root key opens the keyring, the keyring opens the entries.
//!
//! Entries are sealed with AES-256-GCM, each under a key of its own that is derived from the barrier key of its term and
//! from its place. A rotation adds a term while the server serves; older entries stay readable under theirs. The root key
//! wraps the keyring and is never written down: its holders have it in a file, or in shares after
//! [Shamir](https://dl.acm.org/doi/10.1145/359168.359176).

/// The key above all others.
mod root_key;

/// The root key in parts.
mod shares;

/// How many shares there are, and how many open.
mod split;

/// The barrier keys by term, and the key for names.
mod keyring;

/// One barrier key.
mod term;

/// Where a sealed entry stands, without its name.
mod place;

pub(crate) use keyring::{Keyring, KeyringError};
pub(crate) use place::Place;
pub(crate) use root_key::WrongRootKey;
pub use root_key::{NoKey, RootKey};
pub(crate) use shares::{combine, deal};
pub use split::{Split, SplitError};
