//! vaultrs, which Rust programs use.

/// A program's steps, told one by one.
mod story;

/// Secrets by version, and without versions.
mod secrets;

/// Tokens made, looked at, renewed, ended.
mod tokens;

/// Logins with a JWT.
mod logins;

/// Mounts and policies: what an administrator does.
mod governs;

/// Answers that are wrapped, and what is a token's own.
mod wrapping;

/// Initialised, unsealed, sealed.
mod opening;
