use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// A made-up certificate authority, and what it signed for the vault.
pub(super) struct Authority {
    /// The system's authorities and this one in one file: whoever trusts it loads them all, as a job does.
    pub(super) bundle: PathBuf,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Authority {
    pub(super) fn build(folder: &Path) -> anyhow::Result<Self> {
        let authority = Self {
            bundle: folder.join("bundle.pem"),
            certificate: folder.join("server.pem"),
            key: folder.join("server.key"),
        };
        let mut params = CertificateParams::new([])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "buildpass bench, made up");
        let key = KeyPair::generate()?;
        let own = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);

        let server_key = KeyPair::generate()?;
        let server = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&server_key, &issuer)?;
        fs::write(&authority.certificate, server.pem())?;
        fs::write(&authority.key, server_key.serialize_pem())?;

        let system = openssl_probe::probe().cert_file.context("this system has no bundle of authorities")?;
        fs::write(&authority.bundle, fs::read_to_string(system)? + &own.pem())?;
        Ok(authority)
    }
}
