use std::{
    io::{self, IsTerminal, Stdin},
    os::fd::AsFd,
};

use ::lockbox::{RootKey, Split};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use nix::sys::{
    signal::{SigSet, Signal},
    signalfd::{SfdFlags, SignalFd},
};
use rustix::{
    event::{PollFd, PollFlags, poll},
    termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr},
};
use zeroize::Zeroizing;

use crate::{cli::report::say, failure::Failure};

/// The unseal key of as many shares as open it, one a line; a terminal does not show what is typed.
///
/// # Errors
/// When what is typed are no such shares.
pub(super) fn key_of_shares(split: Split) -> Result<RootKey, Failure> {
    let count = usize::from(split.threshold());
    let stdin = io::stdin();
    let lines = if stdin.is_terminal() {
        typed(&stdin, split).map_err(|error| {
            Failure::usage(
                format!("the terminal cannot be kept from showing the unseal keys: {error}"),
                "give them on stdin without a terminal, or name the key's file with `--unseal-key-file`",
            )
        })?
    } else {
        ask_for(count, split);
        piped(&stdin, count).map_err(|_| no_shares())?
    };
    let share = |line: &Zeroizing<String>| Ok(Zeroizing::new(STANDARD.decode(line.trim())?));
    let shares: Result<Vec<_>, base64::DecodeError> = lines.iter().map(share).collect();
    RootKey::from_shares(&shares.map_err(|_| no_shares())?, split).map_err(|_| no_shares())
}

fn ask_for(count: usize, split: Split) {
    say(&format!("{count} of the {} unseal keys, one a line:", split.shares()));
}

fn no_shares() -> Failure {
    Failure::usage(
        "what came from stdin are not enough unseal keys",
        "type as many keys as open the lockbox, one a line, or name the key's file with `--unseal-key-file`",
    )
}

/// Lines from a pipe or a file: past the buffer of the standard library, which nobody wipes.
fn piped(stdin: &Stdin, count: usize) -> io::Result<Vec<Zeroizing<String>>> {
    let mut bytes = Zeroizing::new([0; MOST_PIPED_BYTES]);
    let mut filled = 0;
    while bytes[..filled].iter().filter(|byte| **byte == b'\n').count() < count && filled < bytes.len() {
        match rustix::io::read(stdin, &mut bytes[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    bytes[..filled].split(|byte| *byte == b'\n').take(count).map(line).collect()
}

fn line(bytes: &[u8]) -> io::Result<Zeroizing<String>> {
    let text = str::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Lines from a terminal. A signal finds the terminal as it was: Ctrl-C leaves no shell behind that shows nothing.
fn typed(stdin: &Stdin, split: Split) -> io::Result<Vec<Zeroizing<String>>> {
    let count = usize::from(split.threshold());
    let mut lines = Vec::new();
    while lines.len() < count {
        // Whoever is asked may type at once.
        let unseen = Unseen::begin(stdin)?;
        ask_for(count - lines.len(), split);
        while lines.len() < count {
            match unseen.next()? {
                Typed::Line(line) => lines.push(line),
                Typed::End => return Ok(lines),
                // It is carried out when `unseen` ends; whoever was only stopped goes on behind that.
                Typed::Signal => break,
            }
        }
    }
    Ok(lines)
}

enum Typed {
    Line(Zeroizing<String>),
    End,
    Signal,
}

/// A terminal that shows nothing of what is typed, while signals wait.
struct Unseen<'a> {
    terminal: &'a Stdin,
    before: Termios,
    waiting: SignalFd,
    held: SigSet,
}

impl<'a> Unseen<'a> {
    fn begin(terminal: &'a Stdin) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let held: SigSet = HELD.into_iter().collect();
        let waiting = SignalFd::with_flags(&held, SfdFlags::SFD_CLOEXEC)?;
        held.thread_block()?;
        let unseen = Self { terminal, before, waiting, held };
        let mut quiet = unseen.before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        // Ctrl-C empties the line otherwise, also one that `poll` has announced, and its reader waits for ever.
        quiet.local_modes.insert(LocalModes::ECHONL | LocalModes::NOFLSH);
        tcsetattr(terminal, OptionalActions::Now, &quiet)?;
        Ok(unseen)
    }

    fn next(&self) -> io::Result<Typed> {
        let mut ready = [
            PollFd::new(&self.waiting, PollFlags::IN),
            PollFd::from_borrowed_fd(self.terminal.as_fd(), PollFlags::IN),
        ];
        poll(&mut ready, None)?;
        if !ready[0].revents().is_empty() {
            // What was typed is for us, and not for the shell behind us.
            tcflush(self.terminal, QueueSelector::IFlush)?;
            return Ok(Typed::Signal);
        }
        // A terminal gives one line at a time.
        let mut bytes = Zeroizing::new([0; LONGEST_LINE_BYTES]);
        let count = rustix::io::read(self.terminal, &mut *bytes)?;
        if count == 0 {
            return Ok(Typed::End);
        }
        Ok(Typed::Line(line(&bytes[..count])?))
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        // A terminal that has gone shows nothing.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
        let _ = self.held.thread_unblock();
    }
}

/// What ends or stops a process at a terminal.
const HELD: [Signal; 5] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGQUIT, Signal::SIGHUP, Signal::SIGTSTP];

/// As many shares as there can be have room in it.
const MOST_PIPED_BYTES: usize = 16 * 1024;

/// The longest line that a terminal gives.
const LONGEST_LINE_BYTES: usize = 4096;
