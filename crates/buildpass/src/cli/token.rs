use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{
    Surroundings, block_on,
    fetch::{Leased, fetch},
    private_file::{folder_of, new_in},
    report::note,
};
use crate::{
    config::{Flags, PipelineFlags, Settings},
    failure::{Blame, Failure},
    run::Wanted,
    secret::BuildToken,
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

    #[command(flatten)]
    pipeline: PipelineFlags,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let flags = Flags { pipeline: arguments.pipeline.clone(), ..surroundings.flags.clone() };
    let settings = Settings::load(&flags, &surroundings.environment)?;
    let filled = settings.filled.iter().find(|filled| filled.name.as_str() == arguments.name);
    if let Some(filled) = filled {
        return deliver(arguments, &filled.value);
    }
    settings.notes.iter().for_each(|text| note(text));
    let wanted = find(&settings, &arguments.name)?;
    let leased = if arguments.keep_lease { Leased::Kept } else { Leased::Refused };
    let fetched = block_on(fetch(&settings, wanted, leased, &surroundings.clock))?;
    let refused = matches!(&fetched, Err(failure) if failure.blame == Blame::Refused);
    if refused && !settings.doubts.is_empty() {
        let doubts = settings.doubts.join(" or ");
        note(&format!("whether {doubts} is a setting of the project cannot be told from a job"));
    }
    let lease = fetched?;
    deliver(arguments, lease.value())
}

fn deliver(arguments: &Arguments, secret: &BuildToken) -> Result<ExitCode, Failure> {
    let written = match &arguments.output {
        Some(path) => write_file(path, secret).map_err(|error| (path.display().to_string(), error)),
        None => write_stdout(secret).map_err(|error| ("stdout".to_owned(), error)),
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
    if let Some(wanted) = settings.secrets.iter().find(|secret| secret.name.as_str() == name) {
        return Ok(wanted);
    }
    if settings.withheld.iter().any(|withheld| withheld.as_str() == name) {
        return Err(Failure::usage(
            format!("the secret {name} is not for this job"),
            "its `when` does not hold here",
        ));
    }
    let known: Vec<&str> = settings.secrets.iter().map(|secret| secret.name.as_str()).collect();
    Err(Failure::usage(
        format!("no secret is named {name}"),
        match known[..] {
            [] => "add a `[[secret]]` to buildpass.toml, or say `--secret NAME=path/field@mount`".to_owned(),
            _ => format!("these are: {}", known.join(", ")),
        },
    ))
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
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_file() => {}
        Ok(_) => return Err(io::Error::other("what is there is no regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = new_in(folder_of(path))?;
    file.write_all(secret.expose().as_bytes())?;
    file.persist(path)?;
    Ok(())
}
