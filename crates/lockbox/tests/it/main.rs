//! lockbox over HTTP, as its clients see it.

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
