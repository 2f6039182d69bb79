use std::{fs, os::unix::fs::MetadataExt, path::PathBuf, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use zeroize::Zeroizing;

use super::TlsError;

/// Where a certificate and its key are.
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// What tells whether a file was changed, without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, u64, i64, i64)>; 2]);

impl Files {
    /// A server's configuration with them. It remembers no session of the one before, so nobody resumes under the
    /// old certificate.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what it should.
    pub(super) fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let pem =
            fs::read(&self.certificate).map_err(|error| TlsError::Read(self.certificate.clone(), error))?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|error| TlsError::Pem(self.certificate.clone(), error))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(self.certificate.clone()));
        }
        let pem = fs::read(&self.key).map_err(|error| TlsError::Read(self.key.clone(), error))?;
        let key = PrivateKeyDer::from_pem_slice(&Zeroizing::new(pem))
            .map_err(|error| TlsError::Pem(self.key.clone(), error))?;
        let unusable = |source| TlsError::Unusable {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            source,
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    pub(super) fn stamp(&self) -> Stamp {
        Stamp([&self.certificate, &self.key].map(|path| {
            let file = fs::metadata(path).ok()?;
            // A file that was moved into the place of another may have the same length and time.
            Some((file.ino(), file.len(), file.mtime(), file.mtime_nsec()))
        }))
    }
}
