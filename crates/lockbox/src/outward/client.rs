use std::{error::Error as _, io, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, Response, Url};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

/// A client that trusts the given CA, else the system's roots, which are loaded for https alone; nothing when the CA cannot
/// be read. It waits no longer than this.
pub(crate) fn builder(address: &str, ca_pem: &str, patience: Duration) -> Option<ClientBuilder> {
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
    Some(if address.as_ref().is_some_and(is_loopback) { builder.no_proxy() } else { builder })
}

/// The body of an answer; nothing when it is longer than this.
///
/// # Errors
/// When it did not come whole.
pub(crate) async fn body(response: &mut Response, most_bytes: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > most_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

pub(super) fn is_loopback(address: &Url) -> bool {
    address.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// Why nothing came, in Go's words.
pub(crate) fn cause(address: &str, error: &reqwest::Error) -> String {
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
