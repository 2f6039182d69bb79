use std::fmt;

use super::{Evidence, Verdict};

/// One condition for a build token.
pub struct Check {
    /// Its name: in the code, the tests, the documentation and the output.
    pub id: &'static str,
    /// Where on the way through it stands.
    pub stage: Stage,
    /// The checks before it that must not have failed.
    pub needs: &'static [&'static str],
    /// How far it looks.
    pub reach: Reach,
    /// Decides, from what was gathered.
    pub run: fn(&Evidence<'_>) -> Verdict,
}

/// The stages of the way through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// What the job and its configuration say.
    Configuration,
    /// Who is asking.
    Identity,
    /// Who decides.
    Vault,
    /// How the vault judges the ID token.
    Login,
    /// What the session may read.
    Policy,
    /// What GitLab says of the token.
    BuildToken,
    /// What the token opens.
    Repository,
    /// How it reaches git.
    Git,
}

/// How far a check looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// At this machine: flags, files, environment.
    Here,
    /// At the servers, with no secret in hand.
    Servers,
    /// With the job's secrets: at the session that its login gives, and at what they open.
    Session,
}

impl Check {
    /// The check of this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        super::CHECKS.iter().find(|check| check.id == id)
    }

    /// Its page in the documentation, by its path in the repository.
    pub fn page(&self) -> String {
        format!("docs/doctor.md#{}", self.id)
    }
}

impl Stage {
    /// The stage in a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Identity => "identity",
            Self::Vault => "vault",
            Self::Login => "login",
            Self::Policy => "policy",
            Self::BuildToken => "build token",
            Self::Repository => "repository",
            Self::Git => "git",
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("id", &self.id).finish_non_exhaustive()
    }
}
