//! Vault's HTTP API: from an HTTP request to its answer.
//!
//! A request is read, finds its route, shows its token, is held against its policies, and reaches its engine.
//! Whatever fails on the way becomes an HTTP answer in one place, `rescue`.

/// The way in: one HTTP request, within the limits.
mod service;

/// From HTTP to a request and back.
mod http;

/// The path of a request.
mod path;

/// The body of a request.
mod body;

/// How complex its JSON is.
mod complexity;

/// How a body arrives.
mod receive;

/// The server: its file, sealed or open.
mod vault;

/// What an open vault holds.
mod core;

/// The time by which things end.
mod time;

/// Where the engines and auth methods are mounted.
mod mount;

/// Which part of the server a path belongs to.
mod route;

/// The way of one request.
mod process;

/// `sys/`: the server itself, its mounts and its policies.
mod sys;

/// `auth/token/`: the tokens.
mod token;

/// What of a list a token may see.
mod shown;

/// The envelope around an answer.
mod envelope;

/// Everything that can go wrong on the way.
mod failure;

/// What went wrong, as an HTTP answer.
mod rescue;

pub(crate) use core::Core;
pub(crate) use service::{Api, Ends};
pub(crate) use vault::Vault;
pub use vault::{Initialised, OpenError};
