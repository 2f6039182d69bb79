use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, Url, redirect};

use super::client::{builder, is_loopback};

/// Clients by whom they trust, with the connections that they hold. None of them follows a redirect: what it shows to one
/// server is for no other.
#[derive(Debug, Default)]
pub(crate) struct Clients(Mutex<HashMap<Trust, Client>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Trust {
    is_loopback: bool,
    is_https: bool,
    ca_pem: String,
}

impl Clients {
    /// The client for an address and the CA that it is trusted by; nothing when that cannot be read.
    pub(crate) fn trusting(&self, address: &Url, ca_pem: &str) -> Option<Client> {
        let trust = Trust {
            is_loopback: is_loopback(address),
            is_https: address.scheme() == "https",
            ca_pem: ca_pem.to_owned(),
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = known.get(&trust) {
            return Some(client.clone());
        }
        let builder = builder(address.as_str(), ca_pem, PATIENCE)?;
        let client = builder.redirect(redirect::Policy::none()).build().ok()?;
        if known.len() == MOST_KEPT {
            known.clear();
        }
        known.insert(trust, client.clone());
        Some(client)
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
/// Who asks more servers than this builds some of their clients anew.
const MOST_KEPT: usize = 64;
