//! What a GitLab remembers: groups, projects and access tokens, in memory.
//!
//! It judges nothing that HTTP knows of: `api` and `git_http` turn what it says into statuses and texts. Of a token's
//! value it keeps the digest alone.

/// Levels, scopes and visibility.
mod access;

/// Days, as tokens end on one.
mod date;

/// Groups and projects.
mod namespace;

/// One part of a path, proven.
mod path;

/// All of it, in memory.
mod store;

/// Access tokens and whether they still hold.
mod token;

pub(crate) use access::{AccessLevel, Scope, UnknownScope, Visibility};
pub(crate) use date::{Date, iso_timestamp};
pub(crate) use namespace::{Group, Project};
pub(crate) use path::{InvalidPath, PathSegment};
pub(crate) use store::{PathTaken, Registry};
pub(crate) use token::{AccessToken, Holder, Standing};
