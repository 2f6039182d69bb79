use super::Declaration;
use crate::{
    failure::{Blame, Failure},
    http, vault,
};

/// Why the two servers are not as they are declared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The vault refused, or was not there.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// GitLab did not answer.
    #[error("GitLab at {address} did not answer")]
    GitlabUnreachable {
        /// Scheme, host and port.
        address: String,
        /// What came instead.
        #[source]
        source: http::Error,
    },
    /// What answers is no GitLab.
    #[error("what answers at {address} is not GitLab's API: status {status}, `{content_type}`")]
    NotGitlab {
        /// Scheme, host and port.
        address: String,
        /// The HTTP status.
        status: u16,
        /// The content type.
        content_type: String,
    },
    /// GitLab said no.
    #[error("GitLab refused to {what}: {status} {text}")]
    GitlabRefused {
        /// What was asked for.
        what: String,
        /// The HTTP status.
        status: u16,
        /// Its words.
        text: String,
    },
    /// The token that GitLab is asked with cannot make others.
    #[error("the token that GitLab is asked with has no scope `api`, but `{scopes}`")]
    NotAnApiToken {
        /// Its scopes.
        scopes: String,
    },
    /// A project of a grant is not there.
    #[error("the grant of `{secret}` names {project}, which is not there, or not for this token to see")]
    NoProject {
        /// The secret.
        secret: String,
        /// The project.
        project: String,
    },
    /// A new token does not do what it is for; it was revoked, and nothing was changed.
    #[error("the new token cannot read {repository}: GitLab answered {status}")]
    DoesNotRead {
        /// The repository.
        repository: String,
        /// The HTTP status.
        status: u16,
    },
    /// A new token was sent to the vault, and nobody knows whether it arrived.
    #[error("the token {id} was made, and may be stored")]
    PerhapsStored {
        /// GitLab's number of it.
        id: u64,
        /// What came instead of an answer.
        #[source]
        source: vault::Error,
    },
    /// A new token came to nothing, and could not be taken back.
    #[error("the token {id} was made, is stored nowhere, and could not be revoked")]
    Stray {
        /// GitLab's number of it.
        id: u64,
        /// What came between, or keeps it from being revoked.
        #[source]
        source: Box<Error>,
    },
    /// A token leaked, and not all of it is ended.
    #[error("not everything was ended")]
    NotAllEnded(Vec<Error>),
    /// Nothing at GitLab or in the vault fits what is declared, and nobody but a person can decide what to do.
    #[error("{0}")]
    Blocked(String),
    /// The plan was made for another world.
    #[error("the world has moved since the plan was made")]
    Moved {
        /// What is otherwise now.
        differences: Vec<String>,
    },
    /// A signal came; the step that was under way was finished.
    #[error("asked to end by signal {signal}, with {left} {} left to do", if *left == 1 { "step" } else { "steps" })]
    Ended {
        /// Its number.
        signal: i32,
        /// How many steps were not begun.
        left: usize,
    },
    /// Each job has its own token of that name.
    #[error("the token `{0}` is minted for each job, and ends with it")]
    Minted(String),
    /// Bot users are GitLab's own to remove.
    #[error("only an administrator of GitLab may remove the bot user {0}")]
    OnlyAnAdministrator(String),
    /// A stored value is alive, and GitLab does not let it say which token it is.
    #[error("what stands at {store} is a fine-grained token of somebody, and lives")]
    HiddenToken {
        /// Where it stands.
        store: String,
    },
    /// A fine-grained token is a person's own, and another asks.
    #[error("the token `{token}` is of the user {noted} of GitLab, and GITLAB_TOKEN of the user {asked}")]
    OtherUser {
        /// The token.
        token: String,
        /// Whose it is.
        noted: u64,
        /// Who asks.
        asked: u64,
    },
    /// A fine-grained token for the build's repositories, of which none is known.
    #[error(
        "the token `{token}` is to reach what the build needs, and neither a source nor a mirror lies in {within}"
    )]
    NothingNeeded {
        /// The token.
        token: String,
        /// Where they are to lie.
        within: String,
    },
    /// A repository that the build reads is not there, or not for whoever asks.
    #[error("GitLab shows no project {repository}, which the build reads")]
    NeededMissing {
        /// The repository.
        repository: String,
    },
    /// GitLab is older than what is declared.
    #[error("this GitLab is {version}, and fine-grained tokens for git are there from 19.2 on")]
    TooOld {
        /// What it says it is.
        version: String,
    },
    /// No token has that name.
    #[error("no token is named `{0}`")]
    NoToken(String),
}

