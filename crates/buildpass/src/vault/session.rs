use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Credential, Error, VaultToken,
    answer::{not_a_vault, one_line, parse, words},
    body::json_body,
    nodes::{Nodes, Repeat, Request},
    refusal,
};
use crate::{
    clock::Clock,
    http::{Answer, Method},
    identity::IdToken,
    secret::LeaseId,
};

/// What a login gives: a vault token, and how long it lasts.
#[derive(Debug)]
pub struct Session {
    pub(super) nodes: Nodes,
    pub(super) token: VaultToken,
    pub(super) clock: Clock,
    kind: Kind,
}

/// What can be done with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It can be shortened, renewed and given back.
    Service {
        /// When it ends by itself.
        ends: SystemTime,
        /// Whether the vault renews it.
        renewable: bool,
    },
    /// A batch token: it ends when it ends.
    Batch {
        /// When that is.
        ends: SystemTime,
    },
    /// A person's own token, never given back by us.
    Personal,
}

/// How giving a session back came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenBack {
    /// It is over, and its leases with it.
    Over,
    /// It was a person's own token; its leases are over, the token lives on.
    Personal,
    /// Nobody can end it before its time: a batch token, or a role without the policy `default`.
    Lives {
        /// When it ends by itself.
        until: SystemTime,
        /// Why it cannot be ended.
        because: String,
    },
}

#[derive(Deserialize)]
struct LoginAnswer {
    auth: GivenAuth,
}

#[derive(Deserialize)]
struct GivenAuth {
    client_token: String,
    lease_duration: u64,
    #[serde(default)]
    renewable: bool,
    #[serde(default)]
    token_type: Option<String>,
}

#[derive(Deserialize)]
struct RenewAnswer {
    auth: RenewedAuth,
}

#[derive(Deserialize)]
struct RenewedAuth {
    lease_duration: u64,
}

#[derive(Serialize)]
struct Login<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    jwt: &'a str,
}

pub(super) async fn begin(nodes: Nodes, credential: Credential, clock: &Clock) -> Result<Session, Error> {
    match credential {
        Credential::Job { mount, role, token } => login(nodes, &mount, role.as_deref(), &token, clock).await,
        Credential::Person(token) => Ok(Session { nodes, token, clock: clock.clone(), kind: Kind::Personal }),
    }
}

async fn login(
    nodes: Nodes,
    mount: &str,
    role: Option<&str>,
    token: &IdToken,
    clock: &Clock,
) -> Result<Session, Error> {
    let login = Login { role, jwt: token.expose().trim() };
    let request = Request {
        method: Method::Post,
        path: &format!("auth/{mount}/login"),
        query: None,
        token: None,
        body: Some(json_body(&login)),
        repeat: Repeat::Freely,
        secret_in_body: Some(login.jwt),
    };
    let answer = nodes.send(&request).await?;
    if answer.status != 200 {
        let Some(words) = words(&answer) else {
            return Err(not_a_vault(&answer));
        };
        let text = one_line(&words, &[token.expose().trim()]);
        let explained = refusal::explained(&text, token);
        return Err(Error::LoginRefused { text, status: answer.status, explained });
    }
    let LoginAnswer { auth } = parse(&answer)?;
    let ends = clock.after(auth.lease_duration);
    let kind = match auth.token_type.as_deref() {
        Some("batch") => Kind::Batch { ends },
        _ => Kind::Service { ends, renewable: auth.renewable },
    };
    Ok(Session { nodes, token: VaultToken::new(auth.client_token), clock: clock.clone(), kind })
}

impl Session {
    /// What can be done with it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The vault token.
    pub fn token(&self) -> &VaultToken {
        &self.token
    }

    /// From now on, waits for the vault this long in all.
    pub fn wait_for(&mut self, patience: Duration) {
        self.nodes.wait_for(patience);
    }

    /// One request, and its answer as it came.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn answer_to(
        &self,
        method: Method,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<Answer, Error> {
        let body = (!body.is_null()).then(|| json_body(body));
        self.ask(method, path, body).await
    }

