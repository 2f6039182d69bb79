use std::{path::PathBuf, time::SystemTime};

use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::{Deadline, Question, server::bare};
use crate::http::{self, Answer, Client, Method, Roots, Secured, Tls};

/// The issuer of the ID token, as this machine sees it: where its keys are, and which.
#[derive(Debug)]
pub struct IssuerSeen {
    /// What stands under `iss`.
    pub issuer: String,
    /// What its discovery document says.
    pub discovery: Result<Discovery, String>,
    /// The keys that it publishes; `None` where nobody knows where they are.
    pub keys: Option<Result<Vec<PublishedKey>, String>>,
    /// Its clock.
    pub date: Option<SystemTime>,
}

/// OpenID Connect Discovery 1.0 §3, as far as a vault reads it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Discovery {
    /// The issuer, which must equal `iss`.
    pub issuer: String,
    /// Where the keys are.
    pub jwks_uri: String,
}

/// A key of a JWK Set (RFC 7517).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct PublishedKey {
    /// Its name.
    #[serde(rename = "kid")]
    pub id: Option<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<PublishedKey>,
}

impl IssuerSeen {
    pub(super) async fn look(issuer: &str, question: Question<'_>, deadline: Deadline) -> Self {
        let mut seen =
            Self { issuer: issuer.to_owned(), discovery: Err(String::new()), keys: None, date: None };
        let tls = tls(question);
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        seen.discovery = match get(&url, &tls, deadline).await {
            Ok(answer) => {
                seen.date = answer.date;
                parsed(&answer, "a discovery document")
            }
            Err(error) => Err(error.to_string()),
        };
        if let Ok(discovery) = &seen.discovery {
            seen.keys = Some(match get(&discovery.jwks_uri, &tls, deadline).await {
                Ok(answer) => parsed::<KeySet>(&answer, "a set of keys").map(|set| set.keys),
                Err(error) => Err(error.to_string()),
            });
        }
        seen
    }
}

/// A GitLab of its own often has an authority of its own, which the runner tells its jobs.
fn tls(question: Question<'_>) -> Tls {
    let authority: Option<PathBuf> = question.environment.path("CI_SERVER_TLS_CA_FILE");
    let roots = authority.filter(|path| path.is_file()).map_or(Roots::System, Roots::File);
    Tls { roots, client: None, server_name: None }
}

async fn get(url: &str, tls: &Tls, deadline: Deadline) -> Result<Answer, http::Error> {
    let url = Secured::parse(url)?.as_url().clone();
    let client = Client::build(tls, &url)?;
    client.send(Method::Get, url, HeaderMap::new(), None, deadline.for_one_look()).await
}

fn parsed<T: serde::de::DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, String> {
    if answer.status != 200 {
        let elsewhere = answer.location.as_deref().map(|to| format!(", which points to {}", bare(to)));
        return Err(format!("status {}{}", answer.status, elsewhere.unwrap_or_default()));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|_| format!("it is not {what}, but `{}`", answer.content_type))
}
