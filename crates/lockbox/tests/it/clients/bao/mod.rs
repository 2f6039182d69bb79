//! The command line of OpenBao: every command is run against a real OpenBao first, where it must end as its script says,
//! and must then print the same against lockbox.

/// Commands in their order.
mod script;

/// One command, and what is kept of its output.
mod step;

/// A script run against both servers.
mod play;

/// Secrets by version, and without versions.
mod kv;

/// Policies, and what they allow.
mod policies;

/// Engines and auth methods.
mod mounts;

/// Tokens made, looked at, renewed, ended.
mod tokens;

/// Logins, by token and by JWT.
mod logins;

/// Leases by id and by prefix.
mod leases;

/// Answers that are wrapped.
mod wrapping;

/// Initialised, unsealed, rotated, sealed.
mod operator;

/// Any path: write, read, list, delete.
mod paths;
