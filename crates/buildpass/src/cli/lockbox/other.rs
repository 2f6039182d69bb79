use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::Surroundings,
    config::{Error, OtherVault},
    failure::Failure,
    http::{ClientIdentity, PlainHttp, Roots, Tls},
    vault::{Address, Config},
};

/// The vault that is written to: nothing that holds for the other one holds for it.
#[derive(Debug, Args)]
pub(super) struct Other {
    /// The vault to write to
    #[arg(long, value_name = "URL")]
    to: String,

    /// A file that holds a token of that vault [default: BUILDPASS_TO_TOKEN]
    #[arg(long, value_name = "FILE")]
    to_token_file: Option<PathBuf>,

    /// The namespace there
    #[arg(long, value_name = "NAMESPACE")]
    to_namespace: Option<String>,

    /// A PEM file with the authorities that may vouch for that vault [default: the system's]
    #[arg(long, value_name = "FILE")]
    to_ca_cert: Option<PathBuf>,

    /// Our own certificate, where that vault wants one
    #[arg(long, value_name = "FILE", requires = "to_client_key")]
    to_client_cert: Option<PathBuf>,

    /// The key of our own certificate for that vault
    #[arg(long, value_name = "FILE", requires = "to_client_cert")]
    to_client_key: Option<PathBuf>,

    /// The name that that vault's certificate is for, where it is not the address's
    #[arg(long, value_name = "NAME")]
    to_tls_server_name: Option<String>,
}

impl Other {
    /// That vault, with its token.
    ///
    /// # Errors
    /// When it is the same as `first`, or its address or token cannot be used.
    pub(super) fn vault(&self, first: &Config, surroundings: &Surroundings) -> Result<Config, Failure> {
        let plain =
            if surroundings.flags.insecure_http { PlainHttp::Anywhere } else { PlainHttp::LoopbackOnly };
        let address = Address::parse(&self.to, plain).map_err(Error::Address)?;
        let is_there = first.nodes.iter().any(|node| node.origin() == address.origin());
        if is_there && first.namespace == self.to_namespace {
            return Err(Failure::usage(
                format!("{address} is the vault that is exported"),
                "name the vault to leave for with `--to`, and the one to leave with `--address`",
            ));
        }
        let here = surroundings.environment.working_directory();
        let client = self.to_client_cert.as_ref().zip(self.to_client_key.as_ref());
        let other = OtherVault {
            address,
            namespace: self.to_namespace.clone(),
            tls: Tls {
                roots: self.to_ca_cert.as_ref().map_or(Roots::System, |path| Roots::File(here.join(path))),
                client: client.map(|(certificate, key)| ClientIdentity {
                    certificate: here.join(certificate),
                    key: here.join(key),
                }),
                server_name: self.to_tls_server_name.clone(),
            },
            token_file: self.to_token_file.clone(),
            patience: first.patience,
        };
        Ok(other.config(&surroundings.environment)?)
    }
}
