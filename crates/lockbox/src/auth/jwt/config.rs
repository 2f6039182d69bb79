use serde::{Deserialize, Serialize};

use super::{algorithm::Algorithm, keys::Keys};

/// Whose tokens are taken.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) keys: Keys,
    /// The algorithms that are taken; when empty, all of them.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) written: Written,
}

/// A configuration as it was written, and as it is kept. Debug shows no secret.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) bound_issuer: String,
    pub(super) default_role: String,
    pub(super) jwks_ca_pem: String,
    pub(super) jwks_url: String,
    pub(super) jwt_supported_algs: Vec<String>,
    pub(super) jwt_validation_pubkeys: Vec<String>,
    pub(super) namespace_in_state: bool,
    pub(super) oidc_client_id: String,
    pub(super) oidc_client_secret: String,
    pub(super) oidc_discovery_ca_pem: String,
    pub(super) oidc_discovery_url: String,
    pub(super) oidc_response_mode: String,
    pub(super) oidc_response_types: Vec<String>,
    pub(super) override_allowed_server_names: Vec<String>,
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").finish_non_exhaustive()
    }
}
