use serde_json::json;

use super::{
    JwtError,
    algorithm::Algorithm,
    config::{Config, Written},
    issuer::Issuer,
    keys::{Keys, PublishedKeys, Source},
    pem, refuse,
};
use crate::exchange::{Answer, Fields};

/// What becomes of keys that cannot be had when a configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    Refused,
    /// A warning says so.
    Told,
}

impl Config {
    /// Reads a configuration that takes the place of another, and asks the issuer whether it is there. With a warning if
    /// it is not, and need not be.
    ///
    /// # Errors
    /// When a field is wrong, or the keys cannot be had.
    pub(super) async fn write(
        fields: &Fields,
        replaced: Option<&Self>,
    ) -> Result<(Self, Option<&'static str>), JwtError> {
        let written = Written::read(fields, replaced.map(|config| &config.written))?;
        let absence =
            if fields.flag("skip_jwks_validation")? == Some(true) { Absence::Told } else { Absence::Refused };
        let keys = written.keys()?;
        let warning = match &keys {
            Keys::Published(keys) => written.ask(keys, absence).await?,
            Keys::Fixed(_) => None,
        };
        let algorithms = written.algorithms()?;
        written.check_browser(fields)?;
        Ok((Self { keys, algorithms, written }, warning))
    }

    /// The configuration that was written, and nobody is asked.
    ///
    /// # Errors
    /// When it cannot have been.
    pub(super) fn load(written: Written) -> Result<Self, JwtError> {
        Ok(Self { keys: written.keys()?, algorithms: written.algorithms()?, written })
    }

    /// The configuration as it is read; the issuer is asked if it never answered.
    pub(super) async fn describe(&self) -> Answer {
        let problem = match &self.keys {
            Keys::Published(keys) => keys.address().await.err(),
            Keys::Fixed(_) => None,
        };
        let written = &self.written;
        let mut answer = Answer::data(&json!({
            "bound_issuer": written.bound_issuer,
            "default_role": written.default_role,
            "jwks_ca_pem": written.jwks_ca_pem,
            "jwks_url": written.jwks_url,
            "jwt_supported_algs": written.jwt_supported_algs,
            "jwt_validation_pubkeys": written.jwt_validation_pubkeys,
            "namespace_in_state": written.namespace_in_state,
            "oidc_client_id": written.oidc_client_id,
            "oidc_discovery_ca_pem": written.oidc_discovery_ca_pem,
            "oidc_discovery_url": written.oidc_discovery_url,
            "oidc_response_mode": written.oidc_response_mode,
            "oidc_response_types": written.oidc_response_types,
            "override_allowed_server_names": written.override_allowed_server_names,
            "provider_config": {},
            "status": if problem.is_some() { "invalid" } else { "valid" },
        }));
        let warning =
            |problem| format!("failed to construct JWK validator: keyset configuration error: {problem}");
        answer.warnings.extend(problem.map(warning));
        answer
    }
}

impl Written {
    fn read(fields: &Fields, replaced: Option<&Self>) -> Result<Self, JwtError> {
        let text = |field| fields.text(field).map(Option::unwrap_or_default);
        let texts = |field| fields.texts(field).map(Option::unwrap_or_default);
        let in_state = fields.flag("namespace_in_state")?;
        Ok(Self {
            bound_issuer: text("bound_issuer")?,
            default_role: text("default_role")?.to_lowercase(),
            jwks_ca_pem: text("jwks_ca_pem")?,
            jwks_url: text("jwks_url")?,
            jwt_supported_algs: texts("jwt_supported_algs")?,
            jwt_validation_pubkeys: texts("jwt_validation_pubkeys")?,
            namespace_in_state: in_state
                .unwrap_or_else(|| replaced.is_none_or(|replaced| replaced.namespace_in_state)),
            oidc_client_id: text("oidc_client_id")?,
            oidc_client_secret: text("oidc_client_secret")?,
            oidc_discovery_ca_pem: text("oidc_discovery_ca_pem")?,
            oidc_discovery_url: text("oidc_discovery_url")?,
            oidc_response_mode: text("oidc_response_mode")?,
            oidc_response_types: texts("oidc_response_types")?,
            override_allowed_server_names: texts("override_allowed_server_names")?,
        })
    }