    /// Sets the session's remaining life to `lead`, longer or shorter than it was, and says when it ends now.
    /// Where nobody can set it, that is the answer, and not an error.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn renew(&mut self, lead: Duration) -> Result<Kind, Error> {
        let Kind::Service { renewable: true, .. } = self.kind else {
            return Ok(self.kind);
        };
        let answer = self.ask(Method::Post, RENEW_SELF, Some(increment(lead))).await?;
        let Kind::Service { ends, .. } = self.kind else {
            return Ok(self.kind);
        };
        self.kind = if answer.status == 200 {
            let RenewAnswer { auth } = parse(&answer)?;
            Kind::Service { ends: self.clock.after(auth.lease_duration), renewable: true }
        } else if !matches!(answer.status, 400 | 403) {
            return Err(self.not_renewed("the session", &answer));
        } else {
            // The role has no policy `default`, or the session is over: either way, this is all there is.
            Kind::Service { ends, renewable: false }
        };
        Ok(self.kind)
    }

    /// The same while somebody else works with the session; what the vault does not allow is left as it is.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn prolong(&self, lead: Duration) -> Result<(), Error> {
        let Kind::Service { renewable: true, .. } = self.kind else { return Ok(()) };
        let request = Request {
            method: Method::Post,
            path: RENEW_SELF,
            query: None,
            token: Some(&self.token),
            body: Some(increment(lead)),
            repeat: Repeat::Freely,
            secret_in_body: None,
        };
        let answer = self.nodes.send_again(&request).await?;
        match answer.status {
            200 | 400 | 403 => Ok(()),
            _ => Err(self.not_renewed("the session", &answer)),
        }
    }

    /// Asks the vault to keep a lease for `increment` longer.
    ///
    /// # Errors
    /// When the vault does not answer, or refuses.
    pub async fn renew_lease(&self, lease: &LeaseId, increment: Duration) -> Result<(), Error> {
        let body = json_body(&serde_json::json!({ "lease_id": lease.0, "increment": increment.as_secs() }));
        let answer = self.ask(Method::Put, "sys/leases/renew", Some(body)).await?;
        if answer.status == 200 {
            return Ok(());
        }
        Err(self.not_renewed("a lease", &answer))
    }

    fn not_renewed(&self, what: &'static str, answer: &Answer) -> Error {
        let text = one_line(&words(answer).unwrap_or_default(), &[self.token.expose()]);
        Error::NotRenewed { what, status: answer.status, text }
    }

    /// Ends the session and with it all that was made for it; of a person's own token, ends `leases` alone.
    ///
    /// # Errors
    /// When the vault does not answer in time.
    pub async fn give_back(&self, leases: &[LeaseId]) -> Result<GivenBack, Error> {
        let ends = match self.kind {
            Kind::Personal => {
                for lease in leases {
                    let body = json_body(&serde_json::json!({ "lease_id": lease.0 }));
                    self.ask(Method::Put, "sys/leases/revoke", Some(body)).await?;
                }
                return Ok(GivenBack::Personal);
            }
            Kind::Batch { ends } => {
                let because = "it is a batch token, which no vault takes back".to_owned();
                return Ok(GivenBack::Lives { until: ends, because });
            }
            Kind::Service { ends, .. } => ends,
        };
        let answer = self.ask(Method::Post, "auth/token/revoke-self", None).await?;
        match answer.status {
            200 | 204 => Ok(GivenBack::Over),
            403 if refuses_the_token(&answer) => Ok(GivenBack::Over),
            403 => {
                let because =
                    "its role has no policy that allows `auth/token/revoke-self`, as `default` does"
                        .to_owned();
                Ok(GivenBack::Lives { until: ends, because })
            }
            status => {
                let because = format!(
                    "the vault answered {status} {}",
                    one_line(&words(&answer).unwrap_or_default(), &[self.token.expose()])
                );
                Ok(GivenBack::Lives { until: ends, because })
            }
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<crate::http::Answer, Error> {
        let request = Request {
            method,
            path,
            query: None,
            token: Some(&self.token),
            body,
            repeat: Repeat::Freely,
            secret_in_body: None,
        };
        self.nodes.send(&request).await
    }
}

const RENEW_SELF: &str = "auth/token/renew-self";

fn increment(lead: Duration) -> Zeroizing<Vec<u8>> {
    json_body(&serde_json::json!({ "increment": format!("{}s", lead.as_secs().max(1)) }))
}

/// Whether an answer is to a token that the vault does not know: it has ended, or was taken back. What a policy forbids is told as an
/// error that has occurred.
pub fn refuses_the_token(answer: &Answer) -> bool {
    let words = words(answer).unwrap_or_default();
    answer.status == 403
        && words.iter().any(|text| text == "permission denied" || text.contains("invalid token"))
}
