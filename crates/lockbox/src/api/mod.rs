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

/// The same, without a server.
mod check;

/// The body of a request.
mod body;

/// Its JSON, token by token.
mod go_tokens;

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

/// The audit log of an open vault.
mod watch;

/// Where the engines and auth methods are mounted.
mod mount;

/// Which part of the server a path belongs to.
mod route;

/// Which paths need more than their capability.
mod dangerous;

/// What a request names, looked at before anything else.
mod named;

/// The way of one request.
mod process;

/// `sys/`: the server itself, its mounts and its policies.
mod sys;

/// `auth/token/`: the tokens.
mod token;

/// What of a list a token may see.
mod shown;

/// A request and its answer, as the audit log takes them.
mod audited;

/// What was inside of a wrapped answer.
mod unwrapped;

/// The headers that the audit log shows.
mod audited_headers;

/// `cubbyhole/`: what a token keeps for itself.
mod cubbyhole;

/// Tokens of a GitLab, with a lease.
mod gitlab;

/// Answers that are wrapped.
mod wrapping;

/// What goes beside a request, too large to be held in memory.
mod transfer;

/// `sys/storage/raft/snapshot`: all of the vault, out and in.
mod snapshot;

/// The envelope around an answer.
mod envelope;

/// The body of an answer.
mod payload;

/// Everything that can go wrong on the way.
mod failure;

/// What went wrong, as an HTTP answer.
mod rescue;

#[cfg(test)]
mod tests;

pub use check::{PathProblem, check_path};
pub(crate) use core::Core;
pub(crate) use payload::Payload;
pub(crate) use service::{Api, Ends};
pub(crate) use vault::Vault;
pub use vault::{Initialised, OpenError};
