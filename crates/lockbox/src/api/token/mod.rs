//! `auth/token/`: the tokens, as their bearers and their masters see them.

/// Which handler a path belongs to.
mod paths;

/// What is there, and which fields it knows.
mod place;

/// The token that a login gives.
mod login;

/// `create` and `create-orphan`, also by a role.
mod create;

/// The policies of a new token.
mod policies;

/// The time of a new token.
mod time;

/// `roles`: forms that tokens are made by.
mod roles;

/// `lookup`, `lookup-self`, `lookup-accessor`.
mod lookup;

/// `renew`, `renew-self`, `renew-accessor`.
mod renew;

/// `revoke`, `revoke-self`, `revoke-accessor`, `revoke-orphan`.
mod revoke;

pub(super) use login::log_in;
pub(super) use paths::handle;
