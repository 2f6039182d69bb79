use std::{ffi::OsString, path::PathBuf, time::SystemTime};

use anyhow::{Context as _, bail};

/// What this process was called for. All but the first are its own helpers: a fresh process each, so that what is
/// measured in it is cold and alone.
pub(crate) enum Call {
    /// Measure everything and write it down.
    Measure {
        /// The day that RESULTS.md names.
        date: String,
    },
    /// Run a command and print how much memory its largest process needed.
    PeakMemory(Vec<OsString>),
    /// Time each step of the way to a token at this address, once.
    Steps(String),
    /// Time the loading of the certificate authorities, once.
    Roots,
    /// Measure one thing alone, and write nothing down.
    Alone(Measured),
    /// Ask the credential helper within a `run`, again and again.
    AskHelper {
        /// Whom the credential is for.
        host: String,
        /// buildpass.
        program: PathBuf,
    },
    /// Print so many bytes of a build's output, half of them to stderr.
    Print(usize),
}

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measured {
    Job,
    Mask,
    Output,
    Doctor,
    Access,
    Size,
    Pipeline,
    Sources,
    Explain,
    Lockbox,
}

impl Measured {
    /// All of it, in the order of RESULTS.md.
    pub(crate) const ALL: [Self; 10] = [
        Self::Job,
        Self::Mask,
        Self::Output,
        Self::Doctor,
        Self::Access,
        Self::Size,
        Self::Pipeline,
        Self::Sources,
        Self::Explain,
        Self::Lockbox,
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| format!("{each:?}").eq_ignore_ascii_case(name))
    }
}

const USAGE: &str = "buildpass-bench [--date YYYY-MM-DD | job | mask | output | doctor | access | size | pipeline | sources | explain | lockbox]";

impl Call {
    pub(crate) fn of_this_process() -> anyhow::Result<Self> {
        let mut arguments = std::env::args_os().skip(1);
        let Some(first) = arguments.next() else {
            return Ok(Self::Measure { date: today() });
        };
        let mut text = || -> anyhow::Result<String> {
            arguments.next().and_then(|argument| argument.into_string().ok()).context(USAGE)
        };
        Ok(match first.to_str() {
            Some("--date") => Self::Measure { date: text()? },
            Some("peak-memory") => Self::PeakMemory(arguments.collect()),
            Some("helper") => Self::AskHelper { host: text()?, program: PathBuf::from(text()?) },
            Some("steps") => Self::Steps(text()?),
            Some("roots") => Self::Roots,
            Some("print") => Self::Print(text()?.parse()?),
            Some(name) => Self::Alone(Measured::named(name).context(USAGE)?),
            None => bail!(USAGE),
        })
    }
}

fn today() -> String {
    let text = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    text.chars().take_while(|letter| *letter != 'T').collect()
}
