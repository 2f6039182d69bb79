use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::{ApiToken, TokenView, refusal::words};
use crate::{
    access::Error,
    clock::Clock,
    http::{self, Answer, Client, Method, Secured, Sent, Tls, secret_header},
};

/// GitLab, asked with one token.
#[derive(Debug)]
pub struct Gitlab {
    base: Secured,
    client: Client,
    token: ApiToken,
    patience: Duration,
    who: TokenView,
    /// GitLab's own time, as it said last: it is GitLab that ends tokens, whatever our clock says.
    seconds: AtomicU64,
}

impl Gitlab {
    pub(super) async fn connect(
        base: Secured,
        token: ApiToken,
        (tls, patience): (&Tls, Duration),
        clock: &Clock,
    ) -> Result<Self, Error> {
        let address = base.origin();
        let client = Client::build(tls, base.as_url())
            .map_err(|source| Error::GitlabUnreachable { address, source })?;
        let who = TokenView::default();
        let seconds = AtomicU64::new(clock.unix_seconds());
        let mut gitlab = Self { base, client, token, patience, who, seconds };
        let answer = gitlab.ask(Method::Get, "/personal_access_tokens/self", None).await?;
        gitlab.who = gitlab.read(answer, "say what its token is")?;
        if !gitlab.who.scopes.iter().any(|scope| scope == "api") {
            return Err(Error::NotAnApiToken { scopes: gitlab.who.scopes.join(" ") });
        }
        Ok(gitlab)
    }

    /// The token that it is asked with.
    pub fn who(&self) -> &TokenView {
        &self.who
    }

    /// Scheme, host, port and prefix, without a slash at the end.
    pub fn address(&self) -> &str {
        self.base.as_url().as_str().trim_end_matches('/')
    }

    /// What time it is at GitLab.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.seconds.load(Ordering::Relaxed))
    }

    /// Sends one request below `/api/v4`, as often as it may be repeated until somebody answers.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let headers = secret_header("private-token", self.token.expose()).map_err(|e| self.unreachable(e))?;
        self.ask_as(headers, (method, &format!("/api/v4{path}")), body).await
    }

    /// The same with another token, anywhere on this GitLab.
    pub(super) async fn ask_as(
        &self,
        headers: HeaderMap,
        (method, path): (Method, &str),
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let url = format!("{}{path}", self.address());
        let url = Url::parse(&url)
            .map_err(|_| self.unreachable(http::Error::Url { url, reason: "it is not a URL" }))?;
        let deadline = Instant::now() + self.patience;
        let mut pauses = pauses();
        let repeatable = matches!(method, Method::Get | Method::Delete);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let sent = body.map(|body| Zeroizing::new(body.to_string().into_bytes()));
            let answered = self.client.send(method, url.clone(), headers.clone(), sent, left).await;
            let wait = match &answered {
                // GitLab's own limit of requests: nothing was carried out.
                Ok(answer) if answer.status == 429 => Some(answer.retry_after.unwrap_or_default()),
                Ok(answer) if repeatable && matches!(answer.status, 502..=504) => {
                    Some(answer.retry_after.unwrap_or_default())
                }
                Ok(_) => None,
                Err(error) => (repeatable || error.sent() == Sent::Nothing).then(Duration::default),
            };
            let pause = wait.map(|least| pauses.next().unwrap_or(LONGEST_PAUSE).max(least));
            let left = deadline.saturating_duration_since(Instant::now());
            match pause.filter(|pause| *pause < left) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => {
                    let answer = answered.map_err(|source| self.unreachable(source))?;
                    self.note_time(&answer);
                    return Ok(answer);
                }
            }
        }
    }

    /// Every page of a list, each asked for once.
    pub(super) async fn list<T: DeserializeOwned>(&self, path: &str, what: &str) -> Result<Vec<T>, Error> {
        let joined = if path.contains('?') { '&' } else { '?' };
        let (mut all, mut page) = (Vec::new(), 1);
        loop {
            let answer =
                self.ask(Method::Get, &format!("{path}{joined}per_page=100&page={page}"), None).await?;
            let next = answer.next_page;
            let mut these: Vec<T> = self.read(answer, what)?;
            all.append(&mut these);
            match next {
                Some(next) if next > page => page = next,
                _ => return Ok(all),
            }
        }
    }

    /// The body of a good answer; of any other, what GitLab says.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: Answer, what: &str) -> Result<T, Error> {
        self.read_masked(answer, what, &[])
    }

    /// The same where something else is secret beside our own token.
    pub(super) fn read_masked<T: DeserializeOwned>(
        &self,
        answer: Answer,
        what: &str,
        secrets: &[&str],
    ) -> Result<T, Error> {
        if answer.status >= 300 {
            return Err(self.refused(&answer, what, secrets));
        }
        serde_json::from_slice(&answer.body).map_err(|_| Error::NotGitlab {
            address: self.base.origin(),
            status: answer.status,
            content_type: answer.content_type,
        })
    }

    pub(super) fn refused(&self, answer: &Answer, what: &str, secrets: &[&str]) -> Error {
        match words(answer, &[secrets, &[self.token.expose()]].concat()) {
            Some(text) => Error::GitlabRefused { what: what.to_owned(), status: answer.status, text },
            None => Error::NotGitlab {
                address: self.base.origin(),
                status: answer.status,
                content_type: answer.content_type.clone(),
            },
        }
    }

    fn unreachable(&self, source: http::Error) -> Error {
        Error::GitlabUnreachable { address: self.base.origin(), source }
    }

    fn note_time(&self, answer: &Answer) {
        let since = answer.date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        if let Some(since) = since {
            self.seconds.store(since.as_secs(), Ordering::Relaxed);
        }
    }
}

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(LONGEST_PAUSE)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build()
}
