use super::{algorithm::Algorithm, keys::Keys};

/// Whose tokens are taken.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) keys: Keys,
    pub(super) bound_issuer: String,
    pub(super) default_role: String,
    /// The algorithms that are taken; when empty, all of them.
    pub(super) algorithms: Vec<Algorithm>,
    /// What was written, to be read back.
    pub(super) written: Written,
}

/// A configuration as it was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) oidc_discovery_url: String,
    pub(super) oidc_discovery_ca_pem: String,
    pub(super) jwks_url: String,
    pub(super) jwks_ca_pem: String,
    pub(super) jwt_validation_pubkeys: Vec<String>,
    pub(super) jwt_supported_algs: Vec<String>,
}
