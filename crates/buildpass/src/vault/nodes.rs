use std::{
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::header::{HeaderMap, HeaderValue};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::{
    Address, Config, Error, VaultToken,
    answer::{not_a_vault, one_line, words},
    patience::Patience,
};
use crate::http::{self, Answer, Client, Method, Sent, Tls};

/// The vault's nodes: sends a request to the one that answers, again and again until the deadline, as far as it may be repeated.
#[derive(Debug)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    /// The node that answered last is asked first.
    preferred: AtomicUsize,
    namespace: Option<HeaderValue>,
    deadline: Instant,
    patience: Duration,
}

#[derive(Debug)]
struct Node {
    address: Address,
    tls: Tls,
    /// Made at the first request: a node that is never asked costs nothing.
    client: OnceLock<Client>,
}

/// One request to the vault.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) token: Option<&'a VaultToken>,
    pub(super) body: Option<Zeroizing<Vec<u8>>>,
    pub(super) repeat: Repeat,
}

/// Whether a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice does no more than once.
    Freely,
    /// It may make something: only when no byte of it had been sent.
    WhenUnsent,
}

/// What one try came to.
enum Verdict {
    /// An answer that stands.
    Final(Answer),
    /// Another node was named and is listed.
    Ask(usize),
    /// Not now: wait, and ask the next node.
    Later(Error, Option<Duration>),
    /// Not now, and nobody was reached: the next node gets its turn at once while there is one.
    NextNode(Error),
}

/// OpenBao's answer on a standby while there is no leader; nothing was carried out.
const NO_LEADER: &str = "local node not active but active cluster node not found";

/// Vault's words for an issuer that it could not reach while it checked an ID token.
const KEYS_UNREACHABLE: [&str; 3] = ["fetching keys", "failed to refresh all", "keyset configuration error"];

const SERVER_ERRORS_FORGIVEN: u32 = 2;

impl Nodes {
    pub(super) fn build(config: &Config) -> Result<Self, Error> {
        let namespace = match &config.namespace {
            Some(namespace) => Some(
                HeaderValue::from_str(namespace).map_err(|_| http::Error::NotAHeader("x-vault-namespace"))?,
            ),
            None => None,
        };
        let node = |address: &Address| Node {
            address: address.clone(),
            tls: config.tls.clone(),
            client: OnceLock::new(),
        };
        let nodes = Self {
            nodes: config.nodes.iter().map(node).collect(),
            preferred: AtomicUsize::new(0),
            namespace,
            deadline: Instant::now() + config.patience,
            patience: config.patience,
        };
        // A certificate that cannot be used is the user's to mend, and not a node's turn to pass.
        if let Some(first) = nodes.nodes.first() {
            first.client()?;
        }
        Ok(nodes)
    }

    /// From now on, waits until `deadline`.
    pub(super) fn wait_until(&mut self, patience: Duration) {
        self.deadline = Instant::now() + patience;
        self.patience = patience;
    }

    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let mut patience = Patience::until(self.deadline);
        let mut unreached = 0;
        let mut server_errors = 0;
        loop {
            let at = self.preferred.load(Ordering::Relaxed) % self.nodes.len().max(1);
            let Some(node) = self.nodes.get(at) else {
                return Err(Error::NoNode);
            };
            let verdict =
                match node.ask(request, self.headers(request)?, patience.for_one_try(self.nodes.len())).await
                {
                    Ok(answer) => self.judge(at, answer, request, &mut server_errors),
                    Err(error) if request.repeat == Repeat::WhenUnsent && error.sent() == Sent::Perhaps => {
                        return Err(Error::PerhapsMade { address: node.address.to_string(), source: error });
                    }
                    Err(
                        error @ (http::Error::Connect(_) | http::Error::Broken(_) | http::Error::Silent(_)),
                    ) => Verdict::NextNode(self.unanswered(node, error)),
                    Err(error) => return Err(Error::Http(error)),
                };
            let (error, wait) = match verdict {
                Verdict::Final(answer) => return Ok(answer),
                Verdict::Ask(other) => {
                    self.preferred.store(other, Ordering::Relaxed);
                    unreached += 1;
                    if unreached <= self.nodes.len() {
                        continue;
                    }
                    (Error::Standby { address: node.address.to_string() }, None)
                }
                Verdict::Later(error, wait) => (error, wait),
                Verdict::NextNode(error) => {
                    self.preferred.store(at + 1, Ordering::Relaxed);
                    unreached += 1;
                    if unreached < self.nodes.len() && !patience.ran_out() {
                        continue;
                    }
                    (error, None)
                }
            };
            unreached = 0;
            if patience.pause(wait).await.is_err() {
                return Err(error);
            }
        }
    }

    fn judge(&self, at: usize, answer: Answer, request: &Request<'_>, server_errors: &mut u32) -> Verdict {
        let address = self.nodes[at].address.to_string();
        let text = words(&answer).unwrap_or_default().join(" ");
        let standby = answer.status == 307 || (answer.status == 500 && text.contains(NO_LEADER));
        if standby {
            return match self.listed(answer.location.as_deref()) {
                Some(leader) if leader != at => Verdict::Ask(leader),
                _ => self.later(at, Error::Standby { address }, None),
            };
        }
        if request.repeat == Repeat::WhenUnsent {
            return Verdict::Final(answer);
        }
        let busy = match answer.status {
            412 | 429 | 502 | 503 => true,
            500 => {
                *server_errors += 1;
                *server_errors <= SERVER_ERRORS_FORGIVEN
            }
            400 => KEYS_UNREACHABLE.iter().any(|words| text.contains(words)),
            _ => false,
        };
        if !busy {
            return Verdict::Final(answer);
        }
        let text = match words(&answer) {
            Some(words) => one_line(&words),
            None => not_a_vault(&answer).to_string(),
        };
        self.later(at, Error::Busy { address, status: answer.status, text }, answer.retry_after)
    }

    fn later(&self, at: usize, error: Error, wait: Option<Duration>) -> Verdict {
        self.preferred.store(at + 1, Ordering::Relaxed);
        Verdict::Later(error, wait)
    }

    /// The listed node that a standby names as its leader.
    fn listed(&self, location: Option<&str>) -> Option<usize> {
        let named = Url::parse(location?).ok()?;
        self.nodes.iter().position(|node| node.address.serves(&named))
    }

    fn unanswered(&self, node: &Node, source: http::Error) -> Error {
        Error::Unreachable { address: node.address.to_string(), source }
    }

    fn headers(&self, request: &Request<'_>) -> Result<HeaderMap, Error> {
        let mut headers = match request.token {
            Some(token) => http::secret_header("x-vault-token", token.expose())?,
            None => HeaderMap::new(),
        };
        headers.insert("x-vault-request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            headers.insert("x-vault-namespace", namespace.clone());
        }
        Ok(headers)
    }
}

impl Node {
    fn client(&self) -> Result<&Client, http::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::build(&self.tls, &self.address.api(""))?;
        Ok(self.client.get_or_init(|| client))
    }

    async fn ask(
        &self,
        request: &Request<'_>,
        headers: HeaderMap,
        patience: Duration,
    ) -> Result<Answer, http::Error> {
        self.client()?
            .send(request.method, self.address.api(request.path), headers, request.body.clone(), patience)
            .await
    }
}
