use std::{
    io::{self, IsTerminal},
    os::fd::OwnedFd,
};

use rustix::{
    pipe::fcntl_setpipe_size,
    stdio::{stderr, stdin, stdout},
};

use super::{
    launch::{Channels, Style},
    masking::Masking,
    pump::Pump,
    terminal::{Terminal, own_copy},
};

/// CMD's standard streams, and what carries them to ours: a terminal where ours is one, else pipes.
pub(super) struct Streams {
    /// CMD's ends.
    pub(super) channels: Channels,
    /// Our ends.
    pub(super) pumps: Vec<Pump>,
    /// The terminal that CMD gets.
    pub(super) terminal: Option<Terminal>,
}

impl Streams {
    /// Makes them; nothing flows before CMD runs.
    pub(super) fn set_up(masking: &Masking) -> io::Result<Self> {
        let (to_out, to_err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        if !to_out && !to_err {
            let (stdout, out) = pipe_to(own_copy(stdout())?, masking)?;
            let (stderr, err) = pipe_to(own_copy(stderr())?, masking)?;
            let channels = Channels { stdin: own_copy(stdin())?, stdout, stderr };
            return Ok(Self { channels, pumps: vec![out, err], terminal: None });
        }
        let (terminal, theirs) = Terminal::make()?;
        let screen = if to_out { own_copy(stdout())? } else { own_copy(stderr())? };
        let mut pumps = vec![Pump::start(terminal.output()?, screen, masking.shared())];
        let mut end = |is_terminal: bool, ours: OwnedFd| -> io::Result<OwnedFd> {
            if is_terminal {
                return theirs.try_clone();
            }
            let (end, pump) = pipe_to(ours, masking)?;
            pumps.push(pump);
            Ok(end)
        };
        let (stdout, stderr) = (end(to_out, own_copy(stdout())?)?, end(to_err, own_copy(stderr())?)?);
        let stdin = if io::stdin().is_terminal() {
            terminal.pass_keys()?;
            theirs
        } else {
            own_copy(stdin())?
        };
        Ok(Self { channels: Channels { stdin, stdout, stderr }, pumps, terminal: Some(terminal) })
    }

    pub(super) fn style(&self) -> Style {
        if self.terminal.is_some() { Style::Terminal } else { Style::Group }
    }
}

/// The largest that an ordinary user may have (`/proc/sys/fs/pipe-max-size`).
const PIPE_BYTES: usize = 1024 * 1024;

/// A pipe whose other end is carried to `ours`.
fn pipe_to(ours: OwnedFd, masking: &Masking) -> io::Result<(OwnedFd, Pump)> {
    let (reader, writer) = io::pipe()?;
    // CMD and the mask take turns less often; where the system's limit is lower, the usual size does.
    let _ = fcntl_setpipe_size(&reader, PIPE_BYTES);
    Ok((writer.into(), Pump::start(reader.into(), ours, masking.shared())))
}
