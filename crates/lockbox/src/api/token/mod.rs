//! `auth/token/`: the tokens, as their bearers and their masters see them.

/// Which handler a path belongs to.
mod paths;

/// The token that a login gives.
mod login;

/// `create` and `create-orphan`.
mod create;

/// `lookup`, `lookup-self`, `lookup-accessor`.
mod lookup;

/// `renew`, `renew-self`, `renew-accessor`.
mod renew;

/// `revoke`, `revoke-self`, `revoke-accessor`.
mod revoke;

pub(super) use login::log_in;
pub(super) use paths::handle;
