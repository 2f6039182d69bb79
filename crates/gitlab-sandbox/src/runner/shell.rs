use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

/// How long processes that a job left behind may keep its log open.
const LEFTOVERS_DEADLINE: Duration = Duration::from_secs(2);

/// What a shell did.
pub(super) enum Outcome {
    /// It ended by itself.
    Ended(ExitStatus, Vec<u8>),
    /// It was ended when its time was over.
    TimedOut(Vec<u8>),
}

/// Runs `command` as the leader of a process group of its own, and ends the whole group with it.
pub(super) async fn run(mut command: Command, time: Duration) -> io::Result<Outcome> {
    let (reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .kill_on_drop(true);
    let mut shell = command.spawn()?;
    // The command holds the pipe's other end; the log ends when no process has it any more.
    drop(command);
    let group = Group::led_by(shell.id());
    let mut log = Log { pipe: Receiver::from_owned_fd(reader.into())?, bytes: Vec::new(), ended: false };

    let deadline = sleep(time);
    tokio::pin!(deadline);
    let exit = loop {
        tokio::select! {
            exit = shell.wait() => break Some(exit?),
            () = log.read() => {}
            () = &mut deadline => break None,
        }
    };
    if exit.is_some() {
        log.read_to_end().await;
    }
    drop(group);
    // Whoever was killed lets go of the log.
    log.read_to_end().await;
    match exit {
        Some(exit) => Ok(Outcome::Ended(exit, log.bytes)),
        None => {
            shell.wait().await?;
            Ok(Outcome::TimedOut(log.bytes))
        }
    }
}

struct Log {
    pipe: Receiver,
    bytes: Vec<u8>,
    ended: bool,
}

impl Log {
    /// Adds what there is next; after the end it never returns.
    async fn read(&mut self) {
        if self.ended {
            std::future::pending().await
        }
        // A pipe that cannot be read has nothing more to say.
        self.ended = !matches!(self.pipe.read_buf(&mut self.bytes).await, Ok(length) if length > 0);
    }

    /// Adds what comes until no process has the log open any more, within a deadline.
    async fn read_to_end(&mut self) {
        let rest = async {
            while !self.ended {
                self.read().await;
            }
        };
        // A process that left the group may keep the log open for as long as it likes.
        let _ = timeout(LEFTOVERS_DEADLINE, rest).await;
    }
}

/// A process group that is killed when it is dropped.
struct Group(Option<Pid>);

impl Group {
    fn led_by(process_id: Option<u32>) -> Self {
        Self(process_id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // A group without processes is as dead as it can be.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
