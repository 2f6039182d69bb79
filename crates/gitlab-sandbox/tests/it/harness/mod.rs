//! A running sandbox, an HTTP client and a git that knows nothing of this machine's user.

/// The real git.
mod git;

/// A sandbox and an HTTP client.
mod sandbox;

pub(crate) use git::Git;
pub(crate) use sandbox::{ADMIN, NOW, Running, search_path};
