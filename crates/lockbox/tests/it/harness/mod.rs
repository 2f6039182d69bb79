//! A running lockbox, an issuer of ID tokens, and a client.

/// An issuer with discovery and keys, on loopback.
mod issuer;

/// A lockbox that is configured, watched and told to end.
mod served;

/// A certificate that is signed by itself, and clients that trust it.
mod certificate;

/// A running lockbox and the requests to it.
mod vault;

/// As much of GitLab as is asked of it.
mod gitlab;

pub(crate) use certificate::Certificate;
pub(crate) use gitlab::{Gitlab, OWNER};
pub(crate) use issuer::{Issuer, Signer};
pub(crate) use served::{Served, read_answer};
pub(crate) use vault::{Reply, Vault};
