//! A running lockbox, an issuer of ID tokens, and a client.

/// An issuer with discovery and keys, on loopback.
mod issuer;

/// A running lockbox and the requests to it.
mod vault;

pub(crate) use issuer::{Issuer, Signer};
pub(crate) use vault::{Reply, Vault};
