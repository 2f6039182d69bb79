use std::{net::IpAddr, sync::Arc, time::Duration};

use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    audited_headers::AuditedHeaders,
    mount::{Description, Mounts},
    sys::Moves,
    time::Time,
    watch,
};
use crate::{
    audit::{AuditError, AuditLog, Witness},
    auth::{
        jwt::JwtError,
        token::{Key, Kind, Order, Renewal, Shown, Terms, TokenError, TokenRoles, Tokens},
    },
    clock::Moment,
    cubbyhole::Cubbyholes,
    gitlab::GitlabError,
    lease::Leases,
    outward::Clients,
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
    pub(super) leases: Arc<Leases>,
    pub(super) audit: Option<Arc<AuditLog>>,
    pub(super) audited_headers: AuditedHeaders,
    pub(super) cubbyholes: Cubbyholes,
    pub(super) moves: Moves,
}

/// Why the contents of a file could not be read.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error("an auth method cannot be read: {0}")]
    Method(#[from] JwtError),
}

impl Core {
    /// What the store holds; an empty one gets what stands in every new vault.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what this version does not know.
    pub(super) async fn load(
        store: Arc<Store>,
        time: Time,
        audit: Option<Arc<AuditLog>>,
    ) -> Result<Self, LoadError> {
        let now = time.now();
        let tokens = Tokens::load(Arc::clone(&store), now).await?;
        let clock = time.clone();
        let of_leases = Box::new(move || clock.now());
        let leases = Leases::load(Arc::clone(&store), Arc::new(Clients::default()), (&tokens, of_leases))?;
        let core = Self {
            policies: Policies::load(Arc::clone(&store), now).await?,
            tokens,
            leases: Arc::new(leases),
            token_roles: TokenRoles::load(Arc::clone(&store))?,
            mounts: Mounts::load(Arc::clone(&store), now).await?,
            moves: Moves::default(),
            audited_headers: AuditedHeaders::load(Arc::clone(&store))?,
            audit,
            cubbyholes: Cubbyholes::new(Arc::clone(&store)),
            store,
            time,
        };
        // Those of tokens that ended while nobody looked are for nothing.
        for owner in core.cubbyholes.owners()? {
            if core.tokens.own(owner).is_err() {
                core.clear_cubbyhole(owner).await?;
            }
        }
        Ok(core)
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

    /// # Errors
    /// When there can be no such file: then the old one stays in use.
    pub(crate) fn reopen_audit_log(&self) -> Result<(), AuditError> {
        self.audit.as_ref().map_or(Ok(()), |log| log.reopen(self.now()))
    }

    /// What is known here of the audit log; nothing when there was never one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn audit_witness(&self) -> Result<Option<Witness>, StorageError> {
        watch::witness(&self.store)
    }

    /// Clears the cubbyholes of tokens that have ended, and ends their leases.
    ///
    /// # Errors
    /// When the disk refuses: the next start clears what is left.
    pub(super) async fn clear_ended(&self) -> Result<(), StorageError> {
        if self.store.is_replaced() {
            return Ok(());
        }
        let ended = self.tokens.ended_owners();
        self.end_leases(&ended);
        for owner in ended {
            self.clear_cubbyhole(owner).await?;
        }
        Ok(())
    }

    pub(super) async fn clear_cubbyhole(&self, owner: Key) -> Result<(), StorageError> {
        match self.cubbyholes.clear(owner)? {
            Some(pending) => pending.landed().await,
            None => Ok(()),
        }
    }

    pub(super) fn now(&self) -> Moment {
        self.time.now()
    }

    /// Lets go of what has ended, and keeps in mind how far the audit log is.
    pub(super) fn purge(&self) {
        self.tokens.purge(self.now());
        if let Some(log) = &self.audit {
            watch::remember(&self.store, log.tip());
        }
        let ended = self.tokens.ended_owners();
        self.end_leases(&ended);
        for owner in ended {
            // Nobody waits for it: what is left behind is let go at the next start.
            let _ = self.cubbyholes.clear(owner);
        }
        self.leases.work(self.now());
    }

