use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use reqwest::header::HeaderMap;
use serde::Deserialize;
use tokio::{net::TcpStream, time::Instant};
use url::Host;

use super::{Deadline, Question};
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
    pub(super) async fn look(
        address: &Address,
        tls: &Tls,
        _question: Question<'_>,
        deadline: Deadline,
    ) -> Self {
        let mut seen = Self { address: address.clone(), name: None, connection: None, health: None };
        let url = address.as_url();
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
        let connected = deadline.within(connect(&addresses, port)).await;
        let reached = connected.is_ok();
        seen.connection = Some(connected);
        if reached {
            seen.health = Some(health(address, tls, deadline).await);
        }
        seen
    }
}

async fn resolve(name: &str, port: u16) -> std::io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = tokio::net::lookup_host((name, port)).await?.map(|each| each.ip()).collect();
    found.dedup();
    Ok(found)
}

/// The first address that takes a connection.
async fn connect(addresses: &[IpAddr], port: u16) -> std::io::Result<()> {
    let mut last = Ok(());
    for address in addresses {
        match TcpStream::connect((*address, port)).await {
            Ok(_) => return Ok(()),
            Err(error) => last = Err(error),
        }
    }
    last
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
        location: answer.location,
        date: answer.date,
        took: start.elapsed(),
    })
}
