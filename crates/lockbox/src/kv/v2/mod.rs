//! The newer engine: every write is a version, a deleted one can come back, a destroyed one cannot.

/// Which part of the engine a path belongs to.
mod place;

/// The path of a secret in it.
mod path;

/// The secrets by path.
mod secrets;

/// `data/`: read, write, patch and delete a secret.
mod data;

/// Check-and-set.
mod cas;

/// `metadata/`: what is known about a secret.
mod metadata;

/// What users say about a secret.
mod custom_metadata;

/// `metadata/` and `detailed-metadata/`: what is there.
mod lists;

/// `subkeys/`: the names in a value.
mod subkeys;

/// `delete/`, `undelete/` and `destroy/`: versions by number.
mod versions;

/// `config`: what holds for every secret of the mount.
mod settings;

/// One secret with its versions.
mod secret;

/// A secret as its entry holds it.
mod kept;

pub(crate) use secrets::Secrets;
