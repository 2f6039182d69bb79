//! GitLab access tokens that live as long as a lease: the paths and fields of the
//! [GitLab secrets engine](https://github.com/ilijamt/vault-plugin-secrets-gitlab) for group and project access tokens, over
//! GitLab's API for [groups](https://docs.gitlab.com/api/group_access_tokens/) and
//! [projects](https://docs.gitlab.com/api/project_access_tokens/).
//!
//! No token is in an error or in what Debug shows, and none is sent anywhere but to the GitLab that it is for.

/// One mounted engine: its paths.
mod engine;

/// Which GitLab, and whose rights are used there.
mod config;

/// What a token is made by.
mod role;

/// The fields of a role, proven.
mod role_fields;

/// How far a token reaches: a group, or a project.
mod token_type;

/// What a token may do there.
mod level;

/// How tokens are called.
mod name;

/// A token that is to be made.
mod order;

/// A token that is asked for, and found when nobody told of it.
mod asked;

/// A token that was made, and its end.
mod minted;

/// Either of them.
mod subject;

/// GitLab's API, asked with one token.
mod client;

/// What GitLab says when it refuses.
mod words;

/// What can go wrong.
mod error;

pub(crate) use asked::{Asked, For};
pub(crate) use engine::Engine;
pub(crate) use error::{GitlabError, Sent};
pub(crate) use minted::Minted;
pub(crate) use name::Bearer;
pub(crate) use order::{Ends, Order};
pub(crate) use subject::Subject;
