//! Secrets by path.

/// Values without versions.
mod v1;

/// Values by version: check-and-set, deletion, patches, lists.
mod v2;

/// Settings of the engine and of its secrets, with good and bad values.
mod settings;

/// Random histories.
mod history;
