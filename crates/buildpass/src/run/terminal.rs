use std::{
    fs::File,
    io::{self, IsTerminal},
    os::fd::{AsFd, OwnedFd},
    thread,
};

use nix::sys::signal::{SigSet, Signal};
use rustix::{
    process::{Pid, getpgrp},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    stdio::{stderr, stdin, stdout},
    termios::{
        OptionalActions, Termios, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr, tcsetpgrp, tcsetwinsize,
    },
};

/// A terminal of CMD's own: ours passes keys in and text out.
pub(super) struct Terminal(OwnedFd);

impl Terminal {
    /// Makes one like ours, and with it CMD's end.
    pub(super) fn make() -> io::Result<(Self, OwnedFd)> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
        let slave = rustix::fs::open(&name, flags, rustix::fs::Mode::empty())?;
        let terminal = Self(master);
        terminal.follow_size();
        if let Ok(modes) = tcgetattr(ours()) {
            tcsetattr(&slave, OptionalActions::Now, &modes)?;
        }
        Ok((terminal, slave))
    }

    /// Takes over the size of ours; the kernel tells CMD.
    pub(super) fn follow_size(&self) {
        if let Ok(size) = tcgetwinsize(ours()) {
            let _ = tcsetwinsize(&self.0, size);
        }
    }

    /// What CMD writes.
    pub(super) fn output(&self) -> io::Result<OwnedFd> {
        self.0.try_clone()
    }

    /// Passes what is typed on; the thread ends with the process.
    pub(super) fn pass_keys(&self) -> io::Result<()> {
        let mut to = File::from(self.0.try_clone()?);
        let mut from = File::from(rustix::io::fcntl_dupfd_cloexec(stdin(), 3)?);
        thread::spawn(move || io::copy(&mut from, &mut to));
        Ok(())
    }
}

/// Our own terminal, as the output sees it.
fn ours() -> rustix::fd::BorrowedFd<'static> {
    if io::stdout().is_terminal() { stdout() } else { stderr() }
}

/// Our terminal in raw mode, so that every key goes to CMD; as it was when this is dropped.
pub(super) struct Raw(Termios);

impl Raw {
    /// Only where we are in the foreground of the terminal that is our stdin.
    pub(super) fn enter() -> Option<Self> {
        if !in_foreground() {
            return None;
        }
        let before = tcgetattr(stdin()).ok()?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw).ok()?;
        Some(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), OptionalActions::Drain, &self.0);
    }
}

/// The terminal that is our stdin, lent to CMD's group; ours again when this is dropped.
pub(super) struct Lent(Pid);

impl Lent {
    /// Only where we are in its foreground.
    pub(super) fn to(group: Pid) -> Option<Self> {
        if !in_foreground() {
            return None;
        }
        tcsetpgrp(stdin(), group).ok()?;
        Some(Self(getpgrp()))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = tcsetpgrp(stdin(), self.0);
    }
}

/// Whether our stdin is our terminal and we are in its foreground.
pub(super) fn in_foreground() -> bool {
    io::stdin().is_terminal() && tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
}

/// Whoever takes the terminal back from the background is stopped for it, unless SIGTTOU is blocked; threads inherit that, CMD does not.
pub(super) fn block_background_writes() {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTTOU);
    let _ = signals.thread_block();
}

/// Our own stream, for a pump to write to.
pub(super) fn own_copy(stream: impl AsFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(stream, 3)?)
}
