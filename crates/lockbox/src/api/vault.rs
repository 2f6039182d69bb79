use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use thiserror::Error;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{Core, core::LoadError, failure::Failure, time::Time, watch};
use crate::{
    Condition,
    audit::{AuditError, AuditLog},
    clock::{Clock, Moment},
    random,
    seal::{RootKey, Split, WrongRootKey, combine, deal},
    storage::{Checked, Disk, Header, Pending, StorageError, Store},
};

/// The server: its file, sealed or open.
pub(crate) struct Vault {
    pub(super) time: Time,
    disk: Arc<Disk>,
    state: RwLock<State>,
    /// Held by who seals, unseals or initialises.
    turn: Mutex<()>,
    /// Where every request and its answer is written.
    audit_file: Option<PathBuf>,
}

enum State {
    Sealed(Progress),
    Open(Arc<Core>),
}

/// The shares that were shown so far.
#[derive(Clone, Default)]
pub(super) struct Progress {
    pub(super) nonce: String,
    shares: Vec<Zeroizing<Vec<u8>>>,
}

/// What a new vault is opened with; nothing of it is kept.
pub struct Initialised {
    /// The key that opens it.
    pub root_key: RootKey,
    /// The same in its shares.
    pub shares: Vec<Zeroizing<Vec<u8>>>,
    /// The token that can do everything.
    pub root_token: Zeroizing<String>,
}

/// Why a vault was not initialised or not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It was initialised before; its keys are with who did it.
    #[error("Vault is already initialized")]
    AlreadyInitialised,
    /// It has to be initialised first.
    #[error("Vault is not initialized")]
    NotInitialised,
    /// The key, or one of the shares, is of another vault.
    #[error(
        "unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: {}",
        WrongRootKey
    )]
    WrongKey,
    /// The file cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The audit log cannot be written, and nothing is answered without it.
    #[error(transparent)]
    Audit(AuditError),
    /// The file opens, and holds what this version cannot read.
    #[error("{0}")]
    Contents(String),
}

impl Vault {
    pub(crate) fn new(disk: Disk, clock: Arc<dyn Clock>, audit_file: Option<PathBuf>) -> Self {
        let state = RwLock::new(State::Sealed(Progress::default()));
        Self { time: Time::new(clock), disk: Arc::new(disk), state, turn: Mutex::default(), audit_file }
    }

