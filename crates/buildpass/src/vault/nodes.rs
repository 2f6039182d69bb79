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
    Address, Error, VaultToken,
    answer::{not_a_vault, one_line, words},
    patience::Patience,
};
use crate::http::{self, Answer, Client, Method, Pieces, Sent, Tls, Upload};

/// The vault's nodes: sends a request to the one that answers, again and again until the deadline, as far as it may be repeated.
#[derive(Debug)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    /// The node that answered last is asked first.
    preferred: AtomicUsize,
    namespace: Option<HeaderValue>,
    patience: Duration,
    deadline: Instant,
    later: Later,
}

/// What is done about a node that cannot answer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Later {
    /// It is asked again until the deadline.
    AskAgain,
    /// That is the answer.
    TakeNoForAnAnswer,
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
    pub(super) query: Option<&'a str>,
    pub(super) token: Option<&'a VaultToken>,
    pub(super) body: Option<Zeroizing<Vec<u8>>>,
    pub(super) repeat: Repeat,
    /// What the body holds that no answer may bring into a log.
    pub(super) secret_in_body: Option<&'a str>,
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
    /// Another node may do better, and is asked at once while there is one that was not asked since the last pause.
    Elsewhere(Error),
    /// Not now: wait, and ask the next node.
    Later(Error, Option<Duration>),
}

/// OpenBao's answer on a standby while there is no leader; nothing was carried out.
const NO_LEADER: &str = "local node not active but active cluster node not found";

/// Vault's words for an issuer that it could not reach while it checked an ID token, and for a KV store that was mounted a moment ago.
const NOT_YET: [&str; 4] = [
    "fetching keys",
    "failed to refresh all",
    "keyset configuration error",
    "Upgrading from non-versioned to versioned data",
];

const SERVER_ERRORS_FORGIVEN: u32 = 2;

impl Nodes {
    pub(super) fn build(
        nodes: &[Address],
        tls: &Tls,
        namespace: Option<&str>,
        patience: Duration,
    ) -> Result<Self, Error> {
        let namespace = match namespace {
            Some(namespace) => Some(
                HeaderValue::from_str(namespace).map_err(|_| http::Error::NotAHeader("x-vault-namespace"))?,
            ),
            None => None,
        };
        let node =
            |address: &Address| Node { address: address.clone(), tls: tls.clone(), client: OnceLock::new() };
        let nodes = Self {
            nodes: nodes.iter().map(node).collect(),
            preferred: AtomicUsize::new(0),
            namespace,
            patience,
            deadline: Instant::now() + patience,
            later: Later::AskAgain,
        };
        // A certificate that cannot be used is the user's to mend, and not a node's turn to pass.
        if let Some(first) = nodes.nodes.first() {
            first.client()?;
        }
        Ok(nodes)
    }

    /// From now on, waits this long in all.
    pub(super) fn wait_for(&mut self, patience: Duration) {
        self.deadline = Instant::now() + patience;
    }

