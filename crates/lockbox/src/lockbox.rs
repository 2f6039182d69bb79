use std::{fmt, future::Future, sync::Arc};

use crate::{
    Drained, Limits, Listeners, Notices, ServeError, StorageError, Transport,
    api::{Api, Initialised, OpenError, Vault},
    audit::{AuditError, Witness},
    metrics::Metrics,
    seal::{RootKey, Split},
    server::Server,
};

/// A small vault, ready to serve; its clones are the same one.
#[derive(Clone)]
pub struct Lockbox {
    vault: Arc<Vault>,
    server: Arc<Server>,
}

/// What a lockbox can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It has no keys yet.
    New,
    /// It waits for its key, or for shares of it.
    Sealed,
    /// It answers.
    Open,
}

impl Lockbox {
    pub(crate) fn new(vault: Vault, transport: Transport, limits: Limits, notices: Notices) -> Self {
        let metrics = Metrics::new(vault.disk().commits());
        let vault = Arc::new(vault);
        let api = Arc::new(Api::new(Arc::clone(&vault), limits.clone(), metrics.clone()));
        Self { vault, server: Arc::new(Server { api, transport, limits, metrics, notices }) }
    }

    /// Makes the keys of a new vault, which stays sealed.
    ///
    /// # Errors
    /// When it was done before, or the disk refuses.
    pub async fn initialise(&self, split: Split) -> Result<Initialised, OpenError> {
        self.vault.initialise(split).await
    }

    /// Opens it with the whole key; shares are taken over HTTP.
    ///
    /// # Errors
    /// When the key is another one's, or the file cannot be read.
    pub async fn unseal(&self, root_key: RootKey) -> Result<(), OpenError> {
        self.vault.unseal(root_key).await.map(|_| ())
    }

    /// Whether it is open.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn condition(&self) -> Result<Condition, StorageError> {
        self.vault.condition()
    }

    /// Goes on in a new audit log, after a rotation moved the old one away.
    ///
    /// # Errors
    /// When there can be no such file: then the old one stays in use.
    pub fn reopen_audit_log(&self) -> Result<(), AuditError> {
        self.vault.core().map_or(Ok(()), |core| core.reopen_audit_log())
    }

    /// What it knows of its own audit log, to hold the log against; nothing while it is sealed, or when there was never one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit_witness(&self) -> Result<Option<Witness>, StorageError> {
        self.vault.core().map_or(Ok(None), |core| core.audit_witness())
    }

    /// Serves Vault's HTTP API until `shutdown` is done, then drains: requests under way have until the deadline of
    /// the limits to end.
    ///
    /// # Errors
    /// When a listener cannot be used, or plain HTTP would be served beyond loopback.
    pub async fn serve(
        self,
        listeners: impl Into<Listeners>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Drained, ServeError> {
        self.server.serve(listeners.into(), shutdown).await
    }
}

impl fmt::Debug for Lockbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lockbox([REDACTED])")
    }
}
