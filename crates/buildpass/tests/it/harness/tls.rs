use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use super::RUNTIME;

/// TLS in front of a plain server, with a made-up authority.
pub(crate) struct TlsFront {
    pub(crate) address: String,
    folder: tempfile::TempDir,
}

/// Whether a client must have a certificate of the same authority.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clients {
    Anybody,
    Certified,
}

impl TlsFront {
    /// Answers for `name` what the server at `behind` answers.
    pub(crate) fn start(behind: &str, name: &str, clients: Clients) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        // Each has a name of its own, so that a list of several can be searched for the right one.
        authority.distinguished_name.push(DnType::CommonName, folder.path().display().to_string());
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let certified = |name: &str| {
            let key = KeyPair::generate().unwrap();
            let certificate =
                CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
            (certificate, key)
        };
        let (own, own_key) = certified(name);
        let (client, client_key) = certified("made-up-client");
        for (file, text) in [
            ("ca.pem", authority.pem()),
            ("client.pem", client.pem()),
            ("client.key", client_key.serialize_pem()),
        ] {
            std::fs::write(folder.path().join(file), text).unwrap();
        }
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(authority.der().to_vec())).unwrap();
        let builder = match clients {
            Clients::Anybody => builder.with_no_client_auth(),
            Clients::Certified => {
                let provider = Arc::new(aws_lc_rs::default_provider());
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
                builder.with_client_cert_verifier(verifier)
            }
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
        let config = builder.with_single_cert(vec![CertificateDer::from(own.der().to_vec())], key).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let behind = behind.trim_start_matches("http://").to_owned();
        RUNTIME.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    let mut secured = acceptor.accept(stream).await?;
                    let mut plain = tokio::net::TcpStream::connect(behind).await?;
                    tokio::io::copy_bidirectional(&mut secured, &mut plain).await
                });
            }
        });
        Self { address, folder }
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}
