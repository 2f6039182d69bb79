use aws_lc_rs::digest::{SHA256, digest};

use super::source::Source;
use super::store::Registry;
use super::token::{AccessToken, NewToken, Standing};
use super::user::UserKind;

const SECONDS_A_DAY: i64 = 86_400;

impl Registry {
    pub(crate) fn add_token(&mut self, value: &str, new: NewToken, now: i64) -> AccessToken {
        let id = self.last_token_id + 1;
        self.last_token_id = id;
        let token = new.made(id, now);
        self.token_ids.insert(fingerprint(value), id);
        self.tokens.push(token.clone());
        token
    }

    pub(crate) fn token(&self, id: u64) -> Option<&AccessToken> {
        self.tokens.iter().find(|token| token.id == id)
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = &AccessToken> {
        self.tokens.iter()
    }

    /// The tokens of the bots of one group or project.
    pub(crate) fn tokens_of(&self, source: Source) -> impl Iterator<Item = &AccessToken> {
        self.tokens
            .iter()
            .filter(move |token| self.user(token.user_id).is_some_and(|user| user.is_bot_of(source)))
    }

    pub(crate) fn revoke(&mut self, token_id: u64, now: i64) {
        if let Some(token) = self.tokens.iter_mut().find(|token| token.id == token_id) {
            token.revoked_at.get_or_insert(now);
        }
    }

    /// Takes back every token that came from this one by rotation.
    pub(crate) fn revoke_successors(&mut self, token_id: u64, now: i64) {
        let mut family = vec![token_id];
        // A successor is younger than its predecessor, so that one pass finds them all.
        for token in &mut self.tokens {
            if token.previous.is_some_and(|previous| family.contains(&previous)) {
                family.push(token.id);
                token.revoked_at.get_or_insert(now);
            }
        }
    }

    /// What `value` is at the time `now`, which is noted as its last use.
    pub(crate) fn use_token(&mut self, value: &str, now: i64) -> Standing {
        let id = self.token_ids.get(&fingerprint(value));
        let Some(token) = id.and_then(|id| self.tokens.iter_mut().find(|token| token.id == *id)) else {
            return Standing::Unknown;
        };
        // GitLab asks in this order: what is both expired and revoked is expired.
        if token.is_expired(now) {
            return Standing::Expired;
        }
        if token.is_revoked() {
            return Standing::Revoked(token.clone());
        }
        token.last_used_at = Some(now);
        Standing::Active(token.clone())
    }

    /// Removes the bots whose tokens all ended before the retention period, as GitLab's nightly work does.
    pub(crate) fn remove_forgotten_bots(&mut self, now: i64) {
        let cut_off = now - i64::from(self.settings.bot_retention_days) * SECONDS_A_DAY;
        let has_ended = |token: &AccessToken| token.inactive_since(now).is_some_and(|since| since < cut_off);
        let forgotten: Vec<u64> = self
            .users
            .iter()
            .filter(|user| matches!(user.kind, UserKind::Bot { .. }))
            .filter(|user| self.tokens.iter().filter(|token| token.user_id == user.id).all(has_ended))
            .map(|user| user.id)
            .collect();
        for id in forgotten {
            self.remove_user(id);
        }
    }
}

fn fingerprint(value: &str) -> Vec<u8> {
    digest(&SHA256, value.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Date, Scope};

    const NOON: i64 = 1_795_435_200;

    fn token(registry: &mut Registry, value: &str, previous: Option<u64>) -> AccessToken {
        let new = NewToken {
            name: "build-token".into(),
            description: None,
            scopes: vec![Scope::ReadRepository],
            granular: Vec::new(),
            user_id: 1,
            previous,
            expires_at: Some("2026-11-24".parse::<Date>().unwrap()),
        };
        registry.add_token(value, new, NOON)
    }

    #[test]
    fn a_token_ends_at_midnight_of_its_day_and_when_it_is_revoked() {
        let mut registry = Registry::default();
        let made = token(&mut registry, "glpat-madeup", None);
        let midnight = made.expires_at.unwrap().start_in_unix_seconds();
        assert!(matches!(registry.use_token("glpat-madeup", midnight - 1), Standing::Active(_)));
        assert!(matches!(registry.use_token("glpat-madeup", midnight), Standing::Expired));
        assert!(matches!(registry.use_token("glpat-other", 0), Standing::Unknown));
        registry.revoke(made.id, NOON);
        assert!(matches!(registry.use_token("glpat-madeup", NOON), Standing::Revoked(_)));
    }

    #[test]
    fn a_family_is_what_came_from_a_token_and_nothing_else() {
        let mut registry = Registry::default();
        let first = token(&mut registry, "glpat-first", None);
        let stranger = token(&mut registry, "glpat-stranger", None);
        let second = token(&mut registry, "glpat-second", Some(first.id));
        let third = token(&mut registry, "glpat-third", Some(second.id));
        registry.revoke_successors(second.id, NOON);
        let revoked = |id| registry.token(id).unwrap().is_revoked();
        assert_eq!([first.id, stranger.id, second.id, third.id].map(revoked), [false, false, false, true]);
    }
}
