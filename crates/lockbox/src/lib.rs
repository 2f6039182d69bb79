//! lockbox: a small vault in memory that speaks [Vault's HTTP API](https://openbao.org/api-docs/) as OpenBao 2.7 does.
//!
//! For the laptop, for demos, and for the tests of whoever talks to a vault. Login with JWTs, tokens that end on time,
//! policies, and key-value secrets; statuses, bodies and error texts are OpenBao's. What was written is gone when the
//! process ends. It serves plain HTTP on loopback, and HTTP over TLS anywhere.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8200").await?;
//! let lockbox = lockbox::Config::dev("root").build(lockbox::SystemClock);
//! lockbox.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

/// What a server is made from.
mod config;

/// The server itself.
mod lockbox;

/// Connections: who is let in, for how long, and how they end.
mod server;

/// Certificates.
mod tls;

/// How much a client may ask.
mod limit;

/// What is counted.
mod metrics;

/// Vault's HTTP API: routes, answers.
mod api;

/// Who is asking: tokens, and the logins that give them.
mod auth;

/// Who may do what on which path.
mod policy;

/// What is kept: secrets by path.
mod kv;

/// One request and its answer, without HTTP.
mod exchange;

/// What time it is.
mod clock;

/// Random numbers and ids.
mod random;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, RootToken};
pub use limit::{Limits, LoginRate};
pub use lockbox::Lockbox;
pub use server::{Drained, Listeners, Notice, Notices, ServeError};
pub use tls::{Tls, TlsError, Transport};
