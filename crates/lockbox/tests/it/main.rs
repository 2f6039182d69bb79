//! lockbox over HTTP, as its clients see it.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "the suite starts a real OpenBao, waits for it, says what it skips, and fails by panicking"
)]

/// A real OpenBao for whoever tests against one.
#[path = "../openbao/mod.rs"]
mod openbao;

/// A running lockbox, an issuer of ID tokens, and a client.
mod harness;

/// What anybody may ask, and what HTTP itself refuses.
mod http;

/// Engines and auth methods, mounted and unmounted.
mod mounts;

/// Policies, and what they allow.
mod policies;

/// The texts of policies, HCL and JSON, as OpenBao takes and refuses them.
mod policy_texts;

/// What is fuzzed, over the saved corpus.
mod fuzz;

/// Login with a JWT: every refusal in OpenBao's words.
mod logins;

/// Tokens: looked up, shortened, ended.
mod tokens;

/// Secrets by path.
mod secrets;

/// What a token keeps for itself.
mod cubbyhole;

/// Answers that are wrapped.
mod wrapping;

/// Tokens of a GitLab, minted.
mod minted;

/// One sealed file, and what is in it after everything ended.
mod sealing;

/// A file that was changed, cut off, swapped, or is no file.
mod file;

/// A clock that jumps.
mod jumps;

/// The same answers as a real OpenBao gives, request by request.
mod conformance;

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

/// The audit log: everything, without its secrets, in a chain.
mod audited;

/// Real clients, unchanged, that see no difference.
mod clients;
