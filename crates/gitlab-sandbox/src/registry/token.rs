use super::access::Scope;
use super::date::Date;
use super::fine_grained::GranularScope;

/// An access token; its value is known only to whom it was given.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) scopes: Vec<Scope>,
    /// What a fine-grained token may do; of any other there is none.
    pub(crate) granular: Vec<GranularScope>,
    /// Who acts when the token is used.
    pub(crate) user_id: u64,
    /// The token that this one came from by rotation.
    pub(crate) previous: Option<u64>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<Date>,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
}

/// A token that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewToken {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) granular: Vec<GranularScope>,
    pub(crate) user_id: u64,
    pub(crate) previous: Option<u64>,
    pub(crate) expires_at: Option<Date>,
}

/// What a value that was offered as a token turned out to be.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    /// A token that may be used.
    Active(AccessToken),
    /// A token whose day has come.
    Expired,
    /// A token that was taken back.
    Revoked(AccessToken),
    /// No token of this GitLab.
    Unknown,
}

impl NewToken {
    pub(super) fn made(self, id: u64, now: i64) -> AccessToken {
        AccessToken {
            id,
            name: self.name,
            description: self.description,
            scopes: self.scopes,
            granular: self.granular,
            user_id: self.user_id,
            previous: self.previous,
            created_at: now,
            expires_at: self.expires_at,
            last_used_at: None,
            revoked_at: None,
        }
    }
}

impl AccessToken {
    pub(crate) fn is_active(&self, now: i64) -> bool {
        !self.is_revoked() && !self.is_expired(now)
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.revoked_at.is_some()
    }

    /// A token ends at 00:00 UTC on its day: one that expires today was born expired.
    pub(crate) fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|date| now >= date.start_in_unix_seconds())
    }

    /// Since when the token is of no use, if it is of none.
    pub(super) fn inactive_since(&self, now: i64) -> Option<i64> {
        let expired = self.expires_at.map(Date::start_in_unix_seconds).filter(|end| *end <= now);
        match (self.revoked_at, expired) {
            (Some(revoked), Some(expired)) => Some(revoked.min(expired)),
            (revoked, expired) => revoked.or(expired),
        }
    }

    pub(crate) fn has_any_scope(&self, scopes: &[Scope]) -> bool {
        self.scopes.iter().any(|scope| scopes.contains(scope))
    }
}
