//! One suite, two servers: every script is asked request by request of a real OpenBao and of lockbox, and the answers
//! must be the same: status, body, error texts, headers.
//!
//! What differs by nature is compared by its kind: ids, tokens, accessors, and times within a tolerance. A script that is
//! known to differ stands in `frame/known.rs`, and the suite fails when it no longer does.

/// Scripts of requests, asked of both servers and compared.
pub(crate) mod frame;

/// Paths, methods, headers and bodies, odd ones included.
mod http;

/// What anybody may ask, what is not there, leases, audit, the seal.
mod system;

/// Engines and auth methods, mounted and tuned.
mod mounts;

/// Engines and auth methods made with all that they can be told, and moved.
mod enabling;

/// Engines and auth methods tuned.
mod tune;

/// Logins on tuned mounts.
mod tuned_logins;

/// When tokens end, by the names of their leases.
mod leases;

/// What is refused without `sudo`.
mod sudo;

/// Policies, and what they allow.
mod policy;

/// Tokens made, looked after, and made by roles.
mod token;

/// Logins with a JWT.
mod jwt;

/// Secrets by path.
mod kv;

/// Answers that are wrapped.
mod wrapping;

/// What a token keeps for itself.
mod cubbyhole;

/// What is written down of every request.
mod audit;
