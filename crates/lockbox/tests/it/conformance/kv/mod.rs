//! Secrets by path.

/// Values without versions.
mod v1;

/// Values by version: check-and-set, deletion, patches, lists.
mod v2;

/// Odd values and odd paths, whatever the version.
mod values;

/// Settings of the engine and of its secrets, with good and bad values.
mod settings;

/// Random histories.
mod history;
