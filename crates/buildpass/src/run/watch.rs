use std::cell::{Cell, RefCell};

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process_group, wait};

use super::{
    launch::{Launched, Said},
    signals::{Came, Signals},
    terminal::{LOOK, Lent, Raw, Terminal, has_keys, is_ours_to_read, own_group, shared},
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
    /// Nobody in our process group needs our terminal beside us.
    alone: bool,
    raw: RefCell<Option<Raw>>,
    lent: RefCell<Option<Lent>>,
    /// CMD was stopped because it reads a terminal that it was not lent.
    waits: Cell<bool>,
}

impl Seat {
    /// Makes ready for CMD, whose group this is unless it gets a terminal of its own.
    pub(super) fn take(terminal: Option<Terminal>, group: Pid) -> Self {
        let alone = !shared();
        let lent = (terminal.is_none() && alone).then(|| Lent::to(group)).flatten();
        let raw = (terminal.is_some() && alone).then(Raw::enter).flatten();
        Self { terminal, alone, raw: RefCell::new(raw), lent: RefCell::new(lent), waits: Cell::new(false) }
    }

    /// Whether CMD has a terminal, and with it a watcher, of its own.
    pub(super) fn has_terminal(&self) -> bool {
        self.terminal.is_some()
    }

    /// Whether the terminal may become CMD's later.
    fn looks(&self) -> bool {
        if self.terminal.is_some() {
            self.alone && self.raw.borrow().is_none() && has_keys()
        } else {
            self.waits.get()
        }
    }

    /// Gives CMD the terminal, where it came to us since or nobody beside us needs it any more.
    fn look(&self, group: Pid) {
        if self.terminal.is_some() {
            self.raw.replace(Raw::enter());
        } else if is_ours_to_read() {
            self.waits.set(false);
            self.lent.replace(Lent::to(group));
            let _ = kill_process_group(group, Signal::CONT);
        }
    }

    /// CMD was stopped, and so are we, until we are told to go on.
    fn stop_with(&self, group: Pid) {
        let (was_raw, was_lent) = (self.raw.take().is_some(), self.lent.take().is_some());
        if !was_raw && !was_lent {
            return;
        }
        if let Some(ours) = own_group() {
            let _ = kill_process_group(ours, Signal::STOP);
        }
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
    let mut listening = seat.terminal.is_some();
    loop {
        if let Some(ended) = reap(launched.pid, seat) {
            return ended;
        }
        let came = tokio::select! {
            came = signals.next() => came,
            () = tokio::time::sleep(LOOK), if seat.looks() => {
                if let Some(group) = group {
                    seat.look(group);
                }
                continue;
            }
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
            (Came::PassOn(signal), Some(group)) => {
                signals.pass_on(signal, group);
                if seat.waits.get() {
                    // Who is stopped hears nothing before it goes on.
                    let _ = kill_process_group(group, Signal::CONT);
                }
            }
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
            if let Some(signal) = status.stopping_signal().filter(|_| seat.terminal.is_none()) {
                let for_terminal = [Signal::TTIN, Signal::TTOU].map(Signal::as_raw).contains(&signal);
                if for_terminal && seat.lent.borrow().is_none() {
                    seat.waits.set(true);
                } else {
                    seat.stop_with(cmd);
                }
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
