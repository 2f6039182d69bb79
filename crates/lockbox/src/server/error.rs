use std::{io, net::SocketAddr};

use thiserror::Error;

/// Why a server does not serve.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Tokens and secrets would go over a network as plain text.
    #[error("{0} is not on loopback, and a lockbox without a certificate speaks plain http")]
    PlainBeyondLoopback(SocketAddr),
    /// The socket is broken.
    #[error("the listener cannot be used")]
    Listener(#[source] io::Error),
}

impl ServeError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::PlainBeyondLoopback(_) => "give a certificate and its key, or listen on 127.0.0.1 or [::1]",
            Self::Listener(_) => "bind the listener again",
        }
    }
}
