use std::{fmt, path::PathBuf, sync::Arc};

use zeroize::Zeroizing;

use crate::{
    Clock, Limits, Lockbox, Notices, Transport,
    api::{OpenError, Vault},
    seal::Split,
    storage::{Disk, Medium},
};

/// What a [`Lockbox`] is made from.
#[derive(Debug)]
pub struct Config {
    /// Where everything is kept.
    pub storage: Storage,
    /// How clients reach it.
    pub transport: Transport,
    /// How much they may ask.
    pub limits: Limits,
    /// Who is told what happens to it.
    pub notices: Notices,
}

/// Where a lockbox keeps everything.
#[derive(Debug)]
pub enum Storage {
    /// In memory, open from the start, with this token, and secrets (KV version 2) under `secret/`.
    Dev(RootToken),
    /// In one file, which is made when it is not there, and is sealed at the start.
    File(PathBuf),
}

/// A token that can do everything: wiped at its end, never shown by Debug.
pub struct RootToken(Zeroizing<String>);

impl Config {
    /// For laptops, demos and tests: everything is gone with the process. Plain HTTP on loopback.
    #[must_use]
    pub fn dev(root_token: impl Into<RootToken>) -> Self {
        Self::keeping(Storage::Dev(root_token.into()))
    }

    /// Everything in one file. Plain HTTP on loopback, until another transport is set.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::keeping(Storage::File(path.into()))
    }

    fn keeping(storage: Storage) -> Self {
        let (limits, notices) = (Limits::default(), Notices::default());
        Self { storage, transport: Transport::Plain, limits, notices }
    }

    /// The server, not listening yet.
    ///
    /// # Errors
    /// When the file is in use, damaged, or no lockbox.
    ///
    /// # Panics
    /// When the system gives no random numbers.
    pub async fn build(self, clock: impl Clock) -> Result<Lockbox, OpenError> {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let vault = match self.storage {
            Storage::File(path) => Vault::new(Disk::open(Medium::File(path))?, clock),
            Storage::Dev(root_token) => {
                let vault = Vault::new(Disk::open(Medium::Memory)?, clock);
                let initialised = vault.initialise(Split::WHOLE).await?;
                let core = vault.unseal(initialised.root_key).await?;
                core.issue_root(Some(&root_token.0)).await?;
                core.revoke(&initialised.root_token).await?;
                core.mount_secret().await?;
                vault
            }
        };
        Ok(Lockbox::new(vault, self.transport, self.limits, self.notices))
    }
}

impl From<String> for RootToken {
    fn from(token: String) -> Self {
        Self(Zeroizing::new(token))
    }
}

impl From<&str> for RootToken {
    fn from(token: &str) -> Self {
        Self::from(token.to_owned())
    }
}

impl fmt::Debug for RootToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
