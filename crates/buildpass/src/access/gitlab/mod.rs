//! GitLab's API, as far as tokens of groups and projects need it: <https://docs.gitlab.com/api/group_access_tokens/>.
//!
//! Our own thin client, because a refusal is told with GitLab's exact status and words.

mod api_token;

mod bots;

mod client;

mod config;

mod granular;

mod projects;

mod proof;

mod refusal;

mod tokens;

mod view;

pub use api_token::ApiToken;
pub use bots::Bot;
pub use client::Gitlab;
pub use config::{GitlabConfig, TokenSource};
pub use granular::GranularScope;
pub(super) use granular::downloads;
pub use projects::Project;
pub use proof::Holder;
pub use tokens::{End, Wish};
pub use view::TokenView;
