use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use super::{Bond, Minted, OwnEnd};
use crate::http::{Answer, Client, Error, Method, Secured, Tls, secret_header};

/// The GitLab at which minted tokens end themselves. Only the user names it, never a repository alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitlabAt {
    /// Its address.
    pub url: Secured,
    /// How it proves itself.
    pub tls: Tls,
}

/// The token that a request is made with: <https://docs.gitlab.com/api/personal_access_tokens/#self-revoke>
const ITSELF: &str = "api/v4/personal_access_tokens/self";

/// A GitLab that takes a request and says nothing must not use up the time in which it could answer.
const LONGEST_TRY: Duration = Duration::from_secs(10);

/// A refusal that GitLab does not mean to change is heard this often.
const MOST_REFUSALS: u32 = 3;

impl GitlabAt {
    /// Has a token end itself, again and again until it has; one that is dead already is as good as ended.
    async fn end(&self, token: &Minted, deadline: Instant) -> Result<(), String> {
        let client = self.client()?;
        let (mut pauses, mut refusals) = (pauses(), 0);
        loop {
            let (because, wait) = match self.ask(&client, Method::Delete, token, deadline).await {
                Ok(answer) if matches!(answer.status, 200..=299 | 401) => return Ok(()),
                Ok(answer) => {
                    refusals += u32::from(!matches!(answer.status, 408 | 429 | 500..));
                    (format!("{} answered {}", self.url.origin(), answer.status), answer.retry_after)
                }
                Err(error) => (format!("{}: {error}", self.url.origin()), None),
            };
            let pause = pauses.next().unwrap_or_default().max(wait.unwrap_or_default());
            if refusals >= MOST_REFUSALS || pause >= deadline.saturating_duration_since(Instant::now()) {
                return Err(because);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Waits for the vault to have ended a token; whether it lives on. Where GitLab does not say, the vault is believed.
    async fn outlives_its_lease(&self, token: &Minted, patience: Duration) -> bool {
        let Ok(client) = self.client() else { return false };
        let deadline = Instant::now() + patience;
        let mut pauses = pauses();
        loop {
            let lives = match self.ask(&client, Method::Get, token, deadline).await {
                Ok(answer) => answer.status == 200,
                Err(_) => return false,
            };
            let pause = pauses.next().unwrap_or_default();
            if !lives || pause >= deadline.saturating_duration_since(Instant::now()) {
                return lives;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn ask(
        &self,
        client: &Client,
        method: Method,
        token: &Minted,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let headers = secret_header("private-token", token.value.expose())?;
        let left = deadline.saturating_duration_since(Instant::now());
        client.send(method, self.itself(), headers, None, left.min(LONGEST_TRY)).await
    }

    fn client(&self) -> Result<Client, String> {
        Client::build(&self.tls, self.url.as_url()).map_err(|error| error.to_string())
    }

    fn itself(&self) -> Url {
        let mut url = self.url.as_url().clone();
        url.set_query(None);
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(ITSELF.split('/'));
        }
        url
    }
}

/// How the giving back of what binds a token came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// The vault has ended the session and its leases.
    ByVault,
    /// It has not, or not yet.
    Not,
}

/// Ends what was minted, as far as the vault has not, for `patience` at most. What lives on is said, a line each.
pub async fn end_minted(
    minted: &[Minted],
    gitlab: Option<&GitlabAt>,
    released: Released,
    patience: Duration,
) -> Vec<String> {
    let ends = minted.iter().map(|token| end_one(token, gitlab, released, patience));
    futures_util::future::join_all(ends).await.into_iter().flatten().collect()
}

async fn end_one(
    token: &Minted,
    gitlab: Option<&GitlabAt>,
    released: Released,
    patience: Duration,
) -> Option<String> {
    let deadline = Instant::now() + patience;
    let is_with_vault = token.bond == Bond::Lease && released == Released::ByVault;
    let ended = match (token.own_end, gitlab) {
        (OwnEnd::Impossible, _) if is_with_vault => Ok(()),
        (OwnEnd::Impossible, _) => Err("a token of its kind cannot end itself".to_owned()),
        (OwnEnd::Possible, None) if is_with_vault => Ok(()),
        (OwnEnd::Possible, None) => Err("nobody says which GitLab it is of: `--gitlab` does".to_owned()),
        (OwnEnd::Possible, Some(gitlab)) => {
            if is_with_vault && !gitlab.outlives_its_lease(token, VAULT_FIRST).await {
                return None;
            }
            gitlab.end(token, deadline).await
        }
    };
    ended.err().map(|because| format!("{}: {because}", token.lives()))
}

/// What a lease binds is the vault's to end first, for so long.
pub const VAULT_FIRST: Duration = Duration::from_secs(1);

impl Minted {
    /// That it lives on, and how long.
    pub fn lives(&self) -> String {
        let until = self.until.map(|until| format!(" until {}", humantime::format_rfc3339_seconds(until)));
        let until = until.unwrap_or_default();
        format!("the token {} that was made for this job lives on at GitLab{until}", self.id)
    }
}

fn pauses() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_secs(2))
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build()
}
