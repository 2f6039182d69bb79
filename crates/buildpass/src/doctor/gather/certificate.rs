use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::Deadline;
use crate::{http::Tls, vault::Address};

/// The certificate that a server shows, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSeen {
    /// The name that it was asked for, where it is not the address's.
    pub asked: Option<String>,
    /// The names that it is for.
    pub names: Vec<String>,
    /// Who has signed it.
    pub issuer: String,
    /// When it ends, in seconds since the Unix epoch.
    pub not_after: u64,
    /// Why it is not trusted.
    pub problem: Option<String>,
}

impl CertificateSeen {
    /// Begins a TLS handshake and looks at the certificate; nothing is sent over the connection.
    pub(super) async fn look(
        connection: TcpStream,
        address: &Address,
        tls: &Tls,
        deadline: Deadline,
    ) -> Result<Self, String> {
        let host = address.as_url().host_str().unwrap_or_default().trim_matches(['[', ']']);
        let asked = tls.server_name.clone();
        let name = ServerName::try_from(asked.clone().unwrap_or_else(|| host.to_owned()))
            .map_err(|error| error.to_string())?;
        let witness = Arc::new(Witness {
            judge: tls.verifier().map_err(|error| error.to_string())?,
            seen: Mutex::default(),
        });
        let verifier: Arc<dyn ServerCertVerifier> = Arc::clone(&witness) as _;
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        let shaken = deadline.within(TlsConnector::from(Arc::new(config)).connect(name, connection)).await;
        let seen = witness.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        match seen {
            Some((certificate, problem)) => Self::read(&certificate, asked, problem),
            None => Err(shaken.err().unwrap_or_else(|| "the server showed none".to_owned())),
        }
    }

    fn read(
        certificate: &CertificateDer<'_>,
        asked: Option<String>,
        problem: Option<String>,
    ) -> Result<Self, String> {
        let (_, read) = X509Certificate::from_der(certificate).map_err(|error| error.to_string())?;
        let alternative = read.subject_alternative_name().ok().flatten();
        let names = alternative.into_iter().flat_map(|names| &names.value.general_names);
        let names = names.filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => ip(bytes),
            _ => None,
        });
        Ok(Self {
            asked,
            names: names.collect(),
            issuer: read.issuer().to_string(),
            not_after: u64::try_from(read.validity().not_after.timestamp()).unwrap_or(0),
            problem,
        })
    }
}

fn ip(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string())
}

/// Lets another judge, and remembers what was shown and what came of it.
#[derive(Debug)]
struct Witness {
    judge: Arc<dyn ServerCertVerifier>,
    seen: Mutex<Option<(CertificateDer<'static>, Option<String>)>>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict =
            self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let problem = verdict.as_ref().err().map(ToString::to_string);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((end_entity.clone().into_owned(), problem));
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}
