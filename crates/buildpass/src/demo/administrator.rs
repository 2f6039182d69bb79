use std::time::Duration;

use serde_json::Value;
use zeroize::Zeroizing;

use super::Error;
use crate::http::{Client, Method, Secured, Tls, secret_header};

/// Someone who sets a server up over its API.
pub(super) struct Administrator {
    server: String,
    header: &'static str,
    token: String,
    client: Client,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Administrator {
    /// With a token that goes into `header`.
    pub(super) fn of(server: &str, header: &'static str, token: &str) -> Result<Self, Error> {
        let unanswered = |source| Error::Unanswered { path: server.to_owned(), source };
        let url = Secured::parse(server).map_err(unanswered)?;
        let client = Client::build(&Tls::system(), url.as_url()).map_err(unanswered)?;
        Ok(Self { server: server.to_owned(), header, token: token.to_owned(), client })
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value, Error> {
        self.ask(Method::Post, path, Some(body)).await
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Error> {
        self.ask(Method::Get, path, None).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Error> {
        let unanswered = |source| Error::Unanswered { path: path.to_owned(), source };
        let url = Secured::parse(&format!("{}{path}", self.server)).map_err(unanswered)?;
        let headers = secret_header(self.header, &self.token).map_err(unanswered)?;
        let body = body.map(|body| Zeroizing::new(body.to_string().into_bytes()));
        let answer = self
            .client
            .send(method, url.as_url().clone(), headers, body, PATIENCE)
            .await
            .map_err(unanswered)?;
        if answer.status >= 300 {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(Error::Answer { path: path.to_owned(), status: answer.status, body });
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }
}
