//! One suite, two servers: every script is asked request by request of a real OpenBao and of lockbox, and the answers
//! must be the same: status, body, error texts, headers.
//!
//! What differs by nature is compared by its kind: ids, tokens, accessors, and times within a tolerance. A script that is
//! known to differ stands in `known.rs`, and the suite fails when it no longer does.

/// Requests in their order.
mod script;

/// One request of a script, and what is kept of its answer.
mod step;

/// What scripts keep of answers, each server's own.
mod variables;

/// HTTP as it goes over the wire, odd requests included.
mod wire;

/// What a random text is, when it cannot be compared.
mod kind;

/// The differences between two answers.
mod compare;

/// Times that lie close together.
mod time;

/// The two servers.
mod pair;

/// Scripts run side by side, and what is said of them.
mod suite;

/// The scripts in which lockbox is known to differ.
mod known;

/// Values by version: check-and-set, deletion, metadata.
mod kv_v2;

/// Settings of the engine and of its secrets, with good and bad values.
mod kv_settings;

/// Values without versions.
mod kv_v1;

/// Tokens made, in all forms.
mod tokens;

/// Tokens looked up, renewed, revoked.
mod token_care;

/// Tokens made by a role.
mod token_roles;

/// When tokens end, by the names of their leases.
mod leases;

/// Mounts tuned.
mod tune;

/// Mounts made and moved.
mod enabling;

/// Tokens of logins, on tuned mounts.
mod tuned_logins;

/// What is refused without `sudo`.
mod sudo;

/// What HTTP can ask for, and what it cannot.
const METHODS: [&str; 11] =
    ["GET", "LIST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "SCAN", "TRACE", "FOO"];
