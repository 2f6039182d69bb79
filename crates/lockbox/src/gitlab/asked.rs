use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::{
    GitlabError, Order,
    client::{Gitlab, Instance},
    config::Config,
    engine::config_path,
    order::in_path,
    token_type::TokenType,
};
use crate::{
    clock::Moment,
    outward::Clients,
    storage::{StorageError, Store},
};

/// A token that GitLab is asked for: with this it is found when the answer is lost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(super) token_type: TokenType,
    /// Its group or project in GitLab's API.
    pub(super) place: String,
    base_url: String,
    ca_pem: String,
    /// Whose configuration it is asked with.
    mount_id: String,
    config_name: String,
    pub(super) last_day: String,
}

/// The lease that a token was asked for: GitLab shows it beside the token, and it has no other like it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct For<'a> {
    pub(crate) lease_id: &'a str,
    pub(crate) since: Moment,
}

/// A token in a list of GitLab's.
#[derive(Deserialize)]
struct Listed {
    id: u64,
    description: Option<String>,
}

impl Asked {
    pub(super) fn new(order: &Order) -> Self {
        let Instance { base_url, ca_pem } = order.config.instance();
        Self {
            token_type: order.role.token_type,
            place: in_path(&order.role.path),
            base_url: base_url.to_owned(),
            ca_pem: ca_pem.to_owned(),
            mount_id: order.mount_id.clone(),
            config_name: order.role.config_name.clone(),
            last_day: order.last_day.clone(),
        }
    }

    /// Looks for what was made of it, and ends that.
    ///
    /// # Errors
    /// When it cannot be looked for, or may still be on its way: it can be asked again.
    pub(super) async fn revoke(
        &self,
        (lease, now): (For<'_>, Moment),
        store: &Store,
        clients: &Clients,
    ) -> Result<(), GitlabError> {
        let config = self.config(store)?.ok_or_else(|| GitlabError::NoConfig(self.config_name.clone()))?;
        let gitlab = config.connect(clients)?;
        let found = self.find(&gitlab, lease).await?;
        if found.is_empty() && lease.since.until(now) < LONGEST_ON_ITS_WAY {
            return Err(GitlabError::NotFoundYet);
        }
        for id in found {
            let reply = gitlab.ask(Method::DELETE, &format!("{}/{id}", self.path()), None).await?;
            let is_gone = reply.status == StatusCode::NOT_FOUND && reply.is_of_gitlab();
            if reply.status != StatusCode::NO_CONTENT && !is_gone {
                return Err(gitlab.refused(reply));
            }
        }
        Ok(())
    }

    async fn find(&self, gitlab: &Gitlab<'_>, lease: For<'_>) -> Result<Vec<u64>, GitlabError> {
        let (description, path) = (description(lease.lease_id), self.path());
        // GitLab's clock may be another.
        let after = Moment::at_second(lease.since.seconds().saturating_sub(A_DAY_IN_SECONDS)).rfc3339();
        let mut found = Vec::new();
        for page in 1..=MOST_PAGES {
            let asked = format!(
                "{path}?state=active&sort=created_desc&created_after={after}&per_page={PAGE}&page={page}"
            );
            let tokens: Vec<Listed> = gitlab.read(gitlab.ask(Method::GET, &asked, None).await?)?;
            let is_it = |token: &&Listed| token.description.as_ref() == Some(&description);
            found.extend(tokens.iter().filter(is_it).map(|token| token.id));
            if tokens.len() < PAGE {
                break;
            }
        }
        Ok(found)
    }

    /// Whether GitLab has ended it by itself, wherever on earth it is.
    pub(super) fn is_past(&self, now: Moment) -> bool {
        let a_day_ago = Moment::at_second(now.seconds().saturating_sub(A_DAY_IN_SECONDS));
        // Days are written so that they are in order as texts.
        *self.last_day <= *a_day_ago.date()
    }

    pub(super) fn instance(&self) -> Instance<'_> {
        Instance { base_url: &self.base_url, ca_pem: &self.ca_pem }
    }

    /// The configuration that it was asked with, unless that is another GitLab's by now.
    pub(super) fn config(&self, store: &Store) -> Result<Option<Config>, StorageError> {
        let path = config_path(&self.mount_id, &self.config_name);
        let Some(kept) = store.read(&path)? else { return Ok(None) };
        let config: Config =
            serde_json::from_slice(&kept).map_err(|error| StorageError::Read(error.to_string()))?;
        Ok(Some(config).filter(|config| config.base_url == self.base_url))
    }

    /// The tokens of its group or project in GitLab's API.
    pub(super) fn path(&self) -> String {
        format!("{}/{}/access_tokens", self.token_type.collection(), self.place)
    }
}

/// What GitLab shows beside a token, since 17.7.
pub(super) fn description(lease_id: &str) -> String {
    format!("lockbox lease {lease_id}")
}

/// GitLab has given up on a request that is as old.
const LONGEST_ON_ITS_WAY: Duration = Duration::from_secs(120);
const A_DAY_IN_SECONDS: u64 = 24 * 60 * 60;
const PAGE: usize = 100;
const MOST_PAGES: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    impl Asked {
        /// One that nobody asked for.
        pub(crate) fn made_up() -> Self {
            Self {
                token_type: TokenType::Group,
                place: "42".to_owned(),
                base_url: "https://gitlab.example.com".to_owned(),
                ca_pem: String::new(),
                mount_id: String::new(),
                config_name: "default".to_owned(),
                last_day: "2027-01-16".to_owned(),
            }
        }
    }

    #[test]
    fn a_token_is_past_a_day_after_its_last_day() {
        let asked = Asked::made_up();
        // 2027-01-17T00:00:00Z
        let midnight = 1_800_057_600 + A_DAY_IN_SECONDS;
        assert!(
            !asked.is_past(Moment::at_second(midnight - 1)) && asked.is_past(Moment::at_second(midnight))
        );
    }
}
