use std::{fmt, future::Future, io, sync::Arc};

use tokio::net::TcpListener;

use crate::{
    StorageError,
    api::{self, Initialised, OpenError, Vault},
    seal::{RootKey, Split},
};

/// A small vault, ready to serve; its clones are the same one.
#[derive(Clone)]
pub struct Lockbox(Arc<Vault>);

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
    pub(crate) fn new(vault: Vault) -> Self {
        Self(Arc::new(vault))
    }

    /// Makes the keys of a new vault, which stays sealed.
    ///
    /// # Errors
    /// When it was done before, or the disk refuses.
    pub async fn initialise(&self, split: Split) -> Result<Initialised, OpenError> {
        self.0.initialise(split).await
    }

    /// Opens it with the whole key; shares are taken over HTTP.
    ///
    /// # Errors
    /// When the key is another one's, or the file cannot be read.
    pub async fn unseal(&self, root_key: RootKey) -> Result<(), OpenError> {
        self.0.unseal(root_key).await.map(|_| ())
    }

    /// Whether it is open.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn condition(&self) -> Result<Condition, StorageError> {
        self.0.condition()
    }

    /// Serves Vault's HTTP API until `shutdown` is done, then drains: requests under way have ten seconds to end.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        api::serve(self.0, listener, shutdown).await
    }
}

impl fmt::Debug for Lockbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lockbox([REDACTED])")
    }
}
