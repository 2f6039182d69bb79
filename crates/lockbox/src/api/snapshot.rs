//! `sys/storage/raft/snapshot`: all of the vault, out and in, while it serves.
//!
//! The path is OpenBao's; what goes over it is lockbox's own.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use http_body_util::BodyExt;
use hyper::{
    Response,
    body::{Bytes, Incoming as Body},
    header::{CONNECTION, CONTENT_TYPE, HeaderValue},
};
use tokio::{runtime::Handle, sync::mpsc, task, time};

use super::{
    Core, Vault,
    failure::Failure,
    payload::Payload,
    transfer::{Cargo, Transfer},
};
use crate::{
    exchange::{Answer, Operation},
    storage::{Backup, BackupError, BackupFailure, Checked},
};

/// The path under `sys/`.
pub(super) const PATH: &str = "storage/raft/snapshot";

/// Whether what goes over this path is no JSON.
pub(super) fn is_at(path: &str) -> bool {
    path.strip_prefix("sys/") == Some(PATH)
}

/// Does what is asked for by somebody who may.
///
/// # Errors
/// When it cannot be read or written, or the backup that came is no good.
pub(super) async fn handle(
    (vault, core): (&Arc<Vault>, &Core),
    transfer: &Transfer,
    operation: Operation,
) -> Result<Answer, Failure> {
    match operation {
        Operation::Read => {
            transfer.put(Cargo::Download(core.store.backup()?));
            Ok(Answer::empty())
        }
        Operation::Update => {
            let Cargo::Body(body, patience) = transfer.take() else { return Err(BackupError::CutOff.into()) };
            let backup = take_in(core, body, patience).await?;
            let vault = Arc::clone(vault);
            // A client that goes away in the middle must not leave it half done.
            let restored = task::spawn(async move { vault.restore(backup).await });
            restored.await.unwrap_or(Err(Failure::Sealed))?;
            Ok(Answer::empty())
        }
        _ => Err(Failure::UnsupportedOperation),
    }
}

/// Writes a body down, and looks at it when all of it is there.
async fn take_in(core: &Core, mut body: Body, patience: Duration) -> Result<Checked, Failure> {
    let spool = core.store.spool()?;
    let (pieces, arriving) = mpsc::channel(PIECES_AHEAD);
    let written = task::spawn_blocking(move || write_down(spool, arriving));
    loop {
        let Ok(frame) = time::timeout(patience, body.frame()).await else {
            return Err(BackupError::Io(io::ErrorKind::TimedOut.into()).into());
        };
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| Failure::BodyCutOff)?;
        if let Ok(data) = frame.into_data()
            && pieces.send(data).await.is_err()
        {
            break;
        }
    }
    drop(pieces);
    let spool = written.await.map_err(|error| BackupError::Io(io::Error::other(error)))?;
    let spool = spool.map_err(BackupError::Io)?;
    let store = Arc::clone(&core.store);
    let checked = task::spawn_blocking(move || store.check(spool)).await;
    Ok(checked.map_err(|error| BackupError::Io(io::Error::other(error)))??)
}

fn write_down<W: Write>(mut spool: W, mut arriving: mpsc::Receiver<Bytes>) -> io::Result<W> {
    while let Some(piece) = arriving.blocking_recv() {
        spool.write_all(&piece)?;
    }
    Ok(spool)
}

/// The answer that is a backup. Its connection ends with it, so that it is not taken for one that waits.
pub(super) fn response(backup: Backup, patience: Duration) -> Response<Payload> {
    let (pieces, body) = mpsc::channel(PIECES_AHEAD);
    let pieces = Pieces { pieces, patience, runtime: Handle::current() };
    task::spawn_blocking(move || {
        if let Err(BackupFailure::Storage(error)) = backup.write_to(&pieces) {
            // Whoever takes it must not think that this is all.
            let _ = pieces.give(Err(io::Error::other(error)));
        }
    });
    let mut response = Response::new(Payload::Pieces(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Where the pieces of a backup go.
struct Pieces {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    /// How long one may wait to be taken: a backup keeps pages of the file from being used again.
    patience: Duration,
    runtime: Handle,
}

impl Pieces {
    fn give(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let given = self.runtime.block_on(time::timeout(self.patience, self.pieces.send(piece)));
        match given {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for &Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.give(Ok(Bytes::copy_from_slice(bytes)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// With pieces of 64 KiB, what one transfer takes in memory.
const PIECES_AHEAD: usize = 8;
