use std::io;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::signal::unix::{self, SignalKind};

/// The signals that are passed on to CMD, and the news of children.
pub(super) struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hangup: unix::Signal,
    quit: unix::Signal,
    user1: unix::Signal,
    user2: unix::Signal,
    resize: unix::Signal,
    child: unix::Signal,
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

/// Passes signals on; the second request to end is not a request any more.
#[derive(Debug, Default)]
pub(super) struct Escalation {
    asked: bool,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            terminate: unix::signal(SignalKind::terminate())?,
            hangup: unix::signal(SignalKind::hangup())?,
            quit: unix::signal(SignalKind::quit())?,
            user1: unix::signal(SignalKind::user_defined1())?,
            user2: unix::signal(SignalKind::user_defined2())?,
            resize: unix::signal(SignalKind::window_change())?,
            child: unix::signal(SignalKind::child())?,
        })
    }

    pub(super) async fn next(&mut self) -> Came {
        tokio::select! {
            _ = self.interrupt.recv() => Came::PassOn(Signal::INT),
            _ = self.terminate.recv() => Came::PassOn(Signal::TERM),
            _ = self.hangup.recv() => Came::PassOn(Signal::HUP),
            _ = self.quit.recv() => Came::PassOn(Signal::QUIT),
            _ = self.user1.recv() => Came::PassOn(Signal::USR1),
            _ = self.user2.recv() => Came::PassOn(Signal::USR2),
            _ = self.resize.recv() => Came::Resize,
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
}

impl Escalation {
    pub(super) fn pass_on(&mut self, signal: Signal, group: Pid) {
        let ends = matches!(signal, Signal::INT | Signal::TERM);
        let signal = if ends && self.asked { Signal::KILL } else { signal };
        self.asked |= ends;
        // A group that is gone needs no signal.
        let _ = kill_process_group(group, signal);
    }
}