    /// What is inside; nothing while it is sealed.
    pub(crate) fn core(&self) -> Option<Arc<Core>> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(core) => Some(Arc::clone(core)),
            State::Sealed(_) => None,
        }
    }

    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn condition(&self) -> Result<Condition, StorageError> {
        Ok(match (self.disk.header()?, self.core()) {
            (None, _) => Condition::New,
            (Some(_), None) => Condition::Sealed,
            (Some(_), Some(_)) => Condition::Open,
        })
    }

    pub(crate) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// How far an unsealing is: its nonce, and how many shares were shown.
    pub(super) fn progress(&self) -> (String, usize) {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Open(_) => (String::new(), 0),
            State::Sealed(progress) => (progress.nonce.clone(), progress.shares.len()),
        }
    }

    /// Makes the keys and what stands in every new vault, which stays sealed.
    ///
    /// # Errors
    /// When it was done before, or the disk refuses.
    pub(crate) async fn initialise(&self, split: Split) -> Result<Initialised, OpenError> {
        let _turn = self.turn.lock().await;
        if self.disk.header()?.is_some() {
            return Err(OpenError::AlreadyInitialised);
        }
        let (root_key, header) = (RootKey::draw(), Header::new(split));
        let store = Store::create(Arc::clone(&self.disk), &header, root_key.clone(), self.time.now()).await?;
        let core = self.load(Arc::new(store), None).await?;
        let root_token = core.issue_root(None).await?;
        Ok(Initialised { shares: deal(&root_key, split), root_key, root_token })
    }

    /// Opens it at once.
    ///
    /// # Errors
    /// When the key is another one's, or the file cannot be read.
    pub(crate) async fn unseal(&self, root_key: RootKey) -> Result<Arc<Core>, OpenError> {
        let _turn = self.turn.lock().await;
        self.open(root_key).await
    }

    /// Takes one share, and opens when there are enough.
    ///
    /// # Errors
    /// When the shares together are no key of this vault: all of them are forgotten then.
    pub(super) async fn show(&self, share: Zeroizing<Vec<u8>>) -> Result<(), OpenError> {
        let _turn = self.turn.lock().await;
        let Header { split, .. } = self.disk.header()?.ok_or(OpenError::NotInitialised)?;
        let shares = {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            let State::Sealed(progress) = &mut *state else { return Ok(()) };
            progress.add(share);
            if progress.shares.len() < usize::from(split.threshold()) {
                return Ok(());
            }
            std::mem::take(progress).shares
        };
        let root_key = combine(&shares, split).map_err(|_| OpenError::WrongKey)?;
        self.open(root_key).await.map(|_| ())
    }

    pub(super) fn forget_shares(&self) {
        if let State::Sealed(progress) = &mut *self.state.write().unwrap_or_else(PoisonError::into_inner) {
            *progress = Progress::default();
        }
    }

    /// Forgets the keys. Requests that are under way end with those that they have.
    pub(super) fn seal(&self) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::Sealed(Progress::default());
    }

    async fn open(&self, root_key: RootKey) -> Result<Arc<Core>, OpenError> {
        if let Some(core) = self.core() {
            return Ok(core);
        }
        if self.disk.header()?.is_none() {
            return Err(OpenError::NotInitialised);
        }
        let store = Store::unseal(Arc::clone(&self.disk), root_key).map_err(|error| match error {
            StorageError::Sealed(_) => OpenError::WrongKey,
            other => OpenError::Storage(other),
        })?;
        let store = Arc::new(store);
        let audit = match &self.audit_file {
            Some(path) => {
                Some(Arc::new(watch::open(&store, path, self.now()).await.map_err(OpenError::from)?))
            }
            None => None,
        };
        let core = Arc::new(self.load(store, audit).await?);
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::Open(Arc::clone(&core));
        Ok(core)
    }

    /// Puts a backup in the place of everything; the audit log goes on, and no token comes back that has ended.
    ///
    /// # Errors
    /// When the disk refuses: then everything is as it was. When it was sealed meanwhile, or what is in the backup cannot be
    /// read: then it is sealed.
    pub(super) async fn restore(&self, backup: Checked) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        let before = self.core().ok_or(Failure::Sealed)?;
        let fates = before.tokens.fates(self.now());
        let loaded = match before.store.restore(backup, &watch::STAYS, fates).await {
            Ok(store) => self.load(Arc::new(store), before.audit.clone()).await,
            Err(error) if !before.store.is_replaced() => return Err(error.into()),
            Err(error) => Err(error.into()),
        };
        for pending in self.go_on_with(loaded, &before)? {
            // What the disk refuses now goes with its next write.
            let _ = pending.landed().await;
        }
        Ok(())
    }

    /// Serves from now on what a backup was loaded into, with what happened to the tokens and leases meanwhile.
    fn go_on_with(
        &self,
        loaded: Result<Core, OpenError>,
        before: &Arc<Core>,
    ) -> Result<Vec<Pending>, Failure> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Who sealed it was told that it is, and no restore undoes that.
        if !matches!(&*state, State::Open(core) if Arc::ptr_eq(core, before)) {
            return Err(Failure::Sealed);
        }
        match loaded {
            Ok(core) => {
                let (tokens, now) = (&core.tokens, self.now());
                let pending = tokens.go_on_from(&before.tokens, now);
                let pending =
                    pending.into_iter().chain(core.leases.go_on_from(&before.leases, (tokens, now)));
                let pending = pending.collect();
                *state = State::Open(Arc::new(core));
                Ok(pending)
            }
            Err(error) => {
                *state = State::Sealed(Progress::default());
                Err(error.into())
            }
        }
    }

    async fn load(&self, store: Arc<Store>, audit: Option<Arc<AuditLog>>) -> Result<Core, OpenError> {
        Ok(Core::load(store, self.time.clone(), audit).await?)
    }

    pub(super) fn now(&self) -> Moment {
        self.time.now()
    }
}

impl From<LoadError> for OpenError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Storage(error) => Self::Storage(error),
            LoadError::Audit(error) => Self::Audit(error),
            other => Self::Contents(other.to_string()),
        }
    }
}

impl Progress {
    fn add(&mut self, share: Zeroizing<Vec<u8>>) {
        if self.shares.is_empty() {
            self.nonce = random::uuid();
        }
        if !self.shares.contains(&share) {
            self.shares.push(share);
        }
    }
}

impl std::fmt::Debug for Initialised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Initialised([REDACTED])")
    }
}
