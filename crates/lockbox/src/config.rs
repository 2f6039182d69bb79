use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use crate::{Clock, Limits, Lockbox, Notices, Transport, api::Core};

/// What a [`Lockbox`] is made from.
#[derive(Debug)]
pub struct Config {
    /// The token that can do everything.
    pub root_token: RootToken,
    /// How clients reach it.
    pub transport: Transport,
    /// How much they may ask.
    pub limits: Limits,
    /// Who is told what happens to it.
    pub notices: Notices,
}

/// A token that can do everything: wiped at its end, never shown by Debug.
pub struct RootToken(Zeroizing<String>);

impl Config {
    /// For laptops, demos and tests: everything in memory, unsealed, secrets (KV version 2) under `secret/`, plain
    /// HTTP on loopback.
    #[must_use]
    pub fn dev(root_token: impl Into<RootToken>) -> Self {
        Self {
            root_token: root_token.into(),
            transport: Transport::Plain,
            limits: Limits::default(),
            notices: Notices::default(),
        }
    }

    /// The server, not listening yet.
    ///
    /// # Panics
    /// When the system gives no random numbers.
    #[must_use]
    pub fn build(self, clock: impl Clock) -> Lockbox {
        let core = Core::dev(&self.root_token.0, Arc::new(clock)).expect("the built-in policies are good");
        Lockbox::new(core, self.transport, self.limits, self.notices)
    }
}

impl From<String> for RootToken {
    fn from(token: String) -> Self {
        Self(Zeroizing::new(token))
    }
}

impl From<&str> for RootToken {
    fn from(token: &str) -> Self {
        Self::from(token.to_owned())
    }
}

impl fmt::Debug for RootToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
