use std::{error::Error as _, path::PathBuf, time::Duration};

use super::Sent;
use crate::{explain::rows::own, failure::Blame};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is none, or not one that a secret may go to.
    #[error("`{url}` cannot be used: {reason}")]
    Url {
        /// The URL as given, without userinfo.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Plain http to another machine.
    #[error(
        "`{0}` is plain http to another machine: whoever is on the way reads the ID token and every secret"
    )]
    PlainHttp(String),
    /// A certificate or key cannot be used.
    #[error("`{}` {reason}", .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system has no roots.
    #[error("no certificate authority was found on this system")]
    NoRoots,
    /// The server's name for TLS is none.
    #[error("`{0}` is not a server name")]
    ServerName(String),
    /// The HTTP library refused its configuration.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
    /// A secret has characters that HTTP does not carry.
    #[error("the value of the header `{0}` has characters that no header takes")]
    NotAHeader(&'static str),
    /// No connection was made.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// Whoever answers cannot prove to be the server; waiting does not change that.
    #[error("the server does not prove who it is: {0}")]
    Untrusted(String),
    /// The connection was lost before the answer was whole.
    #[error("the connection was lost: {0}")]
    Broken(String),
    /// Nothing came in time.
    #[error("no answer in {} s", .0.as_secs_f32().ceil())]
    Silent(Duration),
    /// More came than anyone would send.
    #[error("the answer is larger than {} MB", .limit / 1024 / 1024)]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl Error {
    pub(super) fn from_request(error: reqwest::Error) -> Self {
        let words = innermost(&error);
        if !error.is_connect() {
            Self::Broken(words)
        } else if words.starts_with(UNTRUSTED) {
            Self::Untrusted(words)
        } else {
            Self::Connect(words)
        }
    }

    pub(super) fn broken(error: reqwest::Error) -> Self {
        Self::Broken(innermost(&error))
    }

    /// Whether the request can have reached the server.
    pub fn sent(&self) -> Sent {
        match self {
            Self::Url { .. }
            | Self::PlainHttp(_)
            | Self::Certificate { .. }
            | Self::NoRoots
            | Self::ServerName(_)
            | Self::Client(_)
            | Self::NotAHeader(_)
            | Self::Connect(_)
            | Self::Untrusted(_) => Sent::Nothing,
            Self::Broken(_) | Self::Silent(_) | Self::TooLarge { .. } => Sent::Perhaps,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Url { .. } => "write it as https://host[:port]".to_owned(),
            Self::PlainHttp(_) => {
                "use https, or say `--insecure-http` where the way is known to be safe".to_owned()
            }
            Self::Certificate { .. } => {
                "name a PEM file: `-----BEGIN CERTIFICATE-----` or `-----BEGIN PRIVATE KEY-----`".to_owned()
            }
            Self::NoRoots => {
                "install the system's CA certificates, or name a file of them with `--ca-cert`".to_owned()
            }
            Self::ServerName(_) => "give the DNS name that the server's certificate is for".to_owned(),
            Self::Untrusted(_) => own::UNTRUSTED.hint(),
            Self::Connect(_) => own::NO_CONNECTION.hint(),
            Self::TooLarge { .. } => "is this address a vault's?".to_owned(),
            Self::Silent(_) => own::SILENT.hint(),
            Self::Client(_) | Self::NotAHeader(_) | Self::Broken(_) => return None,
        })
    }

    /// Whose turn it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Url { .. } | Self::PlainHttp(_) | Self::Certificate { .. } | Self::NoRoots => Blame::Usage,
            Self::ServerName(_) | Self::NotAHeader(_) => Blame::Usage,
            Self::Client(_) => Blame::Bug,
            Self::Connect(_)
            | Self::Untrusted(_)
            | Self::Broken(_)
            | Self::Silent(_)
            | Self::TooLarge { .. } => Blame::Unreachable,
        }
    }
}

/// How rustls begins each of its refusals of a certificate.
const UNTRUSTED: &str = "invalid peer certificate";

/// The last cause: what stands above it is the HTTP library's own story, with the URL in it.
fn innermost(error: &reqwest::Error) -> String {
    let mut last: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(next) = last.and_then(std::error::Error::source) {
        last = Some(next);
    }
    last.map_or_else(|| "no reason given".to_owned(), ToString::to_string)
}
