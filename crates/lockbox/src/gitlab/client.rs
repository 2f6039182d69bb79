use std::{fmt, time::Duration};

use reqwest::{
    Client, Method, StatusCode, Url,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use zeroize::Zeroizing;

use super::{GitlabError, Sent, words::words};
use crate::outward::{Clients, body, cause};

/// A GitLab: where it is, and by which CA it is trusted where the system's roots do not know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instance<'a> {
    pub(super) base_url: &'a str,
    pub(super) ca_pem: &'a str,
}

/// GitLab's API, asked with one token.
pub(super) struct Gitlab<'a> {
    instance: Instance<'a>,
    token: &'a str,
    client: Client,
}

/// What GitLab answered.
pub(super) struct Reply {
    request: String,
    pub(super) status: StatusCode,
    /// It may hold a token.
    body: Zeroizing<Vec<u8>>,
}

impl<'a> Gitlab<'a> {
    /// # Errors
    /// When the address is none, or the CA cannot be read.
    pub(super) fn new(
        instance: Instance<'a>,
        token: &'a str,
        clients: &Clients,
    ) -> Result<Self, GitlabError> {
        let address = Url::parse(instance.base_url)
            .map_err(|error| GitlabError::Setting(format!("base_url: {error}")))?;
        let client = clients.trusting(&address, instance.ca_pem);
        let client =
            client.ok_or_else(|| GitlabError::Setting("ca_pem: no certificate can be read".to_owned()))?;
        Ok(Self { instance, token, client })
    }

    /// Sends one request below `/api/v4`. One that GitLab has no time for is sent again when it says so, for a while.
    ///
    /// # Errors
    /// When no answer comes, or none but that GitLab has no time.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        sent: Option<&Value>,
    ) -> Result<Reply, GitlabError> {
        let address = format!("{}/api/v4/{path}", self.instance.base_url);
        let request = format!("{method} {address}");
        let begun = Instant::now();
        loop {
            let (reply, pause) = self.ask_once((&request, &address), method.clone(), sent).await?;
            if reply.status != StatusCode::TOO_MANY_REQUESTS {
                return Ok(reply);
            }
            let pause = pause.unwrap_or(USUAL_PAUSE);
            if begun.elapsed().saturating_add(pause) > PATIENCE {
                return Err(GitlabError::Busy { request, words: reply.words(&[self.token]) });
            }
            sleep(pause).await;
        }
    }

    async fn ask_once(
        &self,
        (request, address): (&str, &str),
        method: Method,
        sent: Option<&Value>,
    ) -> Result<(Reply, Option<Duration>), GitlabError> {
        let unreachable = |problem: String, sent: Sent| {
            let request = request.to_owned();
            GitlabError::Unreachable { request, problem, sent }
        };
        let failed = |error: reqwest::Error| {
            let sent = if error.is_connect() { Sent::Nothing } else { Sent::Perhaps };
            unreachable(cause(address, &error), sent)
        };
        let mut building = self.client.request(method, address).headers(self.headers()?);
        if let Some(sent) = sent {
            building = building.header(header::CONTENT_TYPE, "application/json").body(sent.to_string());
        }
        let mut response = building.send().await.map_err(failed)?;
        let status = response.status();
        let pause = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let pause = pause.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        let body = body(&mut response, MOST_BYTES).await.map_err(failed)?;
        let too_long = || unreachable(format!("the answer is longer than {MOST_BYTES} bytes"), Sent::Perhaps);
        let body = body.ok_or_else(too_long)?;
        Ok((Reply { request: request.to_owned(), status, body: Zeroizing::new(body) }, pause))
    }

    fn headers(&self) -> Result<HeaderMap, GitlabError> {
        let mut token = HeaderValue::from_str(self.token)
            .map_err(|_| GitlabError::Setting("token: it holds what no token holds".to_owned()))?;
        token.set_sensitive(true);
        Ok(HeaderMap::from_iter([(HeaderName::from_static("private-token"), token)]))
    }

    /// What a good answer says.
    ///
    /// # Errors
    /// When it is no good one, in GitLab's words.
    pub(super) fn read<T: DeserializeOwned>(&self, reply: Reply) -> Result<T, GitlabError> {
        let Reply { status, .. } = reply;
        if !status.is_success() {
            return Err(self.refused(reply));
        }
        serde_json::from_slice(&reply.body)
            .map_err(|_| GitlabError::NotGitlab { request: reply.request, status })
    }

    /// An answer that is no good one.
    pub(super) fn refused(&self, reply: Reply) -> GitlabError {
        let words = reply.words(&[self.token]);
        let Reply { request, status, .. } = reply;
        match status.is_client_error() {
            true => GitlabError::Refused { request, status, words },
            // It is sent nowhere else with a token.
            false if status.is_redirection() || status.is_success() => {
                GitlabError::NotGitlab { request, status }
            }
            false => GitlabError::Broken { request, status, words },
        }
    }
}

impl Reply {
    /// Whether a refusal is said as GitLab says it, and not by something on the way.
    pub(super) fn is_of_gitlab(&self) -> bool {
        let said: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let begins = |message: &str| message.starts_with(self.status.as_str());
        said["message"].as_str().is_some_and(begins) || said["error"] == "invalid_token"
    }

    fn words(&self, secrets: &[&str]) -> String {
        words(&self.body, secrets)
    }
}

impl fmt::Debug for Gitlab<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gitlab").field("base_url", &self.instance.base_url).finish_non_exhaustive()
    }
}

/// Less than the time that a request to this server has.
const PATIENCE: Duration = Duration::from_secs(25);
/// Where GitLab does not say how long.
const USUAL_PAUSE: Duration = Duration::from_secs(1);
const MOST_BYTES: usize = 1024 * 1024;
