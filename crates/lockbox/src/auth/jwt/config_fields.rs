use serde_json::json;

use super::{
    JwtError,
    algorithm::Algorithm,
    config::{Config, Written},
    issuer::Issuer,
    keys::{Keys, PublishedKeys, Source},
    pem,
};
use crate::exchange::{Answer, Fields};

impl Config {
    /// Reads a configuration, and asks the issuer whether it is there.
    ///
    /// # Errors
    /// When a field is wrong, or the keys cannot be had.
    pub(super) async fn write(fields: &Fields) -> Result<Self, JwtError> {
        let config = Self::read(fields)?;
        if let Keys::Published(keys) = &config.keys {
            config.written.ask(keys).await?;
        }
        Ok(config)
    }

    /// Reads a configuration, and asks nobody.
    ///
    /// # Errors
    /// When a field is wrong.
    pub(super) fn read(fields: &Fields) -> Result<Self, JwtError> {
        let pubkeys = fields.texts("jwt_validation_pubkeys")?.unwrap_or_default();
        let written = Written {
            oidc_discovery_url: fields.text("oidc_discovery_url")?.unwrap_or_default(),
            oidc_discovery_ca_pem: fields.text("oidc_discovery_ca_pem")?.unwrap_or_default(),
            jwks_url: fields.text("jwks_url")?.unwrap_or_default(),
            jwks_ca_pem: fields.text("jwks_ca_pem")?.unwrap_or_default(),
            jwt_validation_pubkeys: pubkeys.iter().map(|pem| pem.trim().to_owned()).collect(),
            jwt_supported_algs: fields.texts("jwt_supported_algs")?.unwrap_or_default(),
        };
        let bound_issuer = fields.text("bound_issuer")?.unwrap_or_default();
        let default_role = fields.text("default_role")?.unwrap_or_default();
        let algorithms = written.jwt_supported_algs.iter().map(|name| {
            let problem = || format!("invalid jwt_supported_algs: unsupported signing algorithm {name:?}");
            Algorithm::named(name).ok_or_else(|| JwtError::Setting(problem()))
        });
        let algorithms = algorithms.collect::<Result<_, _>>()?;
        let keys = written.keys()?;
        Ok(Self { keys, bound_issuer, default_role, algorithms, written })
    }

    pub(super) fn describe(&self) -> Answer {
        let written = &self.written;
        Answer::data(&json!({
            "bound_issuer": self.bound_issuer,
            "default_role": self.default_role,
            "jwks_ca_pem": written.jwks_ca_pem,
            "jwks_url": written.jwks_url,
            "jwt_supported_algs": written.jwt_supported_algs,
            "jwt_validation_pubkeys": written.jwt_validation_pubkeys,
            "namespace_in_state": true,
            "oidc_client_id": "",
            "oidc_discovery_ca_pem": written.oidc_discovery_ca_pem,
            "oidc_discovery_url": written.oidc_discovery_url,
            "oidc_response_mode": "",
            "oidc_response_types": [],
            "override_allowed_server_names": [],
            "provider_config": {},
            "status": "valid",
        }))
    }
}

impl Written {
    fn keys(&self) -> Result<Keys, JwtError> {
        let refuse = |problem: String| JwtError::Setting(problem);
        let (discovery, jwks) = (self.oidc_discovery_url.as_str(), self.jwks_url.as_str());
        match (discovery, jwks, self.jwt_validation_pubkeys.as_slice()) {
            ("", "", [_, ..]) => {
                let keys = self.jwt_validation_pubkeys.iter().map(|text| pem::keys(text)).collect::<Option<Vec<_>>>();
                let problem = "error parsing public key: data does not contain any valid public keys";
                let keys = keys.ok_or_else(|| refuse(problem.to_owned()))?;
                Ok(Keys::Fixed(keys.into_iter().flatten().collect()))
            }
            ("", address, []) if !address.is_empty() => {
                let issuer = Issuer::new(address, &self.jwks_ca_pem)
                    .ok_or_else(|| refuse("error checking jwks_ca_pem".to_owned()))?;
                Ok(Keys::Published(PublishedKeys::new(issuer, Source::Keys(address.to_owned()))))
            }
            (issuer, "", []) if issuer.contains(".well-known") => {
                Err(refuse("'oidc_discovery_url' contains '.well-known' component".to_owned()))
            }
            (issuer, "", []) if !issuer.is_empty() => {
                let client = Issuer::new(issuer, &self.oidc_discovery_ca_pem)
                    .ok_or_else(|| undiscovered("could not parse CA PEM value successfully"))?;
                Ok(Keys::Published(PublishedKeys::new(client, Source::Discovery(issuer.to_owned()))))
            }
            _ => Err(refuse(
                "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or \
                 'provider_config' must be set"
                    .to_owned(),
            )),
        }
    }

    async fn ask(&self, keys: &PublishedKeys) -> Result<(), JwtError> {
        if self.jwks_url.is_empty() {
            keys.address().await.map(|_| ()).map_err(|reason| undiscovered(&reason))
        } else {
            let refused = |_| JwtError::Setting("error checking jwks URL".to_owned());
            keys.refresh().await.map_err(refused)
        }
    }
}

fn undiscovered(reason: &str) -> JwtError {
    JwtError::Setting(format!("error checking oidc discovery URL: {reason}"))
}
