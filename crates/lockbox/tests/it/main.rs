//! lockbox over HTTP, as its clients see it.

/// A running lockbox, an issuer of ID tokens, and a client.
mod harness;

/// What anybody may ask, and what HTTP itself refuses.
mod http;

/// Engines and auth methods, mounted and unmounted.
mod mounts;

/// Policies, and what they allow.
mod policies;

/// Login with a JWT: every refusal in OpenBao's words.
mod logins;

/// Tokens: looked up, shortened, ended.
mod tokens;

/// Secrets by path.
mod secrets;

/// Bodies, headers and logins that ask too much.
mod limits;

/// Ten thousand connections that say nothing.
mod crowds;

/// TLS: certificates, and new ones.
mod certificates;

/// What the server counts.
mod metrics;

/// The end.
mod drain;
