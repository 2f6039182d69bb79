use std::cmp::Reverse;

use super::super::failure::Failure;
use super::super::parameters::Parameters;
use crate::registry::{AccessToken, Date, Moment};

/// Which tokens a list shows, and in which order.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    state: Option<State>,
    revoked: Option<bool>,
    search: Option<String>,
    created: Span<Moment>,
    last_used: Span<Moment>,
    expires: Span<Date>,
    sort: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Active,
    Inactive,
}

/// From `after` on, until before `before`.
#[derive(Clone, Copy, Debug)]
struct Span<T> {
    after: Option<T>,
    before: Option<T>,
}

impl<T: PartialOrd + Copy> Span<T> {
    /// Whether it says nothing, or holds `of`; what never was is in no span.
    fn holds(self, of: Option<T>) -> bool {
        match of {
            Some(of) => {
                self.after.is_none_or(|after| of >= after) && self.before.is_none_or(|before| of < before)
            }
            None => self.after.is_none() && self.before.is_none(),
        }
    }
}

impl Filter {
    pub(super) fn read(parameters: &Parameters) -> Result<Self, Failure> {
        let state = match parameters.optional_text("state")?.as_deref() {
            None => None,
            Some("active") => Some(State::Active),
            Some("inactive") => Some(State::Inactive),
            Some(_) => return Err(Failure::Parameters("state does not have a valid value".into())),
        };
        let moments = |name: &str| {
            Ok::<_, Failure>(Span {
                after: parameters.optional(&format!("{name}_after"))?,
                before: parameters.optional(&format!("{name}_before"))?,
            })
        };
        Ok(Self {
            state,
            revoked: parameters.optional_truth("revoked")?,
            search: parameters.optional_text("search")?.map(|text| text.to_lowercase()),
            created: moments("created")?,
            last_used: moments("last_used")?,
            expires: Span {
                after: parameters.optional("expires_after")?,
                before: parameters.optional("expires_before")?,
            },
            sort: parameters.optional_text("sort")?,
        })
    }

    /// Those of `tokens` that fit, in order.
    pub(super) fn apply<'a>(
        &self,
        tokens: impl Iterator<Item = &'a AccessToken>,
        now: i64,
    ) -> Vec<&'a AccessToken> {
        let mut tokens: Vec<_> = tokens.filter(|token| self.shows(token, now)).collect();
        // PostgreSQL puts what has no value last, and first where the order is reversed.
        match self.sort.as_deref() {
            Some("created_desc") => tokens.sort_by_key(|token| Reverse((token.created_at, token.id))),
            Some("expires_asc") => {
                tokens.sort_by_key(|token| (token.expires_at.is_none(), token.expires_at, Reverse(token.id)));
            }
            Some("expires_desc") => {
                tokens.sort_by_key(|token| Reverse((token.expires_at.is_none(), token.expires_at, token.id)));
            }
            Some("last_used_asc") => {
                tokens.sort_by_key(|token| {
                    (token.last_used_at.is_none(), token.last_used_at, Reverse(token.id))
                });
            }
            Some("last_used_desc") => {
                tokens.sort_by_key(|token| {
                    Reverse((token.last_used_at.is_none(), token.last_used_at, token.id))
                });
            }
            Some("name_asc") => tokens.sort_by(|one, other| one.name.cmp(&other.name)),
            Some("name_desc") => tokens.sort_by(|one, other| other.name.cmp(&one.name)),
            _ => {}
        }
        tokens
    }

    fn shows(&self, token: &AccessToken, now: i64) -> bool {
        let state_fits = match self.state {
            None => true,
            Some(State::Active) => token.is_active(now),
            // GitLab's query for the inactive ones looks for days before today: a token that ends today is in neither list.
            Some(State::Inactive) => {
                let today = Date::of_unix_seconds(now);
                token.is_revoked() || token.expires_at.is_some_and(|day| day < today)
            }
        };
        let at = |seconds: i64| Some(Moment::of_unix_seconds(seconds));
        state_fits
            && self.revoked.is_none_or(|revoked| token.is_revoked() == revoked)
            && self.search.as_deref().is_none_or(|search| token.name.to_lowercase().contains(search))
            && self.created.holds(at(token.created_at))
            && self.last_used.holds(token.last_used_at.and_then(at))
            && self.expires.holds(token.expires_at)
    }
}