    /// Ends the leases that were given under a path, and what they are of; what nobody takes now is owed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) async fn end_leases_under(&self, path: &str) -> Result<(), StorageError> {
        let now = self.now();
        match self.leases.revoke(self.leases.alive_under(path, now), now).await {
            Err(GitlabError::Storage(error)) => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn end_leases(&self, sessions: &[Key]) {
        if sessions.is_empty() {
            return;
        }
        let now = self.now();
        sessions.iter().for_each(|session| self.leases.end_of(*session, now));
        self.leases.work(now);
    }

    pub(super) async fn authenticate(&self, id: Option<&str>, from: IpAddr) -> Result<Shown<'_>, TokenError> {
        self.tokens.authenticate(id.ok_or(TokenError::Refused)?, from, self.now()).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::{
        ManualClock,
        auth::token::{Order, Session},
        storage::Batch,
    };

    async fn load(store: &Arc<Store>, clock: &ManualClock) -> Core {
        Core::load(Arc::clone(store), Time::new(Arc::new(clock.clone())), None).await.unwrap()
    }

    /// A token with something in its cubbyhole.
    async fn owner(core: &Core, parent: Option<Key>, ttl: u64) -> Session {
        let order = Order {
            id: None,
            kind: Kind::Service,
            policies: vec!["default".to_owned()],
            display_name: String::new(),
            metadata: None,
            explicit_max: Duration::ZERO,
            period: Duration::ZERO,
            path: "auth/token/create".to_owned(),
            role: None,
            entity_id: String::new(),
            parent,
            terms: Terms { usual: Duration::from_secs(ttl), ..Terms::default() },
            uses: 0,
            renewal: Renewal::Allowed,
            bound_cidrs: Vec::new(),
        };
        let (auth, _) = core.tokens.issue(order, core.now()).await.unwrap();
        let session = core.tokens.find(&auth.client_token, core.now()).unwrap();
        core.tokens.own(session.key).unwrap();
        let mut batch = Batch::default();
        core.cubbyholes.put(session.key, "a/b", Zeroizing::new(b"{}".to_vec()), &mut batch);
        core.store.commit(batch).await.unwrap();
        session
    }

    #[tokio::test]
    async fn what_a_token_kept_ends_with_it() {
        let (store, clock) = (Arc::new(Store::in_memory().await), ManualClock::starting_at(UNIX_EPOCH));
        let core = load(&store, &clock).await;
        let parent = owner(&core, None, 1000).await;
        owner(&core, Some(parent.key), 1000).await;
        let short = owner(&core, None, 10).await;
        assert_eq!(core.cubbyholes.owners().unwrap().len(), 3);
        core.tokens.revoke(&parent).await.unwrap();
        core.clear_ended().await.unwrap();
        assert_eq!(core.cubbyholes.owners().unwrap(), [short.key]);
        clock.advance(Duration::from_secs(10));
        core.purge();
        // What is submitted later lands later.
        core.store.commit(Batch::default()).await.unwrap();
        assert!(core.cubbyholes.owners().unwrap().is_empty() && core.tokens.own(short.key).is_err());
    }

    #[tokio::test]
    async fn what_a_token_kept_is_cleared_when_it_ended_while_the_vault_was_closed() {
        let (store, clock) = (Arc::new(Store::in_memory().await), ManualClock::starting_at(UNIX_EPOCH));
        let core = load(&store, &clock).await;
        let (long, _) = (owner(&core, None, 1000).await, owner(&core, None, 10).await);
        let revoked = owner(&core, None, 1000).await;
        core.tokens.revoke(&revoked).await.unwrap();
        drop(core);
        clock.advance(Duration::from_secs(10));
        let core = load(&store, &clock).await;
        assert_eq!(core.cubbyholes.owners().unwrap(), [long.key]);
        core.tokens.revoke(&long).await.unwrap();
        core.clear_ended().await.unwrap();
        assert!(core.cubbyholes.owners().unwrap().is_empty());
    }
}
