use std::{
    fs::{self, Permissions},
    io::{self, IsTerminal, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{Surroundings, block_on, report::note};
use crate::{
    config::Settings,
    failure::Failure,
    run::Wanted,
    secret::{BuildToken, End, Lease},
    vault::{GivenBack, Kind, Session},
};

/// Print one secret, or write it to a file
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The secret's name in the configuration
    name: String,

    /// Write it to this file, mode 0600, instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Take a secret that ends with its session, and leave the session alive for it
    #[arg(long)]
    keep_lease: bool,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let settings = Settings::load(&surroundings.flags, &surroundings.environment)?;
    let wanted = find(&settings, &arguments.name)?;
    let lease = block_on(fetch(&settings, wanted, arguments, surroundings))??;
    let written = match &arguments.output {
        Some(path) => write_file(path, lease.value()).map_err(|error| (path.display().to_string(), error)),
        None => write_stdout(lease.value()).map_err(|error| ("stdout".to_owned(), error)),
    };
    match written {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err((place, error)) => Err(Failure::usage(
            format!("the secret cannot be written to {place}: {error}"),
            "name a file in a folder that this user can write to",
        )),
    }
}

fn find<'a>(settings: &'a Settings, name: &str) -> Result<&'a Wanted, Failure> {
    if let Some(wanted) = settings
        .secrets
        .iter()
        .find(|secret| secret.name.as_str() == name)
    {
        return Ok(wanted);
    }
    if settings.withheld.iter().any(|withheld| withheld.as_str() == name) {
        return Err(Failure::usage(
            format!("the secret {name} is not for this job"),
            "its `when` does not hold here",
        ));
    }
    let known: Vec<&str> = settings
        .secrets
        .iter()
        .map(|secret| secret.name.as_str())
        .collect();
    Err(Failure::usage(
        format!("no secret is named {name}"),
        match known[..] {
            [] => "add a `[[secret]]` to buildpass.toml, or say `--secret NAME=path/field@mount`".to_owned(),
            _ => format!("these are: {}", known.join(", ")),
        },
    ))
}

/// Reads the secret and gives the session back before anything is printed.
async fn fetch(
    settings: &Settings,
    wanted: &Wanted,
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<Lease<BuildToken>, Failure> {
    let (credential, warning) = settings.vault.credential(&surroundings.clock).await?;
    if let Some(warning) = warning {
        note(&warning.to_string());
    }
    let session = settings.vault.login(credential, &surroundings.clock).await?;
    let read = session.read(&wanted.from).await;
    let keep = match &read {
        Ok(lease) if arguments.keep_lease => match lease.end() {
            End::Leased { until, .. } => Some(*until),
            End::Stored => None,
        },
        _ => None,
    };
    if let Some(until) = keep {
        let until = match session.kind() {
            Kind::Service { ends, .. } | Kind::Batch { ends } => until.min(ends),
            Kind::Personal => until,
        };
        note(&format!(
            "{} ends at {}",
            wanted.name,
            humantime::format_rfc3339_seconds(until)
        ));
        return Ok(read?);
    }
    give_back(&session, &read).await;
    let lease = read?;
    match lease.end() {
        End::Stored => Ok(lease),
        End::Leased { .. } => Err(Failure::usage(
            format!("{} was made for this session and ended with it", wanted.name),
            "use `buildpass run`, which keeps the session while a command runs, or say `--keep-lease`",
        )),
    }
}

async fn give_back<E>(session: &Session, read: &Result<Lease<BuildToken>, E>) {
    let lease = read.as_ref().ok().and_then(|lease| match lease.end() {
        End::Leased { id, .. } => Some(id.clone()),
        End::Stored => None,
    });
    match session.give_back(lease.as_slice()).await {
        Ok(GivenBack::Over | GivenBack::Personal) => {}
        Ok(GivenBack::Lives { until, because }) => note(&format!(
            "the session lives until {}: {because}",
            humantime::format_rfc3339_seconds(until)
        )),
        Err(error) => note(&format!("the session was not given back: {error}")),
    }
}

fn write_stdout(secret: &BuildToken) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(secret.expose().as_bytes())?;
    if stdout.is_terminal() {
        stdout.write_all(b"\n")?;
    }
    stdout.flush()
}

/// Whole or not at all, and never readable by others: a new file takes the old one's place.
fn write_file(path: &Path, secret: &BuildToken) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(secret.expose().as_bytes())?;
    if fs::metadata(path).is_ok_and(|there| there.is_dir()) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    file.persist(path)?;
    Ok(())
}
