use std::process::ExitCode;

use crate::{
    failure::{Blame, Failure},
    run::Ended,
};

/// Says what failed, why, and what to do.
pub(super) fn print(failure: &Failure) {
    say(&format!("error: {}", failure.what));
    for cause in &failure.causes {
        say(&format!("  caused by: {cause}"));
    }
    if let Some(hint) = &failure.hint {
        say(&format!("hint: {hint}"));
    }
}

/// The contract of docs/exit-codes.md.
pub(super) fn exit_code(blame: Blame) -> ExitCode {
    ExitCode::from(match blame {
        Blame::Bug => 1,
        Blame::Usage => 2,
        Blame::Refused => 3,
        Blame::Unreachable => 4,
        Blame::Signal(signal) => return of_end(Ended::Signal(signal)),
    })
}

/// The code of a command that ended so; 128+N for a signal, as a shell has it.
pub(super) fn of_end(ended: Ended) -> ExitCode {
    ExitCode::from(match ended {
        Ended::Code(code) => code,
        Ended::Signal(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
    })
}

/// The exit code of a command that did what it was asked to, and found what is not as it should be; docs/exit-codes.md.
pub(super) const FOUND_FAULTS: u8 = 5;

/// One line for the person who watches; data goes to stdout instead.
pub(super) fn say(line: &str) {
    use std::io::Write as _;
    // Nobody is left to tell when stderr is gone.
    let _ = writeln!(std::io::stderr(), "{line}");
}

pub(super) fn note(text: &str) {
    say(&format!("buildpass: {text}"));
}
