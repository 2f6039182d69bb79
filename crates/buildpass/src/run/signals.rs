use std::{fs, future, io};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::signal::unix::{self, SignalKind};

use crate::failure::{Blame, Failure};

/// The signals that are passed on to CMD, and the news of children.
pub(super) struct Signals {
    interrupt: Heard,
    terminate: Heard,
    hangup: Heard,
    quit: Heard,
    user1: Heard,
    user2: Heard,
    resize: Heard,
    child: unix::Signal,
    /// INT or TERM came once already.
    asked: bool,
}

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// A signal to pass on.
    PassOn(Signal),
    /// Our terminal has another size.
    Resize,
    /// A child ended or stopped.
    Child,
}

/// A signal that is listened to, unless our caller ignores it: then CMD inherits that, as it would without us.
struct Heard(Option<unix::Signal>);

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let hear = |kind| Heard::unless(ignored, kind);
        Ok(Self {
            interrupt: hear(SignalKind::interrupt())?,
            terminate: hear(SignalKind::terminate())?,
            hangup: hear(SignalKind::hangup())?,
            quit: hear(SignalKind::quit())?,
            user1: hear(SignalKind::user_defined1())?,
            user2: hear(SignalKind::user_defined2())?,
            resize: hear(SignalKind::window_change())?,
            child: unix::signal(SignalKind::child())?,
            asked: false,
        })
    }

    pub(super) async fn next(&mut self) -> Came {
        tokio::select! {
            () = self.interrupt.recv() => Came::PassOn(Signal::INT),
            () = self.terminate.recv() => Came::PassOn(Signal::TERM),
            () = self.hangup.recv() => Came::PassOn(Signal::HUP),
            () = self.quit.recv() => Came::PassOn(Signal::QUIT),
            () = self.user1.recv() => Came::PassOn(Signal::USR1),
            () = self.user2.recv() => Came::PassOn(Signal::USR2),
            () = self.resize.recv() => Came::Resize,
            _ = self.child.recv() => Came::Child,
        }
    }

    /// A signal that asks us to end before CMD was started.
    pub(super) async fn end(&mut self) -> Signal {
        loop {
            if let Came::PassOn(signal @ (Signal::INT | Signal::TERM | Signal::HUP | Signal::QUIT)) =
                self.next().await
            {
                return signal;
            }
        }
    }

    /// Passes a signal on; the second request to end is not a request any more.
    pub(super) fn pass_on(&mut self, signal: Signal, group: Pid) {
        let signal = if self.insists(signal) { Signal::KILL } else { signal };
        // A group that is gone needs no signal.
        let _ = kill_process_group(group, signal);
    }

    /// Waits for the second request to end, which the first may have come long before.
    pub(super) async fn second_request(&mut self) {
        loop {
            if let Came::PassOn(signal) = self.next().await
                && self.insists(signal)
            {
                return;
            }
        }
    }

    fn insists(&mut self, signal: Signal) -> bool {
        let ends = matches!(signal, Signal::INT | Signal::TERM);
        let insists = ends && self.asked;
        self.asked |= ends;
        insists
    }
}

/// Whether somebody has asked us to end: once asked, it stays so. A signal that our caller ignores asks for nothing.
#[derive(Clone, Debug)]
pub struct AskedToEnd(Shared<BoxFuture<'static, Signal>>);

/// Somebody asked us to end, by this signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signal {0} came before it was done")]
pub struct Interrupted(pub i32);

impl AskedToEnd {
    /// Listens from now on, instead of ending at once; only within a runtime.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let hear = |kind| Heard::unless(ignored, kind);
        let (mut interrupt, mut terminate) = (hear(SignalKind::interrupt())?, hear(SignalKind::terminate())?);
        let (mut hangup, mut quit) = (hear(SignalKind::hangup())?, hear(SignalKind::quit())?);
        let came = async move {
            tokio::select! {
                () = interrupt.recv() => Signal::INT,
                () = terminate.recv() => Signal::TERM,
                () = hangup.recv() => Signal::HUP,
                () = quit.recv() => Signal::QUIT,
            }
        };
        Ok(Self(came.boxed().shared()))
    }

    /// By which signal somebody has asked so far.
    pub fn so_far(&self) -> Option<i32> {
        self.0.clone().now_or_never().map(Signal::as_raw)
    }

    /// What `work` comes to, unless somebody asks us to end before; then it is dropped where it stands.
    ///
    /// # Errors
    /// When somebody asks us to end.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        tokio::select! {
            biased;
            signal = self.0.clone() => Err(Interrupted(signal.as_raw())),
            done = work => Ok(done),
        }
    }
}

impl From<Interrupted> for Failure {
    fn from(interrupted: Interrupted) -> Self {
        Self::of(&interrupted, None, Blame::Signal(interrupted.0))
    }
}

impl Heard {
    fn unless(ignored: u64, kind: SignalKind) -> io::Result<Self> {
        let is_ignored = ignored >> (kind.as_raw_value() - 1) & 1 == 1;
        Ok(Self(if is_ignored { None } else { Some(unix::signal(kind)?) }))
    }

    async fn recv(&mut self) {
        match &mut self.0 {
            Some(signal) => drop(signal.recv().await),
            None => future::pending().await,
        }
    }
}

/// The signals that our caller ignores, one bit each; none where the kernel does not say.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
