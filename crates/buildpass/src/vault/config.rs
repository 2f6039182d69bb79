use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{Address, Error, Session, VaultToken, nodes::Nodes, session};
use crate::{
    clock::Clock,
    http::Tls,
    identity::{self, Claims, IdToken, Source, Warning},
    secret::{Hidden, on_pipe},
};

/// Which vault, and how this job logs in.
#[derive(Debug, Serialize, Deserialize)]
pub struct Config {
    /// The nodes; one that cannot be reached gives the turn to the next.
    pub nodes: Vec<Address>,
    /// The namespace, where the vault has them.
    pub namespace: Option<String>,
    /// How to log in.
    pub auth: Auth,
    /// How the nodes prove themselves.
    pub tls: Tls,
    /// How long the vault is waited for, in all.
    pub patience: Duration,
}

/// How to log in.
#[derive(Debug, Serialize, Deserialize)]
pub enum Auth {
    /// With the job's ID token.
    Jwt {
        /// The mount of the JWT auth method.
        mount: String,
        /// The role; without one, the mount's default role.
        role: Option<String>,
        /// Where the ID token is kept, and what it must be.
        identity: identity::Config,
    },
    /// With a token that a person already has, on a laptop; it is never given back by us.
    Personal(#[serde(with = "on_pipe")] VaultToken),
}

/// What a login is made with.
#[derive(Debug)]
pub enum Credential {
    /// The job's ID token, judged, and where it is good.
    Job {
        /// The mount of the JWT auth method.
        mount: String,
        /// The role.
        role: Option<String>,
        /// The token.
        token: IdToken,
    },
    /// A person's own token.
    Person(VaultToken),
}

impl Credential {
    /// A person's own token.
    pub fn of_person(token: &VaultToken) -> Self {
        Self::Person(VaultToken::new(token.expose().to_owned()))
    }

    /// The text that it is, for the mask.
    pub fn hidden(&self) -> Hidden {
        match self {
            Self::Job { token, .. } => Hidden::new(token.expose().trim().to_owned()),
            Self::Person(token) => token.hidden(),
        }
    }
}

impl Config {
    /// Fetches what to log in with; an ID token is judged before it goes anywhere.
    ///
    /// # Errors
    /// When there is no good ID token.
    pub async fn credential(&self, clock: &Clock) -> Result<(Credential, Option<Warning>), Error> {
        match &self.auth {
            Auth::Jwt { mount, role, identity } => {
                let (token, warning) = identity.obtain(clock).await?;
                Ok((Credential::Job { mount: mount.clone(), role: role.clone(), token }, warning))
            }
            Auth::Personal(token) => Ok((Credential::of_person(token), None)),
        }
    }

    /// Turns it into a session; one login serves every secret of the job.
    ///
    /// # Errors
    /// When the vault refuses it, or cannot be reached in time.
    pub async fn login(&self, credential: Credential, clock: &Clock) -> Result<Session, Error> {
        let nodes = Nodes::build(&self.nodes, &self.tls, self.namespace.as_deref(), self.patience)?;
        session::begin(nodes, credential, clock).await
    }

    /// Until when one can log in again; none where nobody knows, or it never ends.
    pub fn lasts_until(&self) -> Option<SystemTime> {
        let Auth::Jwt { identity: identity::Config { source: Source::Variable { token, .. }, .. }, .. } =
            &self.auth
        else {
            return None;
        };
        let expires = Claims::read(token).ok()?.expires?;
        UNIX_EPOCH.checked_add(Duration::from_secs(expires))
    }

    /// Judges what can be judged without a request.
    ///
    /// # Errors
    /// What is wrong with the ID token, expected beside actual.
    pub fn check(&self, clock: &Clock) -> Result<(), Error> {
        match &self.auth {
            Auth::Jwt { identity, .. } => Ok(identity.check(clock)?),
            Auth::Personal(_) => Ok(()),
        }
    }
}
