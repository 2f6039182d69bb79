use std::{net::IpAddr, sync::Arc, time::Duration};

use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    mount::{Description, Mounts},
    sys::Moves,
    time::Time,
};
use crate::{
    auth::{
        jwt::JwtError,
        token::{Kind, Order, Renewal, Session, Terms, TokenError, TokenRoles, Tokens},
    },
    clock::Moment,
    policy::{Policies, PolicyError},
    storage::{StorageError, Store},
};

/// What an open vault holds.
pub(crate) struct Core {
    pub(super) time: Time,
    pub(super) store: Arc<Store>,
    pub(super) policies: Policies,
    pub(super) tokens: Tokens,
    pub(super) token_roles: TokenRoles,
    pub(super) mounts: Mounts,
    pub(super) moves: Moves,
}

/// Why the contents of a file could not be read.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("an auth method cannot be read: {0}")]
    Method(#[from] JwtError),
}

impl Core {
    /// What the store holds; an empty one gets what stands in every new vault.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what this version does not know.
    pub(super) async fn load(store: Arc<Store>, time: Time) -> Result<Self, LoadError> {
        let now = time.now();
        Ok(Self {
            policies: Policies::load(Arc::clone(&store), now).await?,
            tokens: Tokens::load(Arc::clone(&store), now).await?,
            token_roles: TokenRoles::load(Arc::clone(&store))?,
            mounts: Mounts::load(Arc::clone(&store), now).await?,
            moves: Moves::default(),
            store,
            time,
        })
    }

    /// A token that can do everything and does not end.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn issue_root(&self, id: Option<&str>) -> Result<Zeroizing<String>, StorageError> {
        let order = Order {
            id: id.map(|id| id.to_owned().into()),
            kind: Kind::Service,
            policies: vec!["root".to_owned()],
            display_name: if id.is_some() { "token" } else { "root" }.to_owned(),
            metadata: None,
            path: if id.is_some() { "auth/token/create" } else { "auth/token/root" }.to_owned(),
            role: None,
            entity_id: String::new(),
            parent: None,
            terms: Terms::default(),
            explicit_max: Duration::ZERO,
            period: Duration::ZERO,
            uses: 0,
            renewal: Renewal::Refused,
            bound_cidrs: Vec::new(),
        };
        match self.tokens.issue(order, self.now()).await {
            Ok((auth, _)) => Ok(auth.client_token),
            Err(TokenError::Storage(error)) => Err(error),
            Err(error) => Err(StorageError::Write(error.to_string())),
        }
    }

    /// Ends a token.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn revoke(&self, id: &str) -> Result<(), StorageError> {
        let Some(session) = self.tokens.find(id, self.now()) else { return Ok(()) };
        match self.tokens.revoke(&session).await {
            Err(TokenError::Storage(error)) => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Secrets (KV version 2) under `secret/`, as OpenBao has them in dev mode.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn mount_secret(&self) -> Result<(), StorageError> {
        let secret = Description::new("kv", "secret/", "key/value secret storage")
            .with_options(serde_json::json!({ "version": "2" }));
        self.mounts.mount_engine(secret).await.map_err(|error| StorageError::Write(error.to_string()))
    }

    pub(super) fn now(&self) -> Moment {
        self.time.now()
    }

    /// Lets go of tokens that have ended.
    pub(super) fn purge(&self) {
        self.tokens.purge(self.now());
    }

    pub(super) async fn authenticate(&self, id: Option<&str>, from: IpAddr) -> Result<Session, TokenError> {
        self.tokens.authenticate(id.ok_or(TokenError::Refused)?, from, self.now()).await
    }
}
