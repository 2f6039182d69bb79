//! What a vault holds, written into another one over Vault's HTTP API: so that leaving is one command.
//!
//! Mounts with their settings, policies, JWT methods with their roles, token roles, and key-value secrets of both versions. One
//! thing after another is read here and there and compared, and nothing is written but by `Mode`. A thing that is there already
//! is left alone, so that a run that was cut off is done again and goes on; and nothing goes before something new has come. No value of a secret is ever told.

/// What may be written.
mod mode;

/// What became of each thing.
mod outcome;

/// Both vaults, and how one thing is settled.
mod exporter;

/// Engines and auth methods, where they are mounted.
mod mounts;

/// Policies.
mod policies;

/// JWT methods: configuration and roles; and the roles of tokens.
mod methods;

/// Key-value secrets of version 1.
mod kv_v1;

/// The versions of one secret, and where they are in another vault.
mod history;

/// Key-value secrets of version 2, version by version.
mod kv_v2;

pub use exporter::Exporter;
pub use mode::Mode;
pub use outcome::{Fate, Told};
