use std::{
    ffi::{OsStr, OsString},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{net::UnixStream, process::CommandExt},
    },
    process::{Command, Stdio},
};

use rustix::process::Pid;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::control::{FAILED, GO, RUNNING, STOPPED, send_stdin};
use crate::run::{Error, environment::Environment, terminal::BackgroundWrites};

/// How CMD is to live, seen from buildpass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) enum Style {
    /// In a process group of its own.
    Group,
    /// In a session of its own on a terminal of its own.
    Terminal,
}

/// CMD's three standard streams.
pub(in crate::run) struct Channels {
    pub(in crate::run) stdin: OwnedFd,
    pub(in crate::run) stdout: OwnedFd,
    pub(in crate::run) stderr: OwnedFd,
}

/// The launcher, and later CMD.
pub(in crate::run) struct Launched {
    /// Our child: CMD itself in a group, its watcher on a terminal.
    pub(in crate::run) pid: Pid,
    control: tokio::net::UnixStream,
    style: Style,
}

/// What became of CMD's start.
pub(in crate::run) enum Said {
    /// On a terminal: CMD runs in this group.
    Running(Pid),
    /// On a terminal: CMD was stopped.
    Stopped,
    /// In a group: the launcher's place was taken by CMD. On a terminal: the watcher ended.
    Closed,
}

impl Launched {
    /// Starts the launcher, which waits for `go`.
    pub(in crate::run) fn start(
        style: Style,
        command: &[OsString],
        environment: &Environment,
        background_writes: BackgroundWrites,
        channels: Channels,
    ) -> Result<Self, Error> {
        let failed = Error::system("the launcher cannot be started");
        let start = || -> io::Result<Self> {
            let (ours, theirs) = UnixStream::pair()?;
            #[expect(
                clippy::disallowed_methods,
                reason = "`run` starts the launcher; its environment is CMD's"
            )]
            let mut launcher = Command::new("/proc/self/exe");
            launcher
                .arg0("buildpass")
                .arg("launch")
                .arg(format!("--core-limit={}", environment.core_limit()));
            match style {
                Style::Group => launcher.process_group(0),
                Style::Terminal => launcher.arg("--terminal"),
            };
            if background_writes == BackgroundWrites::BlockedByUs {
                launcher.arg("--unblock");
            }
            environment.apply(&mut launcher);
            let child = launcher
                .arg(OsStr::new("--"))
                .args(command)
                .stdin(Stdio::from(OwnedFd::from(theirs)))
                .stdout(Stdio::from(channels.stdout))
                .stderr(Stdio::from(channels.stderr))
                .spawn()?;
            send_stdin(&ours, channels.stdin.as_fd())?;
            ours.set_nonblocking(true)?;
            Ok(Self { pid: Pid::from_child(&child), control: tokio::net::UnixStream::from_std(ours)?, style })
        };
        start().map_err(failed)
    }

    /// Lets CMD run.
    pub(in crate::run) async fn go(&mut self, command: &OsStr) -> Result<Option<Pid>, Error> {
        self.control.write_all(&[GO]).await.map_err(Error::system("the launcher ended too early"))?;
        match self.listen().await {
            Ok(Said::Running(group)) => Ok(Some(group)),
            Ok(Said::Closed | Said::Stopped) if self.style == Style::Group => Ok(Some(self.pid)),
            Ok(Said::Closed | Said::Stopped) => Ok(None),
            Err(source) => Err(Error::Command { command: command.to_owned(), source }),
        }
    }

    /// Waits for what the launcher says next.
    ///
    /// # Errors
    /// CMD cannot be started.
    pub(in crate::run) async fn listen(&mut self) -> io::Result<Said> {
        let mut word = [0];
        let mut number = [0; 4];
        if self.control.read_exact(&mut word).await.is_err() {
            return Ok(Said::Closed);
        }
        match word[0] {
            STOPPED => return Ok(Said::Stopped),
            RUNNING | FAILED => {}
            _ => return Ok(Said::Closed),
        }
        if self.control.read_exact(&mut number).await.is_err() {
            return Ok(Said::Closed);
        }
        let number = i32::from_be_bytes(number);
        match (word[0], Pid::from_raw(number)) {
            (RUNNING, Some(group)) => Ok(Said::Running(group)),
            _ => Err(io::Error::from_raw_os_error(number)),
        }
    }
}
