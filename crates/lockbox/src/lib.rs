//! lockbox: a small vault that speaks [Vault's HTTP API](https://openbao.org/api-docs/) as OpenBao 2.7 does.
//!
//! For the laptop, for demos, for the tests of whoever talks to a vault, and for the small team that wants one process and
//! one file. Login with JWTs, tokens that end on time, policies, and key-value secrets; statuses, bodies and error texts
//! are OpenBao's. Everything is kept in one sealed file, or in memory.
//! It serves plain HTTP on loopback, and HTTP over TLS anywhere.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8200").await?;
//! let lockbox = lockbox::Config::dev("root").build(lockbox::SystemClock).await?;
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

/// What happened: every request and response, in a chain that shows whether it is whole.
pub mod audit;

/// What is kept: secrets by path.
mod kv;

/// What is made for who asks: access tokens of a GitLab.
mod gitlab;

/// Until when that is good, and its end.
mod lease;

/// One mounted secrets engine.
mod engine;

/// What a token keeps for itself.
mod cubbyhole;

/// What keeps the file closed.
mod seal;

/// Everything that outlives the process: one file of sealed entries.
mod storage;

/// A backup at rest.
mod backup_file;

/// Requests to other servers.
mod outward;

/// One request and its answer, without HTTP.
mod exchange;

/// JSON as Go reads and writes it.
mod json;

/// What time it is.
mod clock;

/// Random numbers and ids.
mod random;

pub use api::{Initialised, OpenError, PathProblem, check_path};
pub use auth::jwt::{TokenProblem, check_claims, check_token};
pub use backup_file::BackupFile;
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, RootToken, Storage};
pub use limit::{Limits, LoginRate};
pub use lockbox::{Condition, Lockbox};
pub use policy::{PolicyProblem, capabilities, check_policy};
pub use seal::{NoKey, RootKey, Split, SplitError};
pub use server::{Drained, Listeners, Notice, Notices, ServeError};
pub use storage::{BackupError, StorageError};
pub use tls::{Tls, TlsError, Transport};
