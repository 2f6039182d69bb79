use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde::{Deserialize, Serialize};

use super::Error;

/// How a server proves itself, and we to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// Who may vouch for the server.
    pub roots: Roots,
    /// Our own certificate, where the server wants one.
    pub client: Option<ClientIdentity>,
    /// The name that the server's certificate is for, where it is not the address's.
    pub server_name: Option<String>,
}

/// Certificate authorities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Roots {
    /// The system's (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others).
    System,
    /// Those of a PEM file, and no others.
    File(PathBuf),
}

/// A client certificate and its key, PEM files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientIdentity {
    /// The certificate, with its chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

impl Tls {
    /// The system's authorities, and nothing else.
    pub fn system() -> Self {
        Self { roots: Roots::System, client: None, server_name: None }
    }

    /// The configuration for one scheme: nothing is read from disk for plain http.
    pub(super) fn for_scheme(&self, scheme: &str) -> Result<ClientConfig, Error> {
        let roots = match scheme {
            "https" => self.roots.load()?,
            _ => RootCertStore::empty(),
        };
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Connect(error.to_string()))?
            .with_root_certificates(roots);
        match &self.client {
            Some(identity) if scheme == "https" => {
                let chain = certificates(&identity.certificate)?;
                builder.with_client_auth_cert(chain, private_key(&identity.key)?).map_err(|error| {
                    Error::Certificate {
                        path: identity.key.clone(),
                        reason: format!("cannot be used: {error}"),
                    }
                })
            }
            _ => Ok(builder.with_no_client_auth()),
        }
    }
}

impl Tls {
    /// How a server's certificate is judged, for those who want to see it being judged.
    ///
    /// # Errors
    /// When an authority's certificate cannot be used.
    pub fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(self.roots.load()?), provider);
        Ok(verifier.build().map_err(|_| Error::NoRoots)?)
    }
}

impl Roots {
    fn load(&self) -> Result<RootCertStore, Error> {
        let mut store = RootCertStore::empty();
        match self {
            Self::System => {
                store.add_parsable_certificates(system_certificates());
                if store.is_empty() { Err(Error::NoRoots) } else { Ok(store) }
            }
            Self::File(path) => {
                for certificate in certificates(path)? {
                    store.add(certificate).map_err(|error| Error::Certificate {
                        path: path.clone(),
                        reason: format!("holds a certificate that cannot be used: {error}"),
                    })?;
                }
                Ok(store)
            }
        }
    }
}

/// The system's bundle. Its folder holds the same authorities again, a file each, which costs 3 ms: it is only read where
/// there is no bundle, or where `SSL_CERT_DIR` names it.
fn system_certificates() -> Vec<CertificateDer<'static>> {
    if !openssl_probe::has_ssl_cert_env_vars()
        && let Some(bundle) = openssl_probe::probe().cert_file
    {
        let found = rustls_native_certs::load_certs_from_paths(Some(&bundle), None).certs;
        if !found.is_empty() {
            return found;
        }
    }
    rustls_native_certs::load_native_certs().certs
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(&read(path)?).collect::<Result<_, _>>().map_err(|error| {
            Error::Certificate { path: path.to_owned(), reason: format!("is not PEM: {error}") }
        })?;
    if found.is_empty() {
        return Err(Error::Certificate {
            path: path.to_owned(),
            reason: "holds no certificate in PEM form".to_owned(),
        });
    }
    Ok(found)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|error| Error::Certificate {
        path: path.to_owned(),
        reason: format!("holds no private key: {error}"),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| Error::Certificate {
        path: path.to_owned(),
        reason: format!("cannot be read: {error}"),
    })
}
