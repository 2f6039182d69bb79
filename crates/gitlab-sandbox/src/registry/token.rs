use super::access::{AccessLevel, Scope};
use super::date::Date;

/// An access token; its value is known only to whom it was given.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) holder: Holder,
    pub(crate) user_id: u64,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<Date>,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) revoked: bool,
}

/// Who acts when a token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The administrator, who may do everything.
    Administrator,
    /// The bot user of a group, a member of it at one level.
    GroupBot {
        /// The group, whose subgroups and projects the bot is a member of too.
        group_id: u64,
        /// The level of that membership.
        level: AccessLevel,
    },
}

/// What a value that was offered as a token turned out to be.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    /// A token that may be used.
    Active(AccessToken),
    /// A token whose day has come.
    Expired,
    /// A token that was taken back.
    Revoked,
    /// No token of this GitLab.
    Unknown,
}

impl AccessToken {
    pub(crate) fn is_active(&self, now: i64) -> bool {
        !self.revoked && !self.is_expired(now)
    }

    /// A token ends at 00:00 UTC on its day: one that expires today was born expired.
    pub(super) fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|date| now >= date.start_in_unix_seconds())
    }

    pub(crate) fn has_any_scope(&self, scopes: &[Scope]) -> bool {
        self.scopes.iter().any(|scope| scopes.contains(scope))
    }

    /// GitLab's name of the user who acts with this token.
    pub(crate) fn username(&self) -> String {
        match self.holder {
            Holder::Administrator => "root".into(),
            Holder::GroupBot { group_id, .. } => format!("group_{group_id}_bot_{:x}", self.user_id),
        }
    }
}
