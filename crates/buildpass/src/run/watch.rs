use std::cell::RefCell;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpgrp, kill_process_group, wait};

use super::{
    launch::{Launched, Said},
    signals::{Came, Escalation, Signals},
    terminal::{Lent, Raw, Terminal},
};

/// How CMD ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With a code of its own.
    Code(u8),
    /// By a signal.
    Signal(i32),
}

/// Where CMD sits: at a terminal of its own, at ours, or at none. Terminals are as they were when this is dropped.
pub(super) struct Seat {
    terminal: Option<Terminal>,
    raw: RefCell<Option<Raw>>,
    lent: RefCell<Option<Lent>>,
}

impl Seat {
    /// Makes ready for CMD, whose group this is unless it gets a terminal of its own.
    pub(super) fn take(terminal: Option<Terminal>, group: Pid) -> Self {
        let lent = terminal.is_none().then(|| Lent::to(group)).flatten();
        let raw = terminal.is_some().then(Raw::enter).flatten();
        Self { terminal, raw: RefCell::new(raw), lent: RefCell::new(lent) }
    }

    /// Whether CMD has a terminal, and with it a watcher, of its own.
    pub(super) fn has_terminal(&self) -> bool {
        self.terminal.is_some()
    }

    /// CMD was stopped, and so are we, until we are told to go on.
    fn stop_with(&self, group: Pid) {
        let (was_raw, was_lent) = (self.raw.take().is_some(), self.lent.take().is_some());
        if !was_raw && !was_lent {
            return;
        }
        let _ = kill_process_group(getpgrp(), Signal::STOP);
        if was_raw {
            self.raw.replace(Raw::enter());
        }
        if was_lent {
            self.lent.replace(Lent::to(group));
        }
        let _ = kill_process_group(group, Signal::CONT);
    }
}

/// Passes signals on until CMD has ended.
pub(super) async fn watch(
    launched: &mut Launched,
    group: Option<Pid>,
    signals: &mut Signals,
    seat: &Seat,
) -> Ended {
    let mut escalation = Escalation::default();
    let mut listening = seat.terminal.is_some();
    loop {
        if let Some(ended) = reap(launched.pid, seat) {
            return ended;
        }
        let came = tokio::select! {
            came = signals.next() => came,
            said = launched.listen(), if listening => {
                match (said, group) {
                    (Ok(Said::Stopped), Some(group)) => seat.stop_with(group),
                    (Ok(Said::Running(_)), _) => {}
                    _ => listening = false,
                }
                continue;
            }
        };
        match (came, group) {
            (Came::PassOn(signal), Some(group)) => escalation.pass_on(signal, group),
            (Came::Resize, Some(group)) => match &seat.terminal {
                Some(terminal) => terminal.follow_size(),
                None => drop(kill_process_group(group, Signal::WINCH)),
            },
            (Came::Child, _) | (_, None) => {}
        }
    }
}

/// Takes every child that ended, our own and the orphans that became ours; says how CMD ended once it did.
fn reap(cmd: Pid, seat: &Seat) -> Option<Ended> {
    let mut ended = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
        if pid == cmd {
            if status.stopped() && seat.terminal.is_none() {
                seat.stop_with(cmd);
            }
            ended = ended.or_else(|| end_of(status));
        }
    }
    ended
}

fn end_of(status: WaitStatus) -> Option<Ended> {
    let code = status.exit_status().map(|code| Ended::Code(u8::try_from(code).unwrap_or(u8::MAX)));
    code.or_else(|| status.terminating_signal().map(Ended::Signal))
}
