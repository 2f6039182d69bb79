use serde::Deserialize;

use super::GranularScope;
use crate::access::Date;

/// A token as GitLab shows it: everything but its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TokenView {
    /// GitLab's number of it.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What its maker wrote; GitLab keeps it since 17.7.
    pub description: Option<String>,
    /// What it is for.
    pub scopes: Vec<String>,
    /// What a fine-grained token may do, and where; of any other there is nothing.
    pub granular_scopes: Option<Vec<GranularScope>>,
    /// What it may do, as GitLab's number; not told of personal tokens.
    pub access_level: Option<u64>,
    /// When it was made.
    pub created_at: Option<String>,
    /// The day at whose start it ends.
    pub expires_at: Option<Date>,
    /// When it was used last, as GitLab noted it.
    pub last_used_at: Option<String>,
    /// Whether it can be used now.
    pub active: bool,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Its user, for a group or project a bot.
    pub user_id: u64,
}