    /// From now on, a node that cannot answer now is not asked again.
    pub(super) fn insist_on_nothing(&mut self) {
        self.later = Later::TakeNoForAnAnswer;
    }

    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        self.send_until(request, self.deadline).await
    }

    /// The same for one of many requests: each is waited for as long as all of a job's are.
    pub(super) async fn send_again(&self, request: &Request<'_>) -> Result<Answer, Error> {
        self.send_until(request, Instant::now() + self.patience).await
    }

    async fn send_until(&self, request: &Request<'_>, deadline: Instant) -> Result<Answer, Error> {
        let mut patience = Patience::until(deadline);
        let mut asked_since_pause = 0;
        let mut server_errors = 0;
        loop {
            let (error, wait) = match self.ask_preferred(request, &patience, &mut server_errors).await? {
                Verdict::Final(answer) => return Ok(answer),
                Verdict::Elsewhere(error) => {
                    asked_since_pause += 1;
                    if asked_since_pause < self.nodes.len() && !patience.ran_out() {
                        continue;
                    }
                    (error, None)
                }
                Verdict::Later(error, wait) => (error, wait),
            };
            asked_since_pause = 0;
            if self.later == Later::TakeNoForAnAnswer {
                return Err(error);
            }
            if patience.pause(wait).await.is_err() {
                return Err(error);
            }
        }
    }

    /// Asks the node whose turn it is once, for what comes piece by piece.
    pub(super) async fn open(&self, path: &str, token: &VaultToken) -> Result<Pieces, Error> {
        let (node, headers) = (self.preferred()?, self.headers(Some(token))?);
        let pieces = node.client()?.open(node.address.api(path), headers, self.patience).await;
        pieces.map_err(|source| Error::Unreachable { address: node.address.to_string(), source })
    }

    /// Sends the node whose turn it is a file, once.
    pub(super) async fn upload(
        &self,
        path: &str,
        token: &VaultToken,
        upload: Upload,
    ) -> Result<Answer, Error> {
        let (node, headers) = (self.preferred()?, self.headers(Some(token))?);
        let answer = node.client()?.upload(node.address.api(path), headers, upload, self.patience).await;
        answer.map_err(|source| Error::Unreachable { address: node.address.to_string(), source })
    }

    fn preferred(&self) -> Result<&Node, Error> {
        let at = self.preferred.load(Ordering::Relaxed) % self.nodes.len().max(1);
        self.nodes.get(at).ok_or(Error::NoNode)
    }

    /// One try at the node whose turn it is; says what to do next, and whose turn that is.
    async fn ask_preferred(
        &self,
        request: &Request<'_>,
        patience: &Patience,
        server_errors: &mut u32,
    ) -> Result<Verdict, Error> {
        let at = self.preferred.load(Ordering::Relaxed) % self.nodes.len().max(1);
        let Some(node) = self.nodes.get(at) else { return Err(Error::NoNode) };
        let address = || node.address.to_string();
        match node.ask(request, self.headers(request.token)?, patience.for_one_try(self.nodes.len())).await {
            Ok(answer) if answer.status < 300 => Ok(Verdict::Final(answer)),
            Ok(answer) => Ok(self.judge(at, answer, request, server_errors)),
            Err(source) if request.repeat == Repeat::WhenUnsent && source.sent() == Sent::Perhaps => {
                Err(Error::PerhapsMade { address: address(), source })
            }
            Err(source @ (http::Error::Connect(_) | http::Error::Broken(_) | http::Error::Silent(_))) => {
                self.preferred.store(at + 1, Ordering::Relaxed);
                Ok(Verdict::Elsewhere(Error::Unreachable { address: address(), source }))
            }
            Err(source @ http::Error::Untrusted(_)) => Err(Error::Unreachable { address: address(), source }),
            Err(error) => Err(Error::Http(error)),
        }
    }

    /// What an answer that is not good asks of us.
    fn judge(&self, at: usize, answer: Answer, request: &Request<'_>, server_errors: &mut u32) -> Verdict {
        let address = self.nodes[at].address.to_string();
        let said = words(&answer);
        let says = |part: &str| said.iter().flatten().any(|text| text.contains(part));
        if answer.status == 307 || (answer.status == 500 && says(NO_LEADER)) {
            let error = Error::Standby { address };
            return match self.listed(answer.location.as_deref()) {
                Some(leader) if leader != at => {
                    self.preferred.store(leader, Ordering::Relaxed);
                    Verdict::Elsewhere(error)
                }
                _ => self.later(at, error, None),
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
            400 => NOT_YET.iter().any(|words| says(words)),
            _ => false,
        };
        if !busy {
            return Verdict::Final(answer);
        }
        let secrets: Vec<&str> =
            request.token.map(VaultToken::expose).into_iter().chain(request.secret_in_body).collect();
        let text = match &said {
            Some(said) => one_line(said, &secrets),
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

    fn headers(&self, token: Option<&VaultToken>) -> Result<HeaderMap, Error> {
        let mut headers = match token {
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
        let mut url = self.address.api(request.path);
        url.set_query(request.query);
        self.client()?.send(request.method, url, headers, request.body.clone(), patience).await
    }
}
