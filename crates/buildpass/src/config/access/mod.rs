//! What a platform's owner declares: `[gitlab]` and `[[access.…]]`, of buildpass.toml and of a folder of TOML files.

mod entries;

mod folder;

mod gitlab;

mod grants;

mod mirrors;

mod platform;

mod raw;

mod schema;

mod tokens;

pub(super) use gitlab::gitlab_at;
pub(super) use mirrors::MirrorUrls;
pub use platform::{AccessFlags, Platform, Written};
pub(super) use raw::{RawAccess, RawGitlab};
pub use schema::access_schema;
