//! Secrets by path: Vault's key-value engine, [version 1](https://openbao.org/api-docs/secret/kv/kv-v1/) and
//! [version 2](https://openbao.org/api-docs/secret/kv/kv-v2/).
//!
//! Secrets are kept as the JSON text that is given back, in the store alone, and never shown by Debug.

/// One mounted engine, of either version.
mod engine;

/// Everything in a folder, however deep.
mod walk;

/// Why an engine refused.
mod error;

/// The older engine: one value a path.
mod v1;

/// The newer engine: versions, soft deletion, check-and-set.
mod v2;

pub(crate) use engine::{Engine, Version};
pub(crate) use error::KvError;
