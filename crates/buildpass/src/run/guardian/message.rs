use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::{
    failure::Failure,
    run::Wanted,
    secret::{BuildToken, GitlabAt, Hidden, Minted, SecretName, on_pipe},
    vault,
};

/// What buildpass asks of its guardian.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) enum ToGuardian {
    /// Log in and fetch the secrets.
    Begin(Box<Begin>),
    /// CMD's process group: to be ended when buildpass dies.
    Group(i32),
    /// Read one secret afresh: the one that was given was refused.
    ReadAgain(SecretName),
    /// The job is over: give everything back.
    End,
}

/// All that the guardian needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) struct Begin {
    /// None where nothing is asked for: there is still a group to watch over.
    pub(in crate::run) vault: Option<vault::Config>,
    /// Where minted tokens end themselves.
    pub(in crate::run) gitlab: Option<GitlabAt>,
    pub(in crate::run) wanted: Vec<Wanted>,
    pub(in crate::run) lead: Duration,
    /// Where the private directory is made.
    pub(in crate::run) folder: PathBuf,
    /// Whether it is.
    pub(in crate::run) place: Place,
}

/// A job that may have nothing needs no place for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::run) enum Place {
    Directory,
    None,
}

impl Place {
    pub(in crate::run) fn needed(something: bool) -> Self {
        if something { Self::Directory } else { Self::None }
    }
}

/// What the guardian says.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) enum FromGuardian {
    /// The secrets, in the order in which they were asked for.
    Ready(Granted),
    /// Nothing was granted; `GivenBack` comes after it.
    Failed(Failure),
    /// The group is known.
    Noted,
    /// The answer to `ReadAgain`.
    Again(Again),
    /// This much was given back, as far as it can be.
    Over(Part),
    /// Everything was given back that can be; what lives on is said.
    GivenBack {
        /// A line each.
        lives_on: Vec<String>,
    },
    /// Something to tell the person who watches.
    Note(String),
}

/// What is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::run) enum Part {
    /// The vault's session.
    Session,
    /// What was minted at GitLab.
    Minted,
}

/// The answer to `ReadAgain`.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) enum Again {
    /// The value as it stands now, and what was minted for it.
    Fresh(#[serde(with = "on_pipe")] BuildToken, Option<Minted>),
    /// The vault gave none.
    Failed(Failure),
}

/// What a job was granted.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) struct Granted {
    /// For secrets that are handed over as files, and for the socket.
    pub(in crate::run) directory: Option<PathBuf>,
    /// What the output must not show beside the secrets: the session's token and the ID token.
    pub(in crate::run) hidden: Vec<OnWire>,
    pub(in crate::run) secrets: Vec<GrantedSecret>,
    /// What is to be ended where the guardian is killed.
    pub(in crate::run) minted: Vec<Minted>,
}

/// A hidden text on its way to the mask.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) struct OnWire(#[serde(with = "on_pipe")] pub(in crate::run) Hidden);

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::run) struct GrantedSecret {
    pub(in crate::run) name: SecretName,
    #[serde(with = "on_pipe")]
    pub(in crate::run) value: BuildToken,
    /// When it ends, where it is leased.
    pub(in crate::run) until: Option<SystemTime>,
}
