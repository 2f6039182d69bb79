//! What a GitLab remembers: groups, projects, users and access tokens, in memory.
//!
//! It judges nothing that HTTP knows of: `api` and `git_http` turn what it says into statuses and texts. Of a token's
//! value it keeps the digest alone.

/// Levels, scopes and visibility.
mod access;

/// Days, as tokens end on one.
mod date;

/// Points in time, as filters name them.
mod moment;

/// What fine-grained tokens may do.
mod fine_grained;

/// Groups and projects.
mod namespace;

/// One part of a path, proven.
mod path;

/// Who is a member of what, and at which level.
mod people;

/// Branches and tags that not everybody may push to.
mod protected;

/// What holds for the whole instance.
mod settings;

/// What has members and tokens of its own.
mod source;

/// All of it, in memory.
mod store;

/// Access tokens and whether they still hold.
mod token;

/// The access tokens that were made, used and taken back.
mod tokens;

/// People and bots.
mod user;

pub(crate) use access::{AccessLevel, Scope, UnknownScope, Visibility};
pub(crate) use date::{Date, iso_timestamp};
pub(crate) use fine_grained::{GranularScope, Permission};
pub(crate) use moment::Moment;
pub(crate) use namespace::{Group, Project};
pub(crate) use path::{InvalidPath, PathSegment};
pub(crate) use people::Membership;
pub(crate) use protected::{Protection, RefKind};
pub(crate) use settings::{Settings, Throttle};
pub(crate) use source::Source;
pub(crate) use store::{PathTaken, Registry};
pub(crate) use token::{AccessToken, NewToken, Standing};
pub(crate) use user::{User, UserKind};
