use serde_json::{Map, Value, json};

use super::{JwtError, take};
use crate::exchange::Fields;

/// What a role says about logins in a browser, which are not here: it is kept and given back.
#[derive(Clone, Debug, Default)]
pub(super) struct Browser {
    pub(super) allowed_redirect_uris: Option<Vec<String>>,
    callback_mode: Callback,
    max_age_seconds: u64,
    oauth2_metadata: Option<Vec<String>>,
    oidc_disable_confirmation: bool,
    oidc_scopes: Option<Vec<String>>,
    poll_interval: i64,
    verbose_oidc_logging: bool,
}

/// Where the issuer sends the browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Callback {
    #[default]
    Client,
    Direct,
    Device,
}

impl Browser {
    /// Takes over what is given; where nothing is said of the callback, it is the client's again.
    ///
    /// # Errors
    /// When a field is wrong.
    pub(super) fn merge(&mut self, fields: &Fields) -> Result<(), JwtError> {
        let refuse = |problem: String| Err(JwtError::Setting(problem));
        take(&mut self.verbose_oidc_logging, fields.flag("verbose_oidc_logging")?);
        take(&mut self.max_age_seconds, fields.duration("max_age")?.map(|age| age.as_secs()));
        take(&mut self.oidc_disable_confirmation, fields.flag("oidc_disable_confirmation")?);
        if let Some(names) = fields.texts("oauth2_metadata")? {
            if let Some(unknown) = names.iter().find(|name| !OAUTH2_METADATA.contains(&name.as_str())) {
                return refuse(format!("Unrecognized oauth2 metadata name {unknown}"));
            }
            self.oauth2_metadata = Some(names);
        }
        if let Some(scopes) = fields.texts("oidc_scopes")? {
            self.oidc_scopes = Some(scopes);
        }
        if let Some(uris) = fields.texts("allowed_redirect_uris")? {
            self.allowed_redirect_uris = Some(uris);
        }
        take(&mut self.poll_interval, fields.integer("poll_interval")?);
        let mode = fields.text("callback_mode")?;
        self.callback_mode = match mode.as_deref() {
            None | Some("client") => Callback::Client,
            Some("direct") => Callback::Direct,
            Some("device") => Callback::Device,
            Some(other) => return refuse(format!("invalid 'callback_mode': {other}")),
        };
        Ok(())
    }

    /// A word about what is not safe.
    pub(super) fn warning(&self) -> Option<&'static str> {
        self.verbose_oidc_logging.then_some(
            "verbose_oidc_logging has been enabled for this role. This is not recommended in production since sensitive \
             information may be present in OIDC responses.",
        )
    }

    /// Adds itself to what is read of a role.
    pub(super) fn describe(&self, described: &mut Map<String, Value>) {
        let mode = match self.callback_mode {
            Callback::Client => "client",
            Callback::Direct => "direct",
            Callback::Device => "device",
        };
        let fields = json!({
            "allowed_redirect_uris": self.allowed_redirect_uris,
            "callback_mode": mode,
            "max_age": self.max_age_seconds,
            "oauth2_metadata": self.oauth2_metadata,
            "oidc_disable_confirmation": self.oidc_disable_confirmation,
            "oidc_scopes": self.oidc_scopes,
            "verbose_oidc_logging": self.verbose_oidc_logging,
        });
        if let Value::Object(fields) = fields {
            described.extend(fields);
        }
        if self.poll_interval > 0 {
            described.insert("poll_interval".to_owned(), self.poll_interval.into());
        }
    }
}

const OAUTH2_METADATA: [&str; 3] = ["id_token", "refresh_token", "access_token"];
