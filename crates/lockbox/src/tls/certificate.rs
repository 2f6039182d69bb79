use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use rustls::ServerConfig;

use super::{
    TlsError,
    files::{Files, Stamp},
};

/// A certificate with its key, from PEM files; its clones are the same one.
///
/// A server with it looks at the files every two seconds, and loads them when they were changed and have settled.
/// Connections that are open keep the certificate that they have.
#[derive(Clone)]
pub struct Tls {
    inside: Arc<Inside>,
    check_every: Duration,
}

struct Inside {
    files: Files,
    config: RwLock<Arc<ServerConfig>>,
    seen: Mutex<Seen>,
}

struct Seen {
    /// Of the files that were loaded last, whether they were good or not.
    loaded: Stamp,
    /// Of files that differ, and may still be being written.
    settling: Option<Stamp>,
}

/// What a look at the files found.
pub(crate) enum Watched {
    Unchanged,
    Loaded,
    Kept(TlsError),
}

impl Tls {
    /// The certificate (and then its issuers) and the key in these files.
    ///
    /// # Errors
    /// When they cannot be read, or do not belong together.
    pub fn from_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        let files = Files { certificate: certificate.into(), key: key.into() };
        let loaded = files.stamp();
        let config = RwLock::new(files.load()?);
        let seen = Mutex::new(Seen { loaded, settling: None });
        Ok(Self { inside: Arc::new(Inside { files, config, seen }), check_every: CHECK_EVERY })
    }

    /// Looks at the files this often.
    #[must_use]
    pub fn checked_every(self, check_every: Duration) -> Self {
        Self { check_every, ..self }
    }

    /// Loads the files again: connections from now on get what is in them.
    ///
    /// # Errors
    /// When they cannot be used: the certificate in use stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let mut seen = self.inside.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.load(&mut seen)
    }

    /// Loads the files if they were changed, and no longer change.
    pub(crate) fn watch(&self) -> Watched {
        let mut seen = self.inside.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.inside.files.stamp();
        if stamp == seen.loaded {
            seen.settling = None;
            return Watched::Unchanged;
        }
        if seen.settling.replace(stamp) != Some(stamp) {
            return Watched::Unchanged;
        }
        match self.load(&mut seen) {
            Ok(()) => Watched::Loaded,
            Err(error) => Watched::Kept(error),
        }
    }

    pub(crate) fn check_every(&self) -> Duration {
        self.check_every
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.inside.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn load(&self, seen: &mut Seen) -> Result<(), TlsError> {
        // Before reading: what is written meanwhile is seen by the next look.
        *seen = Seen { loaded: self.inside.files.stamp(), settling: None };
        let config = self.inside.files.load()?;
        *self.inside.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").field(&self.inside.files.certificate).finish()
    }
}

const CHECK_EVERY: Duration = Duration::from_secs(2);
