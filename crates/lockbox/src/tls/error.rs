use std::{io, path::PathBuf};

use rustls::pki_types::pem;
use thiserror::Error;

/// Why a certificate cannot be used: what stands in the files is wrong, or they cannot be read.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file is not there, or may not be read.
    #[error("cannot read {path}", path = .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// The file is no PEM, or was cut off.
    #[error("{path} is no PEM file", path = .0.display())]
    Pem(PathBuf, #[source] pem::Error),
    /// The file is PEM, and no certificate is in it.
    #[error("there is no certificate in {path}", path = .0.display())]
    NoCertificate(PathBuf),
    /// The certificate is broken, or the key is not the certificate's.
    #[error("the certificate in {certificate} and the key in {key} cannot be used", certificate = .certificate.display(), key = .key.display())]
    Unusable {
        /// Where the certificate is.
        certificate: PathBuf,
        /// Where the key is.
        key: PathBuf,
        /// What is wrong with them.
        source: rustls::Error,
    },
}

impl TlsError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Read(..) => "name files that exist and that the user of this process may read",
            Self::Pem(..) | Self::NoCertificate(_) => {
                "the certificate file holds the server's certificate first and then its issuers, the key file one key, all in PEM"
            }
            Self::Unusable { .. } => "put the key that belongs to the first certificate beside it",
        }
    }
}
