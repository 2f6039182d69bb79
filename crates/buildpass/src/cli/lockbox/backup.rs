use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::owner;
use crate::{
    cli::{
        Surroundings, block_on,
        private_file::{folder_of, new_in, put, unwritten},
        report::say,
    },
    failure::Failure,
    vault::Session,
};

/// Save everything that a lockbox has, sealed, while it serves
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to make; `-` is stdout
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,

    /// A file that holds a token which may read `sys/storage/raft/snapshot` [default: VAULT_TOKEN, then BAO_TOKEN]
    #[arg(long, value_name = "FILE")]
    root_token_file: Option<PathBuf>,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let backup = arguments.backup.as_path();
    block_on(async {
        let session = owner::session(surroundings, arguments.root_token_file.as_deref()).await?;
        if backup == Path::new("-") {
            return save(&session, &mut io::stdout().lock(), backup).await.map(drop);
        }
        if backup.exists() {
            return Err(unwritten(backup, &io::ErrorKind::AlreadyExists.into()));
        }
        // It gets its name when all of it is there.
        let mut unnamed = new_in(folder_of(backup)).map_err(|error| unwritten(backup, &error))?;
        let bytes = save(&session, &mut unnamed, backup).await?;
        put(unnamed, backup).map_err(|error| unwritten(backup, &error))?;
        say(&format!("backup {} was made, {bytes} bytes; what opens it is not in it", backup.display()));
        Ok(())
    })??;
    Ok(ExitCode::SUCCESS)
}

async fn save(session: &Session, out: &mut dyn Write, backup: &Path) -> Result<u64, Failure> {
    let mut pieces = session.backup().await?;
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await.map_err(crate::vault::Error::from)? {
        out.write_all(&piece).map_err(|error| unwritten(backup, &error))?;
        bytes += piece.len() as u64;
    }
    out.flush().map_err(|error| unwritten(backup, &error))?;
    Ok(bytes)
}
