use std::{fmt, sync::Arc};

use crate::TlsError;

/// What happened to a server that nobody asked for and somebody should know.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice {
    /// The files of the certificate were changed: new connections get the new one.
    CertificateLoaded,
    /// The files of the certificate were changed and cannot be used: the old one stays.
    CertificateKept(TlsError),
}

/// Who is told of every [`Notice`]; nobody when nobody says otherwise.
#[derive(Clone)]
pub struct Notices(Arc<dyn Fn(&Notice) + Send + Sync>);

impl Notices {
    /// Calls `told` for each.
    pub fn to(told: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(super) fn tell(&self, notice: &Notice) {
        (self.0)(notice);
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self::to(|_| {})
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notices")
    }
}
