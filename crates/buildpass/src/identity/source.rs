use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Error, Expected, IdToken, Warning, github};
use crate::{clock::Clock, secret::on_pipe};

/// Where this job's ID token is kept, and what it must be.
#[derive(Debug, Serialize, Deserialize)]
pub struct Config {
    /// Where it is kept.
    pub source: Source,
    /// What it must be before it is sent.
    pub expected: Expected,
}

/// The places where CI systems keep an ID token.
#[derive(Debug, Serialize, Deserialize)]
pub enum Source {
    /// A variable, as GitLab does; its value was read when the process started.
    Variable {
        /// The variable's name.
        name: String,
        /// Its value.
        #[serde(with = "on_pipe")]
        token: IdToken,
    },
    /// A file, read again at every login, as a projected token of Kubernetes needs.
    File(PathBuf),
    /// GitHub Actions' own endpoint, asked at every login.
    /// <https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect>
    GithubActions {
        /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
        url: String,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
        #[serde(with = "on_pipe")]
        bearer: IdToken,
        /// The audience to ask for.
        audience: Option<String>,
    },
}

impl Config {
    /// Fetches the token and judges it.
    ///
    /// # Errors
    /// When there is none, or it is not what it must be.
    pub async fn obtain(&self, clock: &Clock) -> Result<(IdToken, Option<Warning>), Error> {
        let token = self.source.fetch().await?;
        let warning = self.expected.check(&token, &self.source.place(), clock)?;
        Ok((token, warning))
    }

    /// Judges a token that is at hand already; one that has to be fetched is judged when it is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, clock: &Clock) -> Result<(), Error> {
        match &self.source {
            Source::Variable { token, .. } => {
                self.expected.check(token, &self.source.place(), clock).map(drop)
            }
            Source::File(_) | Source::GithubActions { .. } => Ok(()),
        }
    }
}

impl Source {
    /// Fetches the token.
    ///
    /// # Errors
    /// When the place does not hold one, or GitHub does not give one.
    pub async fn fetch(&self) -> Result<IdToken, Error> {
        match self {
            Self::Variable { token, .. } => Ok(IdToken::new(token.expose().to_owned())),
            Self::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Ok(IdToken::new(text.trim().to_owned())),
                Err(source) => Err(Error::File { path: path.clone(), source }),
            },
            Self::GithubActions { url, bearer, audience } => {
                github::request(url, bearer, audience.as_deref()).await
            }
        }
    }

    /// The place in words.
    pub fn place(&self) -> String {
        match self {
            Self::Variable { name, .. } => format!("`{name}`"),
            Self::File(path) => format!("the file `{}`", path.display()),
            Self::GithubActions { .. } => "the answer of GitHub Actions".to_owned(),
        }
    }
}
