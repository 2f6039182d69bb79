//! Signs ID tokens as GitLab does: RS256, published through OpenID discovery and a JWKS.
//!
//! The claims are those of GitLab's
//! [ID token payload](https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload).
//! The private keys never leave this module.

/// What an ID token says of a job.
mod claims;

/// The paths that verifiers read.
mod discovery;

/// One RSA key.
mod key;

/// Random text.
mod random;

/// The keys, and which of them signs.
mod signer;

pub(crate) use claims::{Audience, JobIdentity, ProjectIdentity, RefType};
pub(crate) use discovery::router;
pub(crate) use random::{UnavailableRandomness, random_alphanumeric, random_hex};
pub use signer::KeyError;
pub(crate) use signer::{Issuer, KeyChoice};
