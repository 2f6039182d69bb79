use std::{fmt, net::IpAddr};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    GitlabError,
    client::{Gitlab, Instance},
    role_fields::missing,
};
use crate::{
    exchange::{Field, Fields, Schema},
    outward::Clients,
    random::hex,
};

/// Which GitLab, and whose rights are used there. Debug shows no token.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Config {
    pub(super) base_url: String,
    #[serde(default)]
    ca_pem: String,
    #[serde(rename = "type")]
    kind: String,
    token: Zeroizing<String>,
    known: Known,
}

/// What GitLab said of the token.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    id: u64,
    #[serde(default)]
    active: bool,
    scopes: Vec<String>,
    created_at: String,
    expires_at: Option<String>,
}

pub(super) const CONFIG: Schema = Schema(&[
    ("config_name", Field::OfPath),
    ("token", Field::Text),
    ("base_url", Field::Text),
    ("type", Field::Text),
    ("ca_pem", Field::Text),
    ("auto_rotate_token", Field::Flag),
    ("auto_rotate_before", Field::Seconds),
]);

impl Config {
    /// What a request makes of the configuration of before, if there is one to go on from, once GitLab answers for its token.
    ///
    /// # Errors
    /// When something is missing or wrong, or GitLab does not know the token, or not as one that can make others.
    pub(super) async fn written(
        fields: &Fields,
        before: Option<Self>,
        clients: &Clients,
    ) -> Result<Self, GitlabError> {
        CONFIG.check(fields)?;
        if fields.flag("auto_rotate_token")?.unwrap_or_default() {
            let what = "auto_rotate_token".to_owned();
            return Err(GitlabError::Unsupported {
                what,
                instead: "write the configuration with a new token",
            });
        }
        let before = before.as_ref();
        let given = fields.secret("token")?.map(|token| Zeroizing::new(token.trim().to_owned()));
        let taken = |field: &'static str, of: fn(&Self) -> &String| -> Result<String, GitlabError> {
            let text = fields.text(field)?.or_else(|| before.map(|config| of(config).clone()));
            Ok(text.unwrap_or_default().trim().to_owned())
        };
        let base_url = address(&taken("base_url", |config| &config.base_url)?)?;
        let kind = taken("type", |config| &config.kind)?;
        match kind.as_str() {
            "" => return Err(missing("type")),
            known if KINDS.contains(&known) => {}
            other => {
                let known = KINDS.join(", ");
                return Err(GitlabError::Setting(format!("type='{other}', should be one of [{known}]")));
            }
        }
        let ca_pem = taken("ca_pem", |config| &config.ca_pem)?;
        let is_elsewhere =
            |config: &Self| (config.base_url.as_str(), config.ca_pem.as_str()) != (&base_url, &ca_pem);
        if given.is_none() && before.is_some_and(is_elsewhere) {
            return Err(GitlabError::Setting(ELSEWHERE.to_owned()));
        }
        let token = given.or_else(|| before.map(|config| config.token.clone()));
        let token = token.filter(|token| !token.is_empty()).ok_or_else(|| missing("token"))?;
        let instance = Instance { base_url: &base_url, ca_pem: &ca_pem };
        let gitlab = Gitlab::new(instance, &token, clients)?;
        let known: Known =
            gitlab.read(gitlab.ask(Method::GET, "personal_access_tokens/self", None).await?)?;
        known.check()?;
        Ok(Self { base_url, ca_pem, kind, token, known })
    }

    pub(super) fn describe(&self, name: &str) -> Value {
        let Known { id, scopes, created_at, expires_at, .. } = &self.known;
        json!({
            "name": name,
            "base_url": self.base_url,
            "ca_pem": self.ca_pem,
            "type": self.kind,
            "auto_rotate_token": false,
            "token_id": id,
            "token_sha1_hash": sha1(&self.token),
            "scopes": scopes,
            "token_created_at": created_at,
            "token_expires_at": expires_at,
        })
    }

    /// GitLab, asked with the token of this.
    ///
    /// # Errors
    /// When the CA cannot be read.
    pub(super) fn connect(&self, clients: &Clients) -> Result<Gitlab<'_>, GitlabError> {
        Gitlab::new(self.instance(), &self.token, clients)
    }

    pub(super) fn instance(&self) -> Instance<'_> {
        Instance { base_url: &self.base_url, ca_pem: &self.ca_pem }
    }
}

impl Known {
    fn check(&self) -> Result<(), GitlabError> {
        if !self.active {
            return Err(GitlabError::Setting("token: GitLab says that it is not active".to_owned()));
        }
        if !self.scopes.iter().any(|scope| scope == "api") {
            let has = self.scopes.join(", ");
            let problem = format!("token: making tokens needs the scope api, and it has [{has}]");
            return Err(GitlabError::Setting(problem));
        }
        Ok(())
    }
}

/// By which a token is recognised without being shown, as the public engine does it.
pub(super) fn sha1(token: &str) -> String {
    hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes()).as_ref())
}

/// Without a slash at its end. In the clear it goes nowhere but to this machine.
fn address(text: &str) -> Result<String, GitlabError> {
    if text.is_empty() {
        return Err(missing("base_url"));
    }
    let refuse = |problem: &str| GitlabError::Setting(format!("base_url: {problem}"));
    let url = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it holds a user or a password: the token goes into a field of its own"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it has a query or a fragment"));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => {
            return Err(refuse("plain http to another machine would show the token on the way: use https"));
        }
        _ => return Err(refuse("it is neither https nor http")),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Whoever may change a configuration is not given its token.
const ELSEWHERE: &str = "token: with another base_url or ca_pem it has to be given again, since the one of before is not sent elsewhere";
const KINDS: [&str; 3] = ["self-managed", "saas", "dedicated"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_a_token_can_be_sent_to() {
        for (text, expected) in [
            ("https://gitlab.example.com", "https://gitlab.example.com"),
            ("https://example.com/gitlab/", "https://example.com/gitlab"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(address(text).unwrap(), expected);
        }
        for (text, expected) in [
            ("", "base_url: required field"),
            ("gitlab.example.com", "relative URL"),
            ("http://gitlab.example.com", "plain http to another machine"),
            ("http://127.0.0.1.example.com", "plain http to another machine"),
            ("https://me:made-up@gitlab.example.com", "it holds a user or a password"),
            ("https://gitlab.example.com?x=1", "it has a query"),
            ("ftp://gitlab.example.com", "neither https nor http"),
        ] {
            let refusal = address(text).unwrap_err().to_string();
            assert!(refusal.contains(expected) && !refusal.contains("made-up"), "{text}: {refusal}");
        }
    }

    #[test]
    fn a_token_is_recognised_by_its_digest() {
        assert_eq!(sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
