use std::time::Duration;

use reqwest::{Client, header};
use serde_json::Value;

use super::{
    go_address,
    go_json::{self, Twice},
};
use crate::outward::{body, builder, cause};

/// Fetches the documents of one issuer, in bounded time and size.
#[derive(Debug)]
pub(super) struct Issuer {
    /// Nothing when the CA that it should trust cannot be read.
    client: Option<Client>,
}

/// A document that came, or why it did not, in Go's words.
pub(super) struct Document {
    pub(super) status: reqwest::StatusCode,
    content_type: String,
    pub(super) body: Vec<u8>,
}

impl Issuer {
    /// A client that trusts the given CA, else the system's roots. Those are loaded for https alone.
    pub(super) fn new(address: &str, ca_pem: &str) -> Self {
        Self::with_patience(address, ca_pem, TOTAL)
    }

    /// The same, which waits no longer than this.
    pub(super) fn with_patience(address: &str, ca_pem: &str, patience: Duration) -> Self {
        let client = builder(address, ca_pem, patience).and_then(|builder| builder.build().ok());
        Self { client }
    }

    /// Whether the CA that it should trust can be read.
    pub(super) fn trusts_somebody(&self) -> bool {
        self.client.is_some()
    }

    /// The address of the keys, from the issuer's discovery document.
    ///
    /// # Errors
    /// When the document cannot be had, or is another issuer's.
    pub(super) async fn discover(&self, issuer: &str) -> Result<String, String> {
        let address =
            format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer));
        let document = self.fetch(&address).await?;
        if !document.status.is_success() {
            return Err(format!("{}: {}", document.status, String::from_utf8_lossy(&document.body)));
        }
        let failed = |problem: String| format!("failed to decode OIDC discovery document: {problem}");
        let discovery = go_json::parse(&document.body, Twice::Taken)
            .map_err(|error| failed(document.undecoded(&error.to_string())))?;
        let text = |name: &str| discovery.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let named = text("issuer");
        if named != issuer {
            return Err(format!(
                "issuer did not match the returned issuer, expected {issuer:?} got {named:?}"
            ));
        }
        Ok(text("jwks_uri"))
    }

    /// # Errors
    /// When nothing came, in Go's words.
    pub(super) async fn fetch(&self, address: &str) -> Result<Document, String> {
        if let Some(refusal) = go_address::refusal(address) {
            return Err(refusal);
        }
        let client = self.client.as_ref().ok_or("could not parse CA PEM value successfully")?;
        let failed = |error: reqwest::Error| format!("Get {address:?}: {}", cause(address, &error));
        let mut response = client.get(address).send().await.map_err(failed)?;
        let status = response.status();
        let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let Some(body) = body(&mut response, MAX_DOCUMENT_BYTES).await.map_err(failed)? else {
            return Err(format!("Get {address:?}: the document is larger than {MAX_DOCUMENT_BYTES} bytes"));
        };
        Ok(Document { status, content_type, body })
    }
}

impl Document {
    /// Why it could not be decoded: what it claims to be has a part in it.
    pub(super) fn undecoded(&self, problem: &str) -> String {
        if self.content_type.split(';').next() == Some("application/json") {
            format!("got Content-Type = application/json, but could not unmarshal as JSON: {problem}")
        } else {
            format!("expected Content-Type = application/json, got {:?}: {problem}", self.content_type)
        }
    }
}

const TOTAL: Duration = Duration::from_secs(10);
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
