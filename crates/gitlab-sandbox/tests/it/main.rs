//! The sandbox from outside: over HTTP, with the real git.

#![allow(clippy::unwrap_used, reason = "what these tests cannot do without is there, or they fail")]

/// Packages, installed by name and hash.
#[path = "../../../lockbox/tests/openbao/install.rs"]
#[allow(clippy::disallowed_methods, dead_code, reason = "pip is run here, and nobody needs a vault")]
mod install;

/// What all tests use.
mod harness;

/// From the start to the end.
mod server;

/// ID tokens and what proves them.
mod issuer;

/// GitLab's REST API.
mod api;

/// What a token reaches.
mod associations;

/// Access tokens of groups, projects and people.
mod access_tokens;

/// Lists, a page at a time.
mod lists;

/// Branches and tags, and which are protected.
mod refs;

/// Time that passes, and requests that are too many.
mod limits;

/// A real client.
mod python_gitlab;

/// Fetching with the real git.
mod git;

/// Pushing with the real git.
mod git_push;

/// Where a repository's URL leads, and what is in it.
mod git_redirect;

/// Jobs.
mod runner;
