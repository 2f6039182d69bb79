/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Pass(Seen),
    /// It works, and somebody should look at it.
    Warn(Seen, Vec<Fault>),
    /// It does not work.
    Fail(Seen, Vec<Fault>),
    /// It could not be looked at, or need not be.
    Skipped(Because),
}

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// In one line.
    pub line: String,
    /// What else belongs to it, a line each.
    pub details: Vec<String>,
}

/// Something that is not as it should be, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How it should be.
    pub expected: String,
    /// How it is.
    pub actual: String,
    /// What to do: the line to change, and where.
    pub advice: String,
}

/// Why a check was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// An earlier check failed.
    Failed(&'static str),
    /// It asks servers, and nobody was to be asked.
    Offline,
    /// There is nothing that it could look at here; what needs it goes on.
    NotNeeded(String),
}

impl Verdict {
    /// It is as it should be.
    pub fn pass(seen: impl Into<String>) -> Self {
        Self::Pass(Seen::line(seen))
    }

    /// It works, and somebody should look at it.
    pub fn warn(seen: impl Into<String>, fault: Fault) -> Self {
        Self::Warn(Seen::line(seen), vec![fault])
    }

    /// It does not work.
    pub fn fail(seen: impl Into<String>, fault: Fault) -> Self {
        Self::Fail(Seen::line(seen), vec![fault])
    }

    /// There is nothing to look at.
    pub fn not_needed(why: impl Into<String>) -> Self {
        Self::Skipped(Because::NotNeeded(why.into()))
    }

    /// Fails with the first list, warns with the second, and passes where both are empty.
    pub fn of(seen: impl Into<String>, faults: Vec<Fault>, warnings: Vec<Fault>) -> Self {
        let seen = Seen::line(seen);
        match (faults.is_empty(), warnings.is_empty()) {
            (false, _) => Self::Fail(seen, faults),
            (true, false) => Self::Warn(seen, warnings),
            (true, true) => Self::Pass(seen),
        }
    }

    /// Adds a line to what was seen.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        if let Self::Pass(seen) | Self::Warn(seen, _) | Self::Fail(seen, _) = &mut self {
            seen.details.push(line.into());
        }
        self
    }

    /// `pass`, `warn`, `fail` or `skipped`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass(_) => "pass",
            Self::Warn(..) => "warn",
            Self::Fail(..) => "fail",
            Self::Skipped(_) => "skipped",
        }
    }

    /// What was seen, where something was.
    pub fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Pass(seen) | Self::Warn(seen, _) | Self::Fail(seen, _) => Some(seen),
            Self::Skipped(_) => None,
        }
    }

    /// What is not as it should be.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Warn(_, faults) | Self::Fail(_, faults) => faults,
            Self::Pass(_) | Self::Skipped(_) => &[],
        }
    }
}

impl Seen {
    fn line(line: impl Into<String>) -> Self {
        Self { line: line.into(), details: Vec::new() }
    }
}

impl Fault {
    /// Expected beside actual, and what to do.
    pub fn new(expected: impl Into<String>, actual: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { expected: expected.into(), actual: actual.into(), advice: advice.into() }
    }
}

impl Because {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Failed(id) => format!("because {id} failed"),
            Self::Offline => "because it asks a server, and `--offline` was said".to_owned(),
            Self::NotNeeded(why) => why.clone(),
        }
    }
}
