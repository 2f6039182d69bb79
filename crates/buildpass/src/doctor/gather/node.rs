use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use futures_util::future::OptionFuture;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use tokio::{join, net::TcpStream, time::Instant};
use url::{Host, Url};

use super::{CertificateSeen, Deadline, Question, proxy, server::bare};
use crate::{
    http::{self, Client, Method, Tls},
    vault::Address,
};

/// What was seen of one node of the vault, step by step; a step that was not reached is `None`.
#[derive(Debug)]
pub struct NodeSeen {
    /// Its address.
    pub address: Address,
    /// The addresses that its name stands for.
    pub name: Option<Result<Vec<IpAddr>, String>>,
    /// Whether somebody listens there.
    pub connection: Option<Result<(), String>>,
    /// The proxy that everything goes through, by the environment.
    pub proxy: Option<Url>,
    /// Its certificate; `None` over plain http, and where a proxy is on the way.
    pub certificate: Option<Result<CertificateSeen, String>>,
    /// What it says of itself.
    pub health: Option<Result<Health, http::Error>>,
}

/// The answer to `sys/health`. <https://openbao.org/api-docs/system/health/>
#[derive(Debug)]
pub struct Health {
    /// The HTTP status: 200, 429 of a standby, 501 where nobody has initialised it, 503 where it is sealed.
    pub status: u16,
    /// What a vault says; `None` where the answer is not a vault's.
    pub said: Option<SaidOfHealth>,
    /// What the answer's head says that it is.
    pub content_type: String,
    /// Where it points to.
    pub location: Option<String>,
    /// The server's clock.
    pub date: Option<SystemTime>,
    /// How long the answer took.
    pub took: Duration,
}

/// A vault's own words of its health.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct SaidOfHealth {
    pub initialized: bool,
    pub sealed: bool,
    #[serde(default)]
    pub standby: bool,
    #[serde(default)]
    pub version: String,
}

impl NodeSeen {
    /// Whether it is a vault that takes logins, as far as it says itself.
    pub fn is_ready(&self) -> bool {
        matches!(&self.health, Some(Ok(Health { said: Some(said), .. })) if said.initialized && !said.sealed)
    }

    pub(super) async fn look(
        address: &Address,
        tls: &Tls,
        question: Question<'_>,
        deadline: Deadline,
    ) -> Self {
        let proxy = proxy::on_the_way(address.as_url(), tls, question.environment);
        let mut seen = Self {
            address: address.clone(),
            name: None,
            connection: None,
            proxy: proxy.clone(),
            certificate: None,
            health: None,
        };
        let url = proxy.as_ref().unwrap_or(address.as_url());
        let port = url.port_or_known_default().unwrap_or(443);
        let found = match url.host() {
            Some(Host::Ipv4(ip)) => Ok(vec![ip.into()]),
            Some(Host::Ipv6(ip)) => Ok(vec![ip.into()]),
            Some(Host::Domain(name)) => deadline.within(resolve(name, port)).await,
            None => Err("the address has no host".to_owned()),
        };
        let addresses = found.clone().unwrap_or_default();
        seen.name = Some(found);
        if addresses.is_empty() {
            return seen;
        }
        let connected = match deadline.within(connect(&addresses, port)).await {
            Ok(stream) => stream,
            Err(error) => {
                seen.connection = Some(Err(error));
                return seen;
            }
        };
        seen.connection = Some(Ok(()));
        let shows_certificate = proxy.is_none() && address.as_url().scheme() == "https";
        let certificate = shows_certificate.then(|| CertificateSeen::look(connected, address, tls, deadline));
        let (certificate, health) = join!(OptionFuture::from(certificate), health(address, tls, deadline));
        seen.certificate = certificate;
        seen.health = Some(health);
        seen
    }
}

async fn resolve(name: &str, port: u16) -> std::io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = tokio::net::lookup_host((name, port)).await?.map(|each| each.ip()).collect();
    found.dedup();
    Ok(found)
}

/// The first address that takes a connection.
async fn connect(addresses: &[IpAddr], port: u16) -> std::io::Result<TcpStream> {
    let mut last = std::io::Error::other("there is no address");
    for address in addresses {
        match TcpStream::connect((*address, port)).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn health(address: &Address, tls: &Tls, deadline: Deadline) -> Result<Health, http::Error> {
    let url = address.api("sys/health");
    let client = Client::build(tls, &url)?;
    let start = Instant::now();
    let answer = client.send(Method::Get, url, HeaderMap::new(), None, deadline.for_one_look()).await?;
    Ok(Health {
        status: answer.status,
        said: serde_json::from_slice(&answer.body).ok(),
        content_type: answer.content_type,
        location: answer.location.as_deref().map(bare),
        date: answer.date,
        took: start.elapsed(),
    })
}
