use std::{path::PathBuf, time::Duration};

use crate::{explain::rows::own, failure::Blame, http};

/// Why there is no ID token to log in with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The variable is not set; the job has no `id_tokens:`.
    #[error("there is no ID token: the variable `{0}` is not set")]
    Unset(String),
    /// The place is there and holds nothing.
    #[error("the ID token in {place} is empty")]
    Empty {
        /// Where it was looked for.
        place: String,
    },
    /// The place holds the name of a variable that nobody expanded.
    #[error("the ID token in {place} is the text `{text}`: a variable that was not expanded")]
    Unexpanded {
        /// Where it was looked for.
        place: String,
        /// What stands there.
        text: String,
    },
    /// The place holds something else.
    #[error("what stands in {place} is not a JWT: {reason}")]
    NotAJwt {
        /// Where it was looked for.
        place: String,
        /// What it lacks.
        reason: String,
    },
    /// Its time is over.
    #[error("the ID token expired {} ago", in_words(.ago))]
    Expired {
        /// For how long it has been over.
        ago: Duration,
    },
    /// Another issuer signed it.
    #[error("the ID token is of another issuer: expected `{expected}`, actual `{actual}`")]
    OtherIssuer {
        /// The configured issuer.
        expected: String,
        /// The token's own.
        actual: String,
    },
    /// It is for somebody else than the configuration says.
    #[error("the ID token is for another audience: expected `{expected}`, actual `{actual}`")]
    OtherAudience {
        /// The configured audience.
        expected: String,
        /// The token's own.
        actual: String,
    },
    /// It is for somebody else than the vault that it would be sent to.
    #[error("the ID token is not for this vault: expected the audience `{vault}`, actual `{actual}`")]
    AudienceElsewhere {
        /// The origin of the vault.
        vault: String,
        /// The token's own audience.
        actual: String,
    },
    /// The file cannot be read.
    #[error("the ID token's file `{}` cannot be read", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// GitHub Actions was to give one and the job may not ask.
    #[error("GitHub Actions gives this job no ID token: `{0}` is not set")]
    NotGithub(&'static str),
    /// GitHub Actions did not answer the request.
    #[error("GitHub Actions did not give an ID token")]
    Github(#[source] http::Error),
    /// GitHub Actions answered no.
    #[error("GitHub Actions gave no ID token: {0}")]
    GithubRefused(String),
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unset(name) => format!(
                "give the job `id_tokens: {name}: {{ aud: <the vault's address> }}`, or name the variable that holds it with `--token-variable`"
            ),
            Self::Empty { .. } => own::EMPTY_ID_TOKEN.hint(),
            Self::Unexpanded { .. } => own::UNEXPANDED_ID_TOKEN.hint(),
            Self::NotAJwt { .. } => own::NOT_A_JWT.hint(),
            Self::Expired { .. } => own::EXPIRED.hint(),
            Self::OtherIssuer { actual, .. } => {
                format!("if `{actual}` is right, set it as `[identity] issuer`")
            }
            Self::OtherAudience { expected, .. } => format!("set `aud: {expected}` under `id_tokens:`"),
            Self::AudienceElsewhere { vault, actual } => format!(
                "set `aud: {vault}` under `id_tokens:`; if `{actual}` is what this vault wants, say so with `--audience` or BUILDPASS_AUDIENCE"
            ),
            Self::File { .. } => "name a file that this user can read with `--token-file`".to_owned(),
            Self::NotGithub(_) => "give the workflow `permissions: id-token: write`".to_owned(),
            Self::Github(error) => return error.hint(),
            Self::GithubRefused(_) => "give the workflow `permissions: id-token: write`".to_owned(),
        })
    }

    /// Whose turn it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Unset(_)
            | Self::Empty { .. }
            | Self::Unexpanded { .. }
            | Self::NotAJwt { .. }
            | Self::Expired { .. }
            | Self::OtherIssuer { .. }
            | Self::OtherAudience { .. }
            | Self::AudienceElsewhere { .. }
            | Self::File { .. }
            | Self::NotGithub(_) => Blame::Usage,
            Self::GithubRefused(_) => Blame::Refused,
            Self::Github(error) => error.blame(),
        }
    }
}

fn in_words(duration: &Duration) -> String {
    humantime::format_duration(*duration).to_string()
}
