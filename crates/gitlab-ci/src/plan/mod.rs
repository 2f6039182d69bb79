//! The plan: which jobs a pipeline has, and what each is handed.

mod build;

mod kind;

mod stages;

mod defaults;

mod inherit;

mod shape;

mod keys;

mod draft;

mod needs;

mod parallel;

mod id_tokens;

mod secrets;

mod vault;

mod links;

mod declared;

mod scope;

mod of_job;

mod expansion;

mod listing;

mod presence;

mod rule_variables;

mod workflow;

mod creation;

mod assemble;

mod size;

mod strict;

mod agreement;

mod spot;

mod job;

mod variables;

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests;

pub(crate) use agreement::agreed;
pub(crate) use build::{Configuration, build};
pub use job::{Audience, Expanded, IdToken, Job, Kind, Provider, Secret, VaultSecret, When};
pub use variables::{Origin, Variable};

use alloc::string::String;
use alloc::vec::Vec;

use crate::answer::{Answer, Reason};
use crate::include::Included;
use crate::rules::Decision;
use crate::yaml::{Linked, Place};

/// What a configuration comes to for one pipeline.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Is there a pipeline at all?
    pub created: Answer<bool>,
    /// Why there is none, in GitLab's words.
    pub refusal: Option<Note>,
    /// What `workflow:rules` decided.
    pub workflow: Decision,
    /// Every visible job, in the order of the configuration.
    pub jobs: Vec<Job>,
    /// Every `include` entry, in the order in which GitLab comes to it, with what became of it.
    pub includes: Vec<Included>,
    /// The variables of the YAML that all jobs see.
    pub variables: Vec<Variable>,
    /// Everything after includes, extends and `!reference`, hidden keys too, for whoever looks further.
    pub content: Linked,
    /// What could not be read.
    pub unresolved: Vec<Reason>,
}

/// Something to say of the whole pipeline, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Where.
    pub place: Option<Place>,
}
