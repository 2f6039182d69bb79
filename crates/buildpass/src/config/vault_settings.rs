use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Environment, Error, Flags,
    file::{ConfigFile, Origin, RawVault},
    trust,
};
use crate::{
    http::{ClientIdentity, PlainHttp, Roots, Tls},
    vault::Address,
};

/// Where the vault is, as far as the ID token does not matter.
pub(super) struct Place {
    pub(super) nodes: Vec<Address>,
    pub(super) tls: Tls,
}

/// The variables that name an address: GitLab Runner's own first, then those of the vault CLIs.
const ADDRESS: [&str; 3] = ["VAULT_SERVER_URL", "VAULT_ADDR", "BAO_ADDR"];

impl Place {
    pub(super) fn find(
        flags: &Flags,
        file: Option<&ConfigFile>,
        environment: &Environment,
    ) -> Result<Self, Error> {
        for name in ["VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"] {
            if environment.setting(name).is_some_and(|value| !matches!(value, "0" | "false")) {
                return Err(Error::SkipVerify(name));
            }
        }
        let plain = if flags.insecure_http { PlainHttp::Anywhere } else { PlainHttp::LoopbackOnly };
        let from_file = file.map(|file| &file.raw.vault.address[..]).unwrap_or_default();
        let texts: Vec<&str> = if !flags.address.is_empty() {
            flags.address.iter().map(String::as_str).collect()
        } else if !from_file.is_empty() {
            from_file.iter().map(String::as_str).collect()
        } else {
            environment.first_setting(&ADDRESS).into_iter().collect()
        };
        let each = texts.iter().flat_map(|text| text.split(','));
        let nodes = each
            .map(|text| Address::parse(text, plain).map_err(Error::Address))
            .collect::<Result<Vec<_>, _>>()?;
        if nodes.is_empty() {
            return Err(Error::NoAddress);
        }
        Ok(Self { nodes, tls: tls(flags, file, environment)? })
    }

    /// The first node that the repository's file named, and nobody else; and that file.
    pub(super) fn named_by_repository<'a>(
        &'a self,
        flags: &Flags,
        file: Option<&'a ConfigFile>,
        environment: &Environment,
    ) -> Option<(&'a Address, &'a Path)> {
        trust::named_by_repository(&self.nodes, &trust::own_addresses(flags, environment, &ADDRESS), file)
    }
}

fn tls(flags: &Flags, file: Option<&ConfigFile>, environment: &Environment) -> Result<Tls, Error> {
    let empty = RawVault::default();
    let raw = file.map_or(&empty, |file| &file.raw.vault);
    if let Some(file) = file.filter(|file| file.origin == Origin::Repository) {
        let not_taken = [
            ("ca_cert", raw.ca_cert.is_some()),
            ("client_cert", raw.client_cert.is_some()),
            ("client_key", raw.client_key.is_some()),
            ("tls_server_name", raw.tls_server_name.is_some()),
        ];
        if let Some((key, _)) = not_taken.into_iter().find(|(_, set)| *set) {
            return Err(Error::NotFromRepository { key, path: file.path.clone() });
        }
    }
    let here = environment.working_directory();
    let path = |flag: &Option<PathBuf>, raw: &Option<PathBuf>, names: [&str; 2]| {
        let from_environment = || environment.first_setting(&names).map(PathBuf::from);
        flag.clone().or_else(|| raw.clone()).or_else(from_environment).map(|path| here.join(path))
    };
    let certificate = path(&flags.client_cert, &raw.client_cert, ["VAULT_CLIENT_CERT", "BAO_CLIENT_CERT"]);
    let key = path(&flags.client_key, &raw.client_key, ["VAULT_CLIENT_KEY", "BAO_CLIENT_KEY"]);
    let client = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(ClientIdentity { certificate, key }),
        (None, None) => None,
        _ => return Err(Error::HalfIdentity),
    };
    let server_name = flags.tls_server_name.clone().or_else(|| raw.tls_server_name.clone()).or_else(|| {
        environment.first_setting(&["VAULT_TLS_SERVER_NAME", "BAO_TLS_SERVER_NAME"]).map(str::to_owned)
    });
    let roots = match path(&flags.ca_cert, &raw.ca_cert, ["VAULT_CACERT", "BAO_CACERT"]) {
        Some(path) => Roots::File(path),
        None => Roots::System,
    };
    Ok(Tls { roots, client, server_name })
}

pub(super) fn duration(
    flag: Option<humantime::Duration>,
    key: &'static str,
    raw: Option<&String>,
    otherwise: Duration,
) -> Result<Duration, Error> {
    let duration = match (flag, raw) {
        (Some(duration), _) => duration.into(),
        (None, Some(text)) => {
            humantime::parse_duration(text).map_err(|_| Error::Duration { key, text: text.clone() })?
        }
        (None, None) => otherwise,
    };
    if duration > LONGEST {
        let text = humantime::format_duration(duration).to_string();
        return Err(Error::Duration { key, text });
    }
    Ok(duration)
}

/// Longer than any job.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
