use std::{net::SocketAddr, sync::Arc, time::Duration};

use hyper::body::Bytes;
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, HeaderName, HeaderValue},
};
use url::Url;
use zeroize::Zeroizing;

use super::{Answer, Error, Tls, secured::is_loopback};

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the methods are HTTP's own")]
pub enum Method {
    Delete,
    Get,
    List,
    Post,
    Put,
}

/// Whether a failed request can have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// No byte of it left this machine.
    Nothing,
    /// Some of it may have arrived and been carried out.
    Perhaps,
}

/// A client for one server.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) http: reqwest::Client,
    /// With a TLS server name of its own, the server is asked under that name: URL host and `Host` header part ways.
    asked_as: Option<AskedAs>,
}

#[derive(Clone, Debug)]
struct AskedAs {
    server_name: String,
    host_header: HeaderValue,
}

impl Client {
    /// Readies a client for the server of `url`; certificates are loaded only for https.
    ///
    /// # Errors
    /// When a certificate or key cannot be used.
    pub fn build(tls: &Tls, url: &Url) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(5))
            .user_agent(concat!("buildpass/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls.for_scheme(url.scheme())?);
        if is_loopback(url) {
            builder = builder.no_proxy();
        }
        let asked_as = match &tls.server_name {
            Some(name) if url.scheme() == "https" => {
                let real = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
                builder = builder.dns_resolver(Arc::new(Always(real))).no_proxy();
                Some(AskedAs { server_name: name.clone(), host_header: authority(url)? })
            }
            _ => None,
        };
        let http = builder.build().map_err(Error::Client)?;
        Ok(Self { http, asked_as })
    }

    /// Sends one request and waits for the whole answer, for `patience` at most. A body is JSON where no header says otherwise.
    ///
    /// # Errors
    /// When no whole answer came; `Error::sent` tells whether the request can have been carried out.
    pub async fn send(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Zeroizing<Vec<u8>>>,
        patience: Duration,
    ) -> Result<Answer, Error> {
        let (url, headers) = self.asked_as(url, headers)?;
        let method = match method {
            Method::Delete => reqwest::Method::DELETE,
            Method::Get => reqwest::Method::GET,
            Method::List => list(),
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let typed = headers.contains_key("content-type");
        let mut request = self.http.request(method, url).headers(headers);
        if let Some(body) = body {
            if !typed {
                request = request.header("content-type", "application/json");
            }
            // It is wiped when the last of it was sent.
            request = request.body(Bytes::from_owner(body));
        }
        let exchange = async { Answer::receive(request.send().await.map_err(Error::from_request)?).await };
        match tokio::time::timeout(patience, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Silent(patience)),
        }
    }

    /// The same server under the name that its certificate is for.
    ///
    /// # Errors
    /// When that is no name.
    pub(super) fn asked_as(&self, mut url: Url, mut headers: HeaderMap) -> Result<(Url, HeaderMap), Error> {
        if let Some(AskedAs { server_name, host_header }) = &self.asked_as {
            url.set_host(Some(server_name)).map_err(|_| Error::ServerName(server_name.clone()))?;
            headers.insert("host", host_header.clone());
        }
        Ok((url, headers))
    }
}

/// Vault's own method.
fn list() -> reqwest::Method {
    reqwest::Method::from_bytes(b"LIST").unwrap_or_default()
}

/// A header whose value no debug output shows.
///
/// # Errors
/// When the value has characters that no header takes.
pub fn secret_header(name: &'static str, value: &str) -> Result<HeaderMap, Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| Error::NotAHeader(name))?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(HeaderName::from_static(name), value)]))
}

fn authority(url: &Url) -> Result<HeaderValue, Error> {
    let authority = url.authority();
    HeaderValue::from_str(authority).map_err(|_| Error::NotAHeader("host"))
}

/// Resolves every name to the addresses of one host.
struct Always(String);

impl Resolve for Always {
    fn resolve(&self, _: Name) -> Resolving {
        let host = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
