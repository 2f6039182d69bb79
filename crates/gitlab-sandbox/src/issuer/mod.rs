//! Signs ID tokens as GitLab does: RS256, published through OpenID discovery and a JWKS.
//!
//! The claims are those of GitLab's [ID token payload](https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload).
//! The private keys never leave this module.

mod claims;

mod discovery;

mod key;

mod random;

mod signer;

pub(crate) use claims::{Audience, JobIdentity, ProjectIdentity, RefType};
pub(crate) use discovery::router;
pub(crate) use random::{UnavailableRandomness, random_alphanumeric};
pub use signer::KeyError;
pub(crate) use signer::{Issuer, KeyChoice};
