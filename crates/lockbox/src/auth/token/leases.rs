use std::collections::BTreeSet;

use super::{Session, Tokens, lease::Named};
use crate::clock::Moment;

impl Tokens {
    /// The token that a lease is of, if it is alive.
    pub(crate) fn find_by_lease(&self, id: &str, now: Moment) -> Option<Session> {
        let (path, name) = id.rsplit_once('/')?;
        let named = |session: &Session| {
            session.has_lease() && self.lease_names.name(session) == name && &*session.token.path == path
        };
        match self.lease_names.named(name)? {
            Named::Token(key) => self.alive(key, now).filter(named),
            Named::Chosen => {
                let tables = self.read();
                tables
                    .chosen()
                    .filter_map(|key| tables.alive(key, now))
                    .find(|session| named(session))
                    .cloned()
            }
        }
    }

    /// The names of the leases directly in a folder (empty, or with a slash at its end), and of its folders, in order.
    pub(crate) fn leases_in(&self, folder: &str, now: Moment) -> Vec<String> {
        self.purge(now);
        let tables = self.read();
        let mut names = BTreeSet::new();
        for session in tables.issued_under(folder).filter(|session| session.has_lease()) {
            let inside = &session.token.path.get(folder.len()..).unwrap_or_default();
            match inside.split('/').next() {
                None | Some("") => names.insert(self.lease_names.name(session)),
                Some(inner) => names.insert(format!("{inner}/")),
            };
        }
        names.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        auth::token::{Order, tests::order},
        storage::Store,
    };

    fn at(second: u64) -> Moment {
        Moment::at_second(1_000_000 + second)
    }

    #[tokio::test]
    async fn a_lease_leads_to_its_token_and_to_no_other() {
        let tokens = Tokens::load(Arc::new(Store::in_memory().await), at(0)).await.unwrap();
        let mut keys = Vec::new();
        for id in [None, Some("easy to guess".to_owned().into()), None] {
            let (auth, _) = tokens.issue(Order { id, ..order(60) }, at(0)).await.unwrap();
            keys.push(tokens.find(&auth.client_token, at(0)).unwrap().key);
        }
        let names = tokens.leases_in("auth/token/create/", at(0));
        let mut lengths: Vec<usize> = names.iter().map(String::len).collect();
        lengths.sort_unstable();
        assert_eq!(lengths, [40, 65, 65]);
        let mut found: Vec<_> = names
            .iter()
            .map(|name| tokens.find_by_lease(&format!("auth/token/create/{name}"), at(0)).unwrap().key)
            .collect();
        found.sort_unstable();
        keys.sort_unstable();
        assert_eq!(found, keys);
        for wrong in ["", "h", "auth/token/create/x", "auth/token/create", "auth/other/"] {
            assert!(tokens.find_by_lease(&format!("{wrong}{}", names[2]), at(0)).is_none(), "{wrong}");
        }
        assert!(tokens.find_by_lease(&format!("auth/token/create/{}", names[2]), at(60)).is_none());
    }

    #[tokio::test]
    async fn folders_of_leases_are_listed_level_by_level() {
        let tokens = Tokens::load(Arc::new(Store::in_memory().await), at(0)).await.unwrap();
        for path in ["auth/jwt/login", "auth/token/create/role", "auth/token/root"] {
            tokens.issue(Order { path: path.to_owned(), ..order(60) }, at(0)).await.unwrap();
        }
        assert_eq!(tokens.leases_in("", at(0)), ["auth/"]);
        assert_eq!(tokens.leases_in("auth/", at(0)), ["jwt/", "token/"]);
        assert_eq!(tokens.leases_in("auth/token/", at(0)), ["create/"]);
        assert_eq!(tokens.leases_in("auth/jwt/login/", at(0)).len(), 1);
        assert!(tokens.leases_in("auth/jw/", at(0)).is_empty());
    }
}