    fn keys(&self) -> Result<Keys, JwtError> {
        let (discovery, jwks) = (self.oidc_discovery_url.as_str(), self.jwks_url.as_str());
        let sources = [!discovery.is_empty(), !jwks.is_empty(), !self.jwt_validation_pubkeys.is_empty()];
        if sources.iter().filter(|given| **given).count() != 1 {
            return refuse(
                "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or \
                 'provider_config' must be set",
            );
        }
        if self.oidc_client_id.is_empty() != self.oidc_client_secret.is_empty() {
            return refuse("both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC");
        }
        if discovery.contains(".well-known") {
            return refuse("'oidc_discovery_url' contains '.well-known' component");
        }
        if !discovery.is_empty() {
            let issuer = Issuer::new(discovery, &self.oidc_discovery_ca_pem);
            return Ok(Keys::Published(Box::new(PublishedKeys::new(
                issuer,
                Source::Discovery(discovery.to_owned()),
            ))));
        }
        if !self.oidc_client_id.is_empty() {
            return refuse("'oidc_discovery_url' must be set for OIDC");
        }
        if !jwks.is_empty() {
            let issuer = Issuer::new(jwks, &self.jwks_ca_pem);
            if !issuer.trusts_somebody() {
                return refuse("error checking jwks_ca_pem");
            }
            return Ok(Keys::Published(Box::new(PublishedKeys::new(issuer, Source::Keys(jwks.to_owned())))));
        }
        let keys = self.jwt_validation_pubkeys.iter().map(|text| {
            pem::key(text)
                .map_err(|problem| JwtError::Setting(format!("error parsing public key: {problem}")))
        });
        Ok(Keys::Fixed(keys.collect::<Result<_, _>>()?))
    }

    fn algorithms(&self) -> Result<Vec<Algorithm>, JwtError> {
        let algorithms = self.jwt_supported_algs.iter().map(|name| {
            let problem = || format!("invalid jwt_supported_algs: unsupported signing algorithm {name:?}");
            Algorithm::named(name).ok_or_else(|| JwtError::Setting(problem()))
        });
        algorithms.collect()
    }

    async fn ask(&self, keys: &PublishedKeys, absence: Absence) -> Result<Option<&'static str>, JwtError> {
        let (problem, reason) = if self.jwks_url.is_empty() {
            ("error checking oidc discovery URL", keys.address().await.err())
        } else {
            // Why is not told.
            ("error checking jwks URL", keys.refresh().await.err().map(|_| String::new()))
        };
        match (reason, absence) {
            (None, _) => Ok(None),
            (Some(_), Absence::Told) => Ok(Some(problem)),
            (Some(reason), Absence::Refused) if reason.is_empty() => refuse(problem),
            (Some(reason), Absence::Refused) => refuse(format!("{problem}: {reason}")),
        }
    }

    /// What is said of logins in a browser makes sense, though there are none here.
    fn check_browser(&self, fields: &Fields) -> Result<(), JwtError> {
        let types = &self.oidc_response_types;
        if types.iter().any(|kind| !matches!(kind.as_str(), "code" | "id_token")) {
            return refuse(format!(
                "invalid response_types [{}]. 'code' and 'id_token' are allowed",
                types.join(" ")
            ));
        }
        match self.oidc_response_mode.as_str() {
            "" | "query" if types.iter().any(|kind| kind == "id_token") => {
                return refuse("query response_mode may not be used with an id_token response_type");
            }
            "" | "query" | "form_post" => {}
            other => return refuse(format!("invalid response_mode: {other:?}")),
        }
        match fields.map("provider_config")?.filter(|provider| !provider.is_empty()) {
            None => Ok(()),
            Some(provider) => match provider.get("provider").and_then(|provider| provider.as_str()) {
                None => refuse("invalid provider_config: 'provider' field not found in provider_config"),
                Some(name) => refuse(format!(
                    "invalid provider_config: provider {name:?} not found in custom providers"
                )),
            },
        }
    }
}
