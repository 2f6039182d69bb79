use std::{path::PathBuf, sync::Arc};

use anyhow::Result;
use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, IpAddr, ServerName},
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::Served;

/// A certificate for loopback, signed by itself.
pub(crate) struct Certificate {
    pub(crate) der: CertificateDer<'static>,
    pub(crate) pem: String,
    pub(crate) key_pem: String,
}

impl Certificate {
    pub(crate) fn made_up() -> Result<Self> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.self_signed(&key)?;
        Ok(Self { der: certificate.der().clone(), pem: certificate.pem(), key_pem: key.serialize_pem() })
    }

    /// Writes both files, and gives their names.
    pub(crate) fn write(&self, folder: &TempDir) -> Result<(PathBuf, PathBuf)> {
        let (certificate, key) = (folder.path().join("server.pem"), folder.path().join("server.key"));
        std::fs::write(&certificate, &self.pem)?;
        std::fs::write(&key, &self.key_pem)?;
        Ok((certificate, key))
    }

    /// A client that trusts all of these.
    pub(crate) fn client(trusted: &[&Self]) -> Result<TlsConnector> {
        let mut roots = RootCertStore::empty();
        for certificate in trusted {
            roots.add(certificate.der.clone())?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(TlsConnector::from(Arc::new(config)))
    }

    /// A connection, and the certificate that the server showed.
    pub(crate) async fn shown_by(
        client: &TlsConnector,
        served: &Served,
    ) -> Result<(TlsStream<TcpStream>, CertificateDer<'static>)> {
        let name = ServerName::IpAddress(IpAddr::from(served.address.ip()));
        let stream = client.connect(name, served.connect().await?).await?;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first).cloned();
        Ok((stream, shown.ok_or_else(|| anyhow::anyhow!("no certificate"))?))
    }
}
