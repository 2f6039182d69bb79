use std::{ffi::OsString, io, path::Path, process::Stdio};

use tokio::process::Command;

use super::Pins;

/// The git of this machine, and the environment that it is started in.
#[derive(Clone)]
pub struct Git {
    environment: Vec<(OsString, OsString)>,
}

/// There is no git that can be used.
#[derive(Debug, thiserror::Error)]
pub enum NoGit {
    /// It cannot be started.
    #[error("git cannot be started")]
    Absent(#[source] io::Error),
    /// It knows no configuration by environment, by which it is told whom to ask.
    #[error("git {0} is too old")]
    Old(String),
}

/// What a user may say to git by environment; everything else of the kind speaks of another repository, or of whom to trust.
const KEPT: [&str; 9] = [
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_VERSION",
];

/// `GIT_CONFIG_COUNT` came with it.
const OLDEST: (u32, u32) = (2, 31);

impl Git {
    /// Readies git for an environment that was inherited.
    pub fn new(inherited: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let is_gits = |name: &str| name.starts_with("GIT_") && !KEPT.contains(&name);
        let asks = ["SSH_ASKPASS", "LC_ALL", "LANGUAGE"];
        let kept = |(name, _): &(OsString, OsString)| {
            name.to_str().is_some_and(|name| !is_gits(name) && !asks.contains(&name))
        };
        let mut environment: Vec<_> = inherited.into_iter().filter(kept).collect();
        let knows = |environment: &[(OsString, OsString)], wanted: &str| {
            environment.iter().any(|(name, _)| name == wanted)
        };
        if !knows(&environment, "GIT_SSH") && !knows(&environment, "GIT_SSH_COMMAND") {
            environment.push(("GIT_SSH_COMMAND".into(), "ssh -oBatchMode=yes".into()));
        }
        // Nobody is there to be asked, and what git says is read by us.
        environment.extend(
            [("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C")].map(|(name, value)| (name.into(), value.into())),
        );
        Self { environment }
    }

    /// Looks whether there is a git that knows all that is asked of it.
    ///
    /// # Errors
    /// When there is none, or one that is older than 2.31.
    pub async fn check(&self) -> Result<(), NoGit> {
        let output = self.command(&Pins::default()).arg("version").output().await.map_err(NoGit::Absent)?;
        NoGit::unless_usable(&output.stdout).map(drop)
    }

    /// A git that knows of no repository but the one that its arguments name.
    pub(super) fn command(&self, pins: &Pins) -> Command {
        let mut command = Command::new("git");
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.envs(pins.variables()).current_dir(Path::new("/"));
        // A group of its own, so that it ends with all that it started.
        command.process_group(0).stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

impl NoGit {
    /// The version that `git version` printed.
    pub(in crate::git) fn unless_usable(said: &[u8]) -> Result<String, Self> {
        let said = String::from_utf8_lossy(said);
        let version = said.trim().strip_prefix("git version ").unwrap_or_default().to_owned();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if found < OLDEST { Err(Self::Old(version)) } else { Ok(version) }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Absent(_) => "install git, and put it into the PATH of this job".to_owned(),
            Self::Old(_) => format!("git {}.{} or newer is needed", OLDEST.0, OLDEST.1),
        }
    }
}

/// Some of the variables hold tokens.
impl std::fmt::Debug for Git {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Git")
    }
}
