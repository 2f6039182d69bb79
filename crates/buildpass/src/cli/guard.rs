use std::{
    io,
    os::{fd::AsFd, unix::net::UnixStream},
    process::ExitCode,
};

use rustix::{
    io::fcntl_dupfd_cloexec,
    process::setsid,
    stdio::{dup2_stdin, stdin},
};

use super::{Surroundings, block_on};
use crate::{failure::Failure, run};

/// The guardian of a running `buildpass run`; the socket is its stdin.
pub(super) fn execute(surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let stream = detach().map_err(|error| Failure::bug("the guardian cannot be detached", &error))?;
    let kept = block_on(async { run::keep(stream, &surroundings.clock).await })?;
    kept.map_err(|error| Failure::bug("the guardian lost its socket", &error))?;
    Ok(ExitCode::SUCCESS)
}

/// No terminal, no stdio, nobody who may look in.
fn detach() -> io::Result<UnixStream> {
    setsid()?;
    let stream = UnixStream::from(fcntl_dupfd_cloexec(stdin(), 3)?);
    let nothing = std::fs::OpenOptions::new().read(true).open("/dev/null")?;
    dup2_stdin(nothing.as_fd())?;
    Ok(stream)
}
