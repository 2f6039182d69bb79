//! The newer engine: every write is a version, a deleted one can come back, a destroyed one cannot.

/// The secrets by path, and the paths of the API.
mod secrets;

/// `data/`: read, write, patch and delete a secret.
mod data;

/// `metadata/`: what is known about a secret, and listing.
mod metadata;

/// `delete/`, `undelete/` and `destroy/`: versions by number.
mod versions;

/// `config`: what holds for every secret of the mount.
mod settings;

/// One secret with its versions.
mod secret;

pub(crate) use secrets::Secrets;
