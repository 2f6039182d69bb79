use std::{error::Error as _, io, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, Url};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde::Deserialize;

/// Fetches the documents of one issuer, in bounded time and size.
#[derive(Debug)]
pub(super) struct Issuer(Client);

/// A document that came, or why it did not, in Go's words.
pub(super) struct Document {
    pub(super) status: reqwest::StatusCode,
    pub(super) body: Vec<u8>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    /// A client that trusts the given CA, else the system's roots. Those are loaded for https alone.
    pub(super) fn new(address: &str, ca_pem: &str) -> Option<Self> {
        let address = Url::parse(address).ok()?;
        let mut roots = RootCertStore::empty();
        if !ca_pem.is_empty() {
            let certificates: Vec<_> =
                CertificateDer::pem_slice_iter(ca_pem.as_bytes()).collect::<Result<_, _>>().ok()?;
            let (added, _) = roots.add_parsable_certificates(certificates);
            if added == 0 {
                return None;
            }
        } else if address.scheme() == "https" {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .ok()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let builder =
            Client::builder().tls_backend_preconfigured(tls).connect_timeout(CONNECT).timeout(TOTAL);
        let builder = if is_loopback(&address) { builder.no_proxy() } else { builder };
        builder.build().ok().map(Self)
    }

    /// The address of the keys, from the issuer's discovery document.
    ///
    /// # Errors
    /// When the document cannot be had, or is another issuer's.
    pub(super) async fn discover(&self, issuer: &str) -> Result<String, String> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let Document { status, body } = self.fetch(&address).await?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)));
        }
        let discovery: Discovery = serde_json::from_slice(&body)
            .map_err(|error| format!("oidc: failed to decode provider discovery object: {error}"))?;
        if discovery.issuer != issuer {
            return Err(format!(
                "issuer did not match the returned issuer, expected {issuer:?} got {:?}",
                discovery.issuer
            ));
        }
        Ok(discovery.jwks_uri)
    }

    /// # Errors
    /// When nothing came, in Go's words.
    pub(super) async fn fetch(&self, address: &str) -> Result<Document, String> {
        let failed = |error: reqwest::Error| format!("Get {address:?}: {}", cause(address, &error));
        let mut response = self.0.get(address).send().await.map_err(failed)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_DOCUMENT_BYTES {
                return Err(format!(
                    "Get {address:?}: the document is larger than {MAX_DOCUMENT_BYTES} bytes"
                ));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Document { status, body })
    }
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
        _ => last.to_string(),
    }
}

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
