use std::{collections::BTreeSet, time::Duration};

use super::{Grant, Matching, ProjectRef, Refs, RoleName, SessionType};
use crate::vault::SecretPath;

/// A role of the vault, as the grants together want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: RoleName,
    /// What its sessions may read; sorted, each once.
    pub reads: Vec<SecretPath>,
    /// The API paths of the engine's roles that make some of it.
    pub mints: BTreeSet<String>,
    /// Whom it lets in.
    pub projects: Vec<ProjectRef>,
    /// From which refs.
    pub refs: Refs,
    /// In which environments.
    pub environments: Vec<String>,
    /// For whom the ID token must be.
    pub audiences: Vec<String>,
    /// The longest session.
    pub session_ttl: Duration,
    /// What its sessions are.
    pub session: SessionType,
    /// How the vault compares.
    pub matching: Matching,
}

impl Role {
    pub(super) fn of(grant: &Grant) -> Self {
        Self {
            name: grant.role.clone(),
            reads: vec![grant.path.clone()],
            mints: grant.mints.iter().cloned().collect(),
            projects: grant.projects.clone(),
            refs: grant.refs.clone(),
            environments: grant.environments.clone(),
            audiences: grant.audiences.clone(),
            session_ttl: grant.session_ttl,
            session: grant.session,
            matching: grant.matching,
        }
    }

    /// What one more grant wants otherwise: a role lets everybody in to all of its secrets.
    pub(super) fn contradicts(&self, grant: &Grant) -> Option<&'static str> {
        let differs = [
            ("projects", self.projects != grant.projects),
            ("refs", self.refs != grant.refs),
            ("environments", self.environments != grant.environments),
            ("audience", self.audiences != grant.audiences),
            ("session_ttl", self.session_ttl != grant.session_ttl),
            ("session", self.session != grant.session),
            ("glob", self.matching != grant.matching || self.matching == Matching::Glob),
        ];
        differs.into_iter().find(|(_, differs)| *differs).map(|(key, _)| key)
    }
}
