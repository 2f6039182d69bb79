use base64::{Engine, engine::general_purpose::STANDARD};

use crate::harness::{Scripted, reply};

/// A server of the attacker: asks everybody for a credential, and keeps what it is sent.
pub(super) struct Thief(Scripted);

/// Something that came without being meant for a thief.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Loot {
    /// The host that the request named.
    pub(super) host: String,
    /// What the request asked for.
    pub(super) target: String,
}

impl Thief {
    pub(super) fn start() -> Self {
        Self::at("127.0.0.1:0").unwrap()
    }

    /// On the same port at another address, so that the host's name alone tells it from the realm; none where the port is taken there.
    pub(super) fn at(address: &str) -> Option<Self> {
        let asks = |_: usize, head: &str| match authorization(head) {
            None => reply(401, "WWW-Authenticate: Basic realm=\"made-up\"\r\n", "{}"),
            Some(_) => reply(404, "", "{}"),
        };
        Some(Self(Scripted::start_at(address, asks).ok()?))
    }

    /// Its address, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.0.address
    }

    pub(super) fn port(&self) -> &str {
        self.0.address.rsplit(':').next().unwrap()
    }

    /// How many requests came.
    pub(super) fn asked(&self) -> usize {
        self.0.requests().len()
    }

    /// Begins anew.
    pub(super) fn forget(&self) {
        self.0.forget();
    }

    /// The requests that brought this token along, in whatever header and form.
    pub(super) fn loot(&self, token: &str) -> Vec<Loot> {
        let requests = self.0.requests();
        let with_token = requests.iter().filter(|head| {
            head.contains(token) || authorization(head).is_some_and(|value| value.contains(token))
        });
        with_token
            .map(|head| Loot { host: header(head, "host").unwrap_or_default(), target: target(head) })
            .collect()
    }
}

/// The value of `Authorization` in the clear.
fn authorization(head: &str) -> Option<String> {
    let value = header(head, "authorization")?;
    let decoded = value.split_once(' ').and_then(|(_, encoded)| STANDARD.decode(encoded).ok());
    Some(decoded.map_or(value, |decoded| String::from_utf8_lossy(&decoded).into_owned()))
}

fn header(head: &str, wanted: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
    })
}

fn target(head: &str) -> String {
    head.split_whitespace().nth(1).unwrap_or_default().to_owned()
}
