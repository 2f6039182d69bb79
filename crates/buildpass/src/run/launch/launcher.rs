use std::{
    ffi::OsString,
    io::{self, IsTerminal, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::{net::UnixStream, process::CommandExt},
    },
    process::Command,
    thread,
};

use nix::sys::signal::{SigSet, Signal as Blocked};
use rustix::{
    io::fcntl_dupfd_cloexec,
    process::{Pid, Signal, WaitOptions, ioctl_tiocsctty, kill_process_group, setsid, waitpid},
    stdio::{dup2_stdin, stderr, stdin, stdout},
    termios::tcsetpgrp,
};

use crate::run::{CoreLimit, Ended};

use super::control::{FAILED, GO, RUNNING, STOPPED, receive_stdin};

/// CMD was never there.
const FAILURE: Ended = Ended::Code(1);

/// How CMD is to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// In the process group that this process leads already; CMD takes this process's place.
    Group,
    /// In a session of its own on the terminal that stdout or stderr is; this process stays and watches.
    Terminal,
}

/// The launcher's whole life. Its stdin is the socket to buildpass; stdout, stderr and the environment are CMD's.
/// With `unblock`, SIGTTOU is blocked for buildpass's own sake, and not to be for CMD.
///
/// # Errors
/// When the socket cannot be used; buildpass is gone then.
pub fn launch(plan: Plan, core_limit: CoreLimit, unblock: bool, command: &[OsString]) -> io::Result<Ended> {
    core_limit.restore()?;
    if unblock {
        SigSet::from(Blocked::SIGTTOU).thread_unblock()?;
    }
    let mut control = UnixStream::from(fcntl_dupfd_cloexec(stdin(), 3)?);
    let cmd_stdin = receive_stdin(control.as_fd())?;
    dup2_stdin(&cmd_stdin)?;
    drop(cmd_stdin);
    if plan == Plan::Terminal {
        setsid()?;
        ioctl_tiocsctty(terminal())?;
    }
    let mut word = [0];
    control.read_exact(&mut word)?;
    if word[0] != GO {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    };
    #[expect(clippy::disallowed_methods, reason = "`run` starts CMD; its environment was made for it")]
    let mut cmd = Command::new(program);
    cmd.args(arguments);
    match plan {
        Plan::Group => {
            let error = cmd.exec();
            say_failed(&mut control, &error)?;
            Ok(FAILURE)
        }
        Plan::Terminal => watch(cmd, control),
    }
}

/// Runs CMD in the terminal's foreground, and tells buildpass when it stops, as a shell tells its user.
fn watch(mut cmd: Command, mut control: UnixStream) -> io::Result<Ended> {
    let child = match cmd.process_group(0).spawn() {
        Ok(child) => child,
        Err(error) => {
            say_failed(&mut control, &error)?;
            return Ok(FAILURE);
        }
    };
    let group = Pid::from_child(&child);
    let _ = tcsetpgrp(terminal(), group);
    // CMD may have asked for the terminal before it was in the foreground, and been stopped for it.
    let _ = kill_process_group(group, Signal::CONT);
    let mut running = vec![RUNNING];
    running.extend_from_slice(&group.as_raw_nonzero().get().to_be_bytes());
    control.write_all(&running)?;
    let mut listening = control.try_clone()?;
    thread::spawn(move || {
        // Nothing is ever said on the socket now: it ends when buildpass does, and so does CMD.
        let _ = listening.read(&mut [0]);
        let _ = kill_process_group(group, Signal::HUP);
        let _ = kill_process_group(group, Signal::CONT);
    });
    loop {
        let Some((_, status)) = waitpid(Some(group), WaitOptions::UNTRACED)? else {
            continue;
        };
        if let Some(code) = status.exit_status() {
            return Ok(Ended::Code(u8::try_from(code).unwrap_or(u8::MAX)));
        }
        if let Some(signal) = status.terminating_signal() {
            return Ok(Ended::Signal(signal));
        }
        if status.stopped() {
            control.write_all(&[STOPPED])?;
        }
    }
}

fn say_failed(control: &mut UnixStream, error: &io::Error) -> io::Result<()> {
    let mut failed = vec![FAILED];
    failed.extend_from_slice(&error.raw_os_error().unwrap_or_default().to_be_bytes());
    control.write_all(&failed)
}

fn terminal() -> BorrowedFd<'static> {
    if io::stdout().is_terminal() { stdout() } else { stderr() }
}
