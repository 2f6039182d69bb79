use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::lockbox::{BackupError, BackupFile};
use clap::Args;

use super::{key_file, owner, shares::key_of_shares, unopened::unread};
use crate::{
    cli::{
        Surroundings, block_on,
        private_file::{folder_of, new_in, put, unwritten},
        report::say,
    },
    failure::{Blame, Failure},
    http::Upload,
};

/// Put a backup into a new file, or in the place of everything that a serving lockbox has
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What `lockbox backup` saved
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,

    #[command(flatten)]
    target: Target,

    /// The file with the unseal key of the backup; without it, shares are read from stdin, one a line, which a terminal does not show
    #[arg(long, value_name = "FILE", requires = "file")]
    unseal_key_file: Option<PathBuf>,

    /// A file that holds a token which may write `sys/storage/raft/snapshot` [default: VAULT_TOKEN, then BAO_TOKEN]
    #[arg(long, value_name = "FILE", requires = "replace")]
    root_token_file: Option<PathBuf>,
}

/// Where it goes.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Target {
    /// The lockbox to make; nothing is overwritten
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Replace everything that the lockbox at `--address` has: what was written since the backup is gone
    #[arg(long)]
    replace: bool,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.target.file {
        Some(file) => block_on(into_file(arguments, file))??,
        None => block_on(in_place(arguments, surroundings))??,
    }
    Ok(ExitCode::SUCCESS)
}

async fn into_file(arguments: &Arguments, file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(unwritten(file, &io::ErrorKind::AlreadyExists.into()));
    }
    let backup = BackupFile::open(&arguments.backup).map_err(|error| refused(arguments, error))?;
    let key = match &arguments.unseal_key_file {
        Some(path) => key_file::read(path)?,
        None => key_of_shares(backup.split())?,
    };
    // It gets its name when all of it is there.
    let unnamed = new_in(folder_of(file)).map_err(|error| unwritten(file, &error))?;
    backup.restore(&key, unnamed.path()).await.map_err(|error| refused(arguments, error))?;
    put(unnamed, file).map_err(|error| unwritten(file, &error))?;
    say(&format!(
        "lockbox {} was made of {}; what opened it then opens it now",
        file.display(),
        arguments.backup.display()
    ));
    Ok(())
}

async fn in_place(arguments: &Arguments, surroundings: &Surroundings) -> Result<(), Failure> {
    let backup =
        Upload::open(&arguments.backup).map_err(|error| refused(arguments, BackupError::Io(error)))?;
    let vault = owner::vault(surroundings, arguments.root_token_file.as_deref())?;
    let named = vault.nodes.first().map(ToString::to_string).unwrap_or_default();
    owner::open(&vault, surroundings).await?.restore(backup).await?;
    say(&format!("{named} has what {} held, and nothing else", arguments.backup.display()));
    Ok(())
}

fn refused(arguments: &Arguments, error: BackupError) -> Failure {
    let named = arguments.backup.display();
    let hint = match &error {
        BackupError::NotABackup => "name what `buildpass lockbox backup` saved, or a later buildpass",
        BackupError::OtherKey => {
            "each lockbox has a key of its own: name the one that was in use when the backup was made"
        }
        BackupError::Changed | BackupError::CutOff => {
            "nothing of it was taken: try another copy, or the backup before"
        }
        BackupError::Occupied => "name a file that is not there yet",
        BackupError::Io(_) => "name a file that this user can read",
        BackupError::Storage(error) => return unread(error),
    };
    let mut failure = Failure::of(&error, Some(hint.to_owned()), Blame::Usage);
    failure.what = format!("{named}: {error}");
    failure
}
