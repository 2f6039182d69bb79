//! Logins with a JWT.

/// Keys that sign ID tokens.
mod signer;

/// Where both servers get their keys.
mod issuer;

/// ID tokens, good ones and changed ones.
mod tokens;

/// Configurations, every field with good and bad values.
mod config;

/// Roles, every field with good and bad values.
mod roles;

/// Logins, and what is looked at before the token.
mod logins;

/// Tokens whose form or signature is good or bad.
mod signatures;

/// Registered claims and times.
mod claims;

/// What a role wants of the claims.
mod bounds;

/// What a login gives, and what becomes of it.
mod sessions;

pub(super) use logins::{role, stage, static_keys};
pub(super) use tokens::jwt;
