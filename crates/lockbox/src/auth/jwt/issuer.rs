use std::{error::Error as _, io, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, Url, header};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::Value;

use super::{
    go_address,
    go_json::{self, Twice},
};

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
        Self { client: client(address, ca_pem, patience) }
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
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_DOCUMENT_BYTES {
                return Err(format!(
                    "Get {address:?}: the document is larger than {MAX_DOCUMENT_BYTES} bytes"
                ));
            }
            body.extend_from_slice(&chunk);
        }
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

fn client(address: &str, ca_pem: &str, patience: Duration) -> Option<Client> {
    let address = Url::parse(address).ok();
    let mut roots = RootCertStore::empty();
    if !ca_pem.is_empty() {
        let certificates: Vec<_> =
            CertificateDer::pem_slice_iter(ca_pem.as_bytes()).collect::<Result<_, _>>().ok()?;
        let (added, _) = roots.add_parsable_certificates(certificates);
        if added == 0 {
            return None;
        }
    } else if address.as_ref().is_some_and(|address| address.scheme() == "https") {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = Client::builder().tls_backend_preconfigured(tls).connect_timeout(CONNECT).timeout(patience);
    let builder = if address.as_ref().is_some_and(is_loopback) { builder.no_proxy() } else { builder };
    builder.build().ok()
}

fn is_loopback(address: &Url) -> bool {
    address.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn cause(address: &str, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned();
    }
    let mut last = error.source();
    while let Some(inner) = last.and_then(std::error::Error::source) {
        last = Some(inner);
    }
    let Some(last) = last else {
        return error.to_string();
    };
    match last.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            let url = Url::parse(address).ok();
            let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
            let port = url.as_ref().and_then(Url::port_or_known_default).unwrap_or_default();
            format!("dial tcp {host}:{port}: connect: connection refused")
        }
        _ if last.to_string().starts_with("failed to lookup address") => {
            let url = Url::parse(address).ok();
            format!(
                "dial tcp: lookup {}: no such host",
                url.as_ref().and_then(Url::host_str).unwrap_or_default()
            )
        }
        _ => last.to_string(),
    }
}

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
