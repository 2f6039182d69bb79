use std::time::Duration;

use serde_json::Value;

use super::{
    Address, Credential, Error, Session,
    body::json_body,
    nodes::{Nodes, Repeat, Request},
    session,
};
use crate::{
    clock::Clock,
    http::{Answer, Method, Tls},
};

/// Looks at a vault: a node that cannot answer now is not asked again, since that is what is to be told.
#[derive(Debug)]
pub struct Probe(Nodes);

impl Probe {
    /// Readies it; `patience` is for all of its requests together.
    ///
    /// # Errors
    /// When a certificate cannot be used, or the namespace is no header.
    pub fn build(
        nodes: &[Address],
        tls: &Tls,
        namespace: Option<&str>,
        patience: Duration,
    ) -> Result<Self, Error> {
        let mut nodes = Nodes::build(nodes, tls, namespace, patience)?;
        nodes.insist_on_nothing();
        Ok(Self(nodes))
    }

    /// One request without a token, whose body holds no secret.
    ///
    /// # Errors
    /// When no node answers.
    pub async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Answer, Error> {
        let body = (!body.is_null()).then(|| json_body(body));
        let request = Request {
            method,
            path,
            query: None,
            token: None,
            body,
            repeat: Repeat::WhenUnsent,
            secret_in_body: None,
        };
        self.0.send(&request).await
    }

    /// Logs in.
    ///
    /// # Errors
    /// When the vault refuses it, or cannot answer now.
    pub async fn login(self, credential: Credential, clock: &Clock) -> Result<Session, Error> {
        session::begin(self.0, credential, clock).await
    }
}
