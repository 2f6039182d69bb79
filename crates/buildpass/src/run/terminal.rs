use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, IsTerminal, Read, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::MetadataExt,
    },
    thread,
    time::Duration,
};

use nix::sys::signal::{SigSet, Signal};
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    process::{Pid, getpid},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    stdio::{stderr, stdin, stdout},
    termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcgetwinsize,
        tcsetattr, tcsetpgrp, tcsetwinsize,
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
        if let Ok(mut modes) = tcgetattr(ours()) {
            if shared() {
                // Ours stays as it is, and shows what is typed already.
                modes.local_modes.remove(LocalModes::ECHO);
            }
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
        let to = File::from(self.0.try_clone()?);
        let from = File::from(rustix::io::fcntl_dupfd_cloexec(stdin(), 3)?);
        thread::spawn(move || drop(pass_keys(&from, &to)));
        Ok(())
    }
}

/// How often it is looked whether the terminal is ours to read.
pub(super) const LOOK: Duration = Duration::from_millis(100);

fn pass_keys(mut from: &File, mut to: &File) -> io::Result<()> {
    // Where the terminal is taken from us between the look and the read, that read fails, and nobody is stopped.
    SigSet::from(Signal::SIGTTIN).thread_block()?;
    let mut keys = [0; 4096];
    loop {
        match poll(&mut [PollFd::new(from, PollFlags::IN)], None) {
            Err(Errno::INTR) => continue,
            other => other?,
        };
        // A terminal that hung up says so here.
        tcgetpgrp(from)?;
        if !is_ours_to_read() {
            thread::park_timeout(LOOK);
            continue;
        }
        match from.read(&mut keys) {
            // In a line that is not raw this is what Ctrl-D means.
            Ok(0) => to.write_all(&[tcgetattr(from)?.special_codes[SpecialCodeIndex::VEOF]])?,
            Ok(count) => to.write_all(&keys[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => thread::park_timeout(LOOK),
        }
    }
}

/// Whether we may take what is typed: we are in the foreground, and nobody in our process group waits for it.
pub(super) fn is_ours_to_read() -> bool {
    in_foreground() && !companions().into_iter().any(reads_a_terminal)
}

/// Whether the terminal is not for us alone: others in our process group, as in a pipeline, have its output or its keys.
pub(super) fn shared() -> bool {
    !io::stdout().is_terminal() && !companions().is_empty()
}

/// The other processes of our process group, but for our ancestors, which wait for us.
fn companions() -> Vec<Pid> {
    if io::stdout().is_terminal() {
        // Nobody behind us has the screen.
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    let all: HashMap<Pid, (Option<Pid>, Option<Pid>)> =
        pids.filter_map(|pid| Some((pid, parent_and_group(pid)?))).collect();
    let mut ancestors = vec![getpid()];
    let mut next = Some(getpid());
    while let Some((parent, _)) = next.and_then(|pid| all.get(&pid)) {
        ancestors.extend(*parent);
        next = *parent;
    }
    let Some(group) = own_group() else { return Vec::new() };
    let group = Some(group);
    all.into_iter()
        .filter(|(pid, (_, of))| *of == group && !ancestors.contains(pid))
        .map(|(pid, _)| pid)
        .collect()
}

/// None for who has ended.
fn parent_and_group(pid: Pid) -> Option<(Option<Pid>, Option<Pid>)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    let mut number = || Some(Pid::from_raw(fields.next()?.parse().ok()?));
    Some((number()?, number()?))
}

/// Whether a process has the terminal for its input: as its stdin or opened by itself, as a pager does.
fn reads_a_terminal(pid: Pid) -> bool {
    let Ok(ours) = rustix::fs::fstat(stdin()) else { return false };
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    let inputs = descriptors
        .flatten()
        .filter(|descriptor| !matches!(descriptor.file_name().to_str(), Some("1" | "2")));
    inputs.filter_map(|input| fs::metadata(input.path()).ok()).any(|file| {
        file.rdev() == ours.st_rdev || file.rdev() == rustix::fs::makedev(5, 0) // /dev/tty
    })
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
        // In the background it is somebody else's by now.
        if in_foreground() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
        }
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
        let ours = own_group()?;
        tcsetpgrp(stdin(), group).ok()?;
        Some(Self(ours))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = tcsetpgrp(stdin(), self.0);
    }
}

/// Whether our stdin is a terminal.
pub(super) fn has_keys() -> bool {
    io::stdin().is_terminal()
}

/// Whether our stdin is our terminal and we are in its foreground.
pub(super) fn in_foreground() -> bool {
    io::stdin().is_terminal() && tcgetpgrp(stdin()).is_ok_and(|group| Some(group) == own_group())
}

/// Who blocked SIGTTOU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BackgroundWrites {
    /// Our caller or nobody; it is the same for CMD.
    AsInherited,
    /// We did, for ourselves alone.
    BlockedByUs,
}

/// Whoever takes the terminal back from the background is stopped for it, unless SIGTTOU is blocked; threads inherit that, and CMD's launcher undoes it.
pub(super) fn block_background_writes() -> BackgroundWrites {
    let was_blocked = SigSet::thread_get_mask().is_ok_and(|mask| mask.contains(Signal::SIGTTOU));
    if was_blocked || SigSet::from(Signal::SIGTTOU).thread_block().is_err() {
        return BackgroundWrites::AsInherited;
    }
    BackgroundWrites::BlockedByUs
}

/// Our own stream, for a pump to write to.
pub(super) fn own_copy(stream: impl AsFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(stream, 3)?)
}

/// Our process group; none where its leader is outside of our PID namespace, as with `docker exec`.
pub(super) fn own_group() -> Option<Pid> {
    Pid::from_raw(nix::unistd::getpgrp().as_raw())
}
