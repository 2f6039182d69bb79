use std::{ffi::OsStr, fs::File, path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Child,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{Cause, Git, GitFailure, Pins, Progress, activity::Activity};

/// One piece of work for git.
pub struct Task<'a> {
    command: tokio::process::Command,
    /// How long it may do nothing at all.
    stall: Duration,
    progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

/// What git printed for programs.
#[derive(Debug)]
pub struct Finished {
    /// Its stdout.
    pub stdout: Vec<u8>,
}

/// More than anyone would read of what git says.
const MOST_SAID_BYTES: usize = 64 * 1024;
const MOST_STDOUT_BYTES: usize = 64 * 1024 * 1024;

impl<'a> Task<'a> {
    /// Work on the repository in `folder`.
    pub fn new(git: &Git, folder: &Path, pins: &Pins, stall: Duration) -> Self {
        let mut command = git.command(pins);
        command.arg("-C").arg(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, stall, progress: None }
    }

    /// Work on a repository without a working tree. It is named, since a user may forbid git to take one that it merely finds itself in.
    pub fn bare(git: &Git, folder: &Path, pins: &Pins, stall: Duration) -> Self {
        Self::new(git, folder, pins, stall).args(["--git-dir".as_ref(), folder.as_os_str()])
    }

    /// The command and its arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    /// A variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// A lock that lasts until git has ended, even where we are killed before: git inherits it as its stdin, which it does not read.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub fn holding(mut self, lock: &File) -> Result<Self, GitFailure> {
        let lock = lock.try_clone().map_err(|error| GitFailure::of(Cause::NotStarted, error.to_string()))?;
        self.command.stdin(lock);
        Ok(self)
    }

    /// Who hears how far it is.
    #[must_use]
    pub fn tell(mut self, progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Works to the end. Dropped half way, it takes all that it started with it.
    ///
    /// # Errors
    /// What git says, read.
    pub async fn finish(mut self) -> Result<Finished, GitFailure> {
        let mut child =
            self.command.spawn().map_err(|error| GitFailure::of(Cause::NotStarted, error.to_string()))?;
        let mut group = Group::of(&child);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut said = Said::default();
        let stall = self.stall;
        let worked = {
            let hear = said.hear(stderr, self.progress);
            let work = async { tokio::join!(collect(stdout), hear, child.wait()) };
            tokio::select! {
                (stdout, (), status) = work => Some((stdout, status)),
                () = group.stalls(stall) => None,
            }
        };
        let Some((stdout, status)) = worked else {
            return Err(GitFailure::of(Cause::Stalled(stall), said.text));
        };
        group.ended();
        match status {
            Ok(status) if status.success() => Ok(Finished { stdout }),
            Ok(_) => Err(GitFailure::read(said.text)),
            Err(error) => Err(GitFailure::of(Cause::NotStarted, error.to_string())),
        }
    }
}

/// The processes of one task; ended when this is dropped.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(id.cast_signed())))
    }

    fn ended(&mut self) {
        self.0 = None;
    }

    /// Until nothing has been done for so long.
    async fn stalls(&self, stall: Duration) {
        let Some(group) = self.0 else { return std::future::pending().await };
        let mut look = interval((stall / 4).clamp(Duration::from_millis(100), Duration::from_secs(5)));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.tick().await;
        // Most work is over before anybody looks: looking at every process takes longer than a short task.
        let (mut before, mut since) = (Activity::default(), Instant::now());
        while since.elapsed() < stall {
            look.tick().await;
            let activity = Activity::of_group(group);
            if activity != before {
                (before, since) = (activity, Instant::now());
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn collect(stdout: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut collected = Vec::new();
    if let Some(stdout) = stdout {
        // What is not whole is not used: git's own end decides.
        let _ = stdout.take(MOST_STDOUT_BYTES as u64).read_to_end(&mut collected).await;
    }
    collected
}

/// What git said for people, without its progress.
#[derive(Default)]
struct Said {
    text: String,
}

impl Said {
    async fn hear(
        &mut self,
        stderr: Option<impl AsyncRead + Unpin>,
        progress: Option<&(dyn Fn(Progress) + Sync)>,
    ) {
        let Some(mut stderr) = stderr else { return };
        let (mut buffer, mut line) = ([0; 8 * 1024], Vec::new());
        while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
            for byte in &buffer[..count] {
                match byte {
                    b'\n' | b'\r' => self.add(&std::mem::take(&mut line), progress),
                    byte if line.len() < MOST_SAID_BYTES => line.push(*byte),
                    _ => {}
                }
            }
        }
        self.add(&line, progress);
    }

    fn add(&mut self, line: &[u8], progress: Option<&(dyn Fn(Progress) + Sync)>) {
        let line = String::from_utf8_lossy(line);
        match Progress::read(&line) {
            Some(read) => progress.into_iter().for_each(|tell| tell(read.clone())),
            None if self.text.len() + line.len() < MOST_SAID_BYTES && !line.trim().is_empty() => {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
            }
            None => {}
        }
    }
}
