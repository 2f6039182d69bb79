use std::fmt;

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    GitlabError, Order,
    client::{Gitlab, Instance},
    config::Config,
    engine::config_path,
    token_type::TokenType,
};
use crate::{
    clock::Moment,
    outward::Clients,
    storage::{StorageError, Store},
};

/// A token that GitLab made, with all that it takes to end it, whatever became of what it was made by. Debug does not show it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Minted {
    token: Zeroizing<String>,
    token_id: u64,
    token_type: TokenType,
    /// Its group or project in GitLab's API.
    place: String,
    base_url: String,
    ca_pem: String,
    /// Whose configuration it was made with.
    mount_id: String,
    config_name: String,
    last_day: Option<String>,
}

impl Minted {
    pub(super) fn new(
        order: &Order,
        place: String,
        (token_id, token, last_day): (u64, Zeroizing<String>, Option<String>),
    ) -> Self {
        let Instance { base_url, ca_pem } = order.config.instance();
        Self {
            token,
            token_id,
            token_type: order.role.token_type,
            place,
            base_url: base_url.to_owned(),
            ca_pem: ca_pem.to_owned(),
            mount_id: order.mount_id.clone(),
            config_name: order.role.config_name.clone(),
            last_day,
        }
    }

    /// Ends it at GitLab: as who made it, and where that cannot be any more, as itself. One that is not there has ended.
    ///
    /// # Errors
    /// When GitLab does not take it: it can be asked again.
    pub(crate) async fn revoke(
        &self,
        now: Moment,
        store: &Store,
        clients: &Clients,
    ) -> Result<(), GitlabError> {
        // Days are written so that they are in order as texts.
        if self.last_day.as_ref().is_some_and(|day| *day <= now.date()) {
            return Ok(());
        }
        if let Ok(Some(config)) = self.config(store)
            && let Ok(gitlab) = config.connect(clients)
        {
            let (collection, id) = (self.token_type.collection(), self.token_id);
            let path = format!("{collection}/{}/access_tokens/{id}", self.place);
            if gitlab.ask(Method::DELETE, &path, None).await?.status.is_success() {
                return Ok(());
            }
            // The configuration's token may have ended, and its group may have another name: that says nothing about this one.
        }
        let instance = Instance { base_url: &self.base_url, ca_pem: &self.ca_pem };
        let gitlab = Gitlab::new(instance, &self.token, clients)?;
        let reply = gitlab.ask(Method::DELETE, "personal_access_tokens/self", None).await?;
        match reply.status {
            StatusCode::UNAUTHORIZED => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(gitlab.refused(reply)),
        }
    }

    /// The configuration that it was made with, unless that is another GitLab's by now.
    fn config(&self, store: &Store) -> Result<Option<Config>, StorageError> {
        let path = config_path(&self.mount_id, &self.config_name);
        let Some(kept) = store.read(&path)? else { return Ok(None) };
        let config: Config =
            serde_json::from_slice(&kept).map_err(|error| StorageError::Read(error.to_string()))?;
        Ok(Some(config).filter(|config| config.base_url == self.base_url))
    }
}

impl fmt::Debug for Minted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minted").field("token_id", &self.token_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Minted {
        /// One that nobody made.
        pub(crate) fn made_up() -> Self {
            Self {
                token: Zeroizing::new("glpat-made-up".to_owned()),
                token_id: 7,
                token_type: TokenType::Group,
                place: "42".to_owned(),
                base_url: "https://gitlab.example.com".to_owned(),
                ca_pem: String::new(),
                mount_id: String::new(),
                config_name: "default".to_owned(),
                last_day: None,
            }
        }
    }

    #[test]
    fn debug_shows_no_token() {
        let minted = Minted::made_up();
        let kept = serde_json::to_string(&minted).unwrap();
        assert!(kept.contains("glpat-made-up"));
        let read: Minted = serde_json::from_str(&kept).unwrap();
        assert_eq!(format!("{read:?}"), "Minted { token_id: 7, .. }");
    }
}
