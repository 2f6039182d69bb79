//! Tokens.

/// Tokens made, in all forms.
mod create;

/// Tokens looked up, renewed, revoked.
mod care;

/// Tokens made by a role.
mod roles;