impl Error {
    /// Why no stored token has that name.
    pub fn no_token(declaration: &Declaration, name: &str) -> Self {
        match declaration.minted().iter().any(|role| role.name.as_str() == name) {
            true => Self::Minted(name.to_owned()),
            false => Self::NoToken(name.to_owned()),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Vault(error) => return error.hint(),
            Self::GitlabUnreachable { source, .. } => return source.hint(),
            Self::NotGitlab { .. } => {
                "is it GitLab's own address, with its path prefix if it has one?".to_owned()
            }
            Self::GitlabRefused { status: 401, .. } => "the token must be alive, and an owner's".to_owned(),
            Self::GitlabRefused { status: 403, .. } => {
                "the token must be an owner's, with the scope `api`".to_owned()
            }
            Self::GitlabRefused { status: 404, .. } => {
                "is the path right, and may the token see it? GitLab answers the same to both".to_owned()
            }
            Self::GitlabRefused { text, .. } if text.contains("must be before") => {
                "this GitLab allows no such lifetime: shorten `lifetime`".to_owned()
            }
            Self::GitlabRefused { status: 429, .. } => "wait a minute: GitLab limits requests".to_owned(),
            Self::GitlabRefused { .. } => return None,
            Self::NotAnApiToken { .. } => {
                "make one with the scope `api`, of an owner of the groups".to_owned()
            }
            Self::NoProject { .. } => "is its path right? a number stays when it is renamed".to_owned(),
            Self::DoesNotRead { .. } => {
                "the least is the role `reporter` with the scope `read_repository`".to_owned()
            }
            Self::PerhapsStored { .. } => {
                "run `buildpass access apply` again: it keeps what is stored, and revokes what is not"
                    .to_owned()
            }
            Self::Stray { .. } => {
                "run `buildpass access apply` again: it revokes what is stored nowhere".to_owned()
            }
            Self::NotAllEnded(faults) => {
                let hint = faults.iter().find_map(Self::hint);
                return hint.or(Some("run it again: what is ended stays ended".to_owned()));
            }
            Self::Blocked(_) => return None,
            Self::Moved { .. } => "make a new plan, and look at it again".to_owned(),
            Self::Ended { .. } => "what was done stays, and the next run goes on".to_owned(),
            Self::Minted(_) => {
                "to end it for all jobs, take its grants out of what is declared, and run `buildpass access apply`"
                    .to_owned()
            }
            Self::OnlyAnAdministrator(_) => {
                "GitLab removes it by itself, 30 days after its last token has ended unless told otherwise"
                    .to_owned()
            }
            Self::HiddenToken { .. } => {
                "its user ends it at GitLab, under Access, Personal access tokens".to_owned()
            }
            Self::OtherUser { .. } => {
                "always ask with the token of the same user, such as a service account".to_owned()
            }
            Self::NothingNeeded { .. } => {
                "name the build's sources, by `[sources]`, `[[source]]` or `[[access.mirror]]` with `security`"
                    .to_owned()
            }
            Self::NeededMissing { .. } => {
                "is its path right, and is the user of GITLAB_TOKEN a member of it?".to_owned()
            }
            Self::TooOld { .. } => "leave `reach = \"needed\"` out".to_owned(),
            Self::NoToken(_) => "`buildpass access status` lists the tokens that are declared".to_owned(),
        })
    }

    /// Whose turn it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Vault(error) | Self::PerhapsStored { source: error, .. } => error.blame(),
            Self::GitlabUnreachable { source, .. } => source.blame(),
            Self::NotGitlab { .. } | Self::GitlabRefused { status: 429 | 500..=599, .. } => {
                Blame::Unreachable
            }
            Self::Stray { source, .. } => source.blame(),
            Self::NoToken(_) | Self::Minted(_) | Self::NothingNeeded { .. } => Blame::Usage,
            Self::NotAllEnded(faults) => faults.first().map_or(Blame::Refused, Self::blame),
            Self::Ended { signal, .. } => Blame::Signal(*signal),
            Self::GitlabRefused { .. }
            | Self::NotAnApiToken { .. }
            | Self::OnlyAnAdministrator(_)
            | Self::NoProject { .. }
            | Self::NeededMissing { .. }
            | Self::HiddenToken { .. }
            | Self::OtherUser { .. }
            | Self::TooOld { .. }
            | Self::DoesNotRead { .. }
            | Self::Blocked(_)
            | Self::Moved { .. } => Blame::Refused,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let error = match error {
            Error::Vault(error) => return error.into(),
            error => error,
        };
        let mut failure = Self::of(&error, error.hint(), error.blame());
        if let Error::Moved { differences } = &error {
            failure.causes.splice(0..0, differences.iter().cloned());
        }
        if let Error::NotAllEnded(faults) = &error {
            for fault in faults {
                let Self { what, causes, .. } = Self::of(fault, None, Blame::Refused);
                failure.causes.push(what);
                failure.causes.extend(causes);
            }
        }
        failure
    }
}
