use super::GitCause;

/// One error text and all that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name in `docs/errors.md` and in JSON; never changed.
    pub name: &'static str,
    /// Who says it.
    pub stage: Stage,
    /// Its words, each a pattern: `{claim}` stands for what changes, `"` for a quote however it is escaped, a newline for any white space.
    pub says: &'static [&'static str],
    /// How far these words can be trusted to come from that stage.
    pub weight: Weight,
    /// What happened, in one line.
    pub meaning: &'static str,
    /// Why it happened, the likeliest first.
    pub causes: &'static [&'static str],
    /// What to look at, or the line to change.
    pub hint: &'static str,
    /// Where this is known from.
    pub source: Source,
    /// The text as a server or a program gave it.
    pub example: &'static str,
    /// What git's text comes to.
    pub cause: Option<GitCause>,
}

/// Who says a text, in the order of the way through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// buildpass itself.
    Own,
    /// GitLab Runner, or GitLab when it makes the job.
    Runner,
    /// The vault, of a login with an ID token.
    Login,
    /// The vault, of anything else that a job asks.
    Vault,
    /// The vault, of what its owner writes: auth mounts and roles.
    Owner,
    /// The vault's engine that makes GitLab tokens.
    Engine,
    /// GitLab's REST API.
    Gitlab,
    /// git, and the server that it talks to.
    Git,
}

/// What a text is worth when it stands in a log among the words of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Nobody else says that.
    Telling,
    /// Others say it too: it counts where its stage's own frame stands around it.
    Framed,
    /// It counts where nothing better stands in the lines before.
    Echo,
}

/// Where a row is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A test of ours makes a running server or program say it.
    Seen(&'static str),
    /// Read in the source of this program.
    Code(&'static str),
    /// From the documentation of this program.
    Docs(&'static str),
    /// From a public thread.
    Issue(&'static str),
}

impl Row {
    /// What to look at, as an error says it.
    pub fn hint(&self) -> String {
        self.hint.to_owned()
    }

    /// Where it stands in the documents.
    pub fn page(&self) -> String {
        format!("docs/errors.md#{}", self.name)
    }
}

impl Stage {
    /// All of them, in the order of the way through.
    pub const ALL: [Self; 8] = [
        Self::Own,
        Self::Runner,
        Self::Login,
        Self::Vault,
        Self::Owner,
        Self::Engine,
        Self::Gitlab,
        Self::Git,
    ];

    /// Its name in JSON and in the documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "buildpass",
            Self::Runner => "runner",
            Self::Login => "login",
            Self::Vault => "vault",
            Self::Owner => "owner",
            Self::Engine => "engine",
            Self::Gitlab => "gitlab",
            Self::Git => "git",
        }
    }

    /// Who says it, in words.
    pub fn who(self) -> &'static str {
        match self {
            Self::Own => "buildpass itself",
            Self::Runner => "GitLab Runner, or GitLab when it makes the job",
            Self::Login => "the vault, of a login with an ID token",
            Self::Vault => "the vault, of a request with a session",
            Self::Owner => "the vault, of what its owner writes",
            Self::Engine => "the vault's engine for GitLab tokens",
            Self::Gitlab => "GitLab's REST API",
            Self::Git => "git, or the server behind it",
        }
    }

    /// How its words stand in a log: `%` is the words.
    pub(super) fn frames(self) -> &'static [&'static str] {
        match self {
            Self::Login => &[
                "writing to Vault: api error: status code {number}: %",
                "/login\nCode: {number}. Errors:\n* %",
                "failed to retrieve vault token{any}\"errors\":[\"%",
                "the vault refused the ID token: %",
            ],
            Self::Vault | Self::Engine | Self::Owner => &[
                "api error: status code {number}: %",
                "Code: {number}. Errors:\n* %",
                "\"errors\":[\"%",
                "may not read {word}: %",
                "the vault could not {any}: {number} %",
            ],
            Self::Gitlab => &["\"message\":\"%", "\"message\":\"{number} %", "\"message\":{\"error\":\"%"],
            Self::Git => &["fatal: {any}%", "remote: {any}%"],
            Self::Own | Self::Runner => &["%"],
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seen(of) => write!(f, "seen: {of}"),
            Self::Code(of) => write!(f, "source of {of}"),
            Self::Docs(of) => write!(f, "documentation of {of}"),
            Self::Issue(of) => write!(f, "{of}"),
        }
    }
}
