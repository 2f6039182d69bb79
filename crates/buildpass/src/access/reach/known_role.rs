use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use serde_json::{Map, Value};

use super::{Claims, Entry};
use crate::{
    access::{Declaration, Error, World, members, role_body_of},
    vault::{self, Session},
};

/// A role that reads declared secrets: as it is in the vault, and as it is declared.
#[derive(Clone, Debug)]
pub struct KnownRole {
    /// Its name.
    pub name: String,
    /// The API paths of declared secrets that it reads, or is to read.
    pub reads: BTreeSet<String>,
    there: Option<Map<String, Value>>,
    wanted: Option<Map<String, Value>>,
}

impl KnownRole {
    /// Every role of the auth method that jobs log in by, as far as one may look at it, sorted by name; and what could not be seen.
    ///
    /// # Errors
    /// When the vault does not answer, or nobody but a person can say what a role is to be.
    pub async fn all(
        declaration: &Declaration,
        world: &World,
        session: &Session,
    ) -> Result<(Vec<Self>, Vec<String>), Error> {
        let mount = &declaration.auth_mount;
        let secrets: BTreeSet<String> = declaration
            .tokens()
            .iter()
            .map(|token| token.store.path.api_path())
            .chain(declaration.grants().iter().map(|grant| grant.path.api_path()))
            .collect();
        let mut roles: BTreeMap<String, Self> = BTreeMap::new();
        for role in declaration.roles() {
            let name = role.name.to_string();
            let reads = role.reads.iter().map(|path| path.api_path()).collect();
            let wanted = Some(role_body_of(declaration, role, world)?);
            let there = world.roles.get(&role.name).cloned();
            roles.insert(name.clone(), Self { name, reads, there, wanted });
        }
        let mut unseen = Vec::new();
        let folder = format!("auth/{mount}/role");
        let names = allowed(session.list(&folder).await)?.unwrap_or_else(|| {
            unseen.push(format!("{folder} may not be listed, so that only declared roles are seen"));
            Vec::new()
        });
        let mut policies = Seen { session, now: world.now, texts: BTreeMap::new() };
        for name in names {
            let path = format!("{folder}/{name}");
            let Some(there) = allowed(session.look::<Map<String, Value>>(&path).await)? else {
                unseen.push(format!("{path} may not be read"));
                continue;
            };
            let Some(there) = there else { continue };
            let reads = match policies.reads(&there, &secrets).await? {
                Ok(reads) => reads,
                Err(why) => {
                    unseen.push(format!("what the role {name} reads: {why}"));
                    BTreeSet::new()
                }
            };
            match roles.get_mut(&name) {
                Some(role) => {
                    role.reads.extend(reads);
                    role.there = Some(there);
                }
                None if reads.is_empty() => {}
                None => {
                    drop(roles.insert(name.clone(), Self { name, reads, there: Some(there), wanted: None }))
                }
            }
        }
        Ok((roles.into_values().collect(), unseen))
    }

    /// What it says now; a role that is not there lets nobody in.
    pub fn says(&self, claims: &Claims) -> Entry {
        match &self.there {
            Some(there) => Entry::by(there, claims),
            None => Entry::Refused("it is not there".to_owned()),
        }
    }

    /// What it is to say.
    pub fn is_to_say(&self, claims: &Claims) -> Entry {
        match &self.wanted {
            Some(wanted) => Entry::by(wanted, claims),
            None => Entry::Refused("it is not declared".to_owned()),
        }
    }

    /// Whether an ID token for this audience is for it.
    pub fn is_for(&self, audience: &str) -> bool {
        let role = self.there.as_ref().or(self.wanted.as_ref());
        role.and_then(|role| role.get("bound_audiences")).is_some_and(|all| members(all).contains(audience))
    }
}

/// Nothing where the vault does not let us look.
fn allowed<T>(looked: Result<T, vault::Error>) -> Result<Option<T>, Error> {
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(vault::Error::Refused { status: 403, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Policies that were looked at.
struct Seen<'a> {
    session: &'a Session,
    now: SystemTime,
    /// By name; nothing where one may not be read.
    texts: BTreeMap<String, Option<String>>,
}

impl Seen<'_> {
    /// Those of some secrets that a role lets be read, all its policies together; or why nobody can say.
    async fn reads(
        &mut self,
        role: &Map<String, Value>,
        secrets: &BTreeSet<String>,
    ) -> Result<Result<BTreeSet<String>, String>, Error> {
        let named =
            ["token_policies", "policies"].map(|field| members(role.get(field).unwrap_or(&Value::Null)));
        let named: BTreeSet<String> = named.into_iter().flatten().collect();
        if named.contains("root") {
            return Ok(Ok(secrets.clone()));
        }
        for name in &named {
            if !self.texts.contains_key(name) {
                let path = format!("sys/policies/acl/{name}");
                let found = allowed(self.session.look::<Map<String, Value>>(&path).await)?;
                let text = |found: Map<String, Value>| Some(found.get("policy")?.as_str()?.to_owned());
                // One that is not there lets nobody do anything.
                let text = found.map(|found| found.and_then(text).unwrap_or_default());
                self.texts.insert(name.clone(), text);
            }
        }
        let mut texts = Vec::new();
        for name in &named {
            match self.texts.get(name).and_then(Option::as_deref) {
                Some(text) => texts.push(text),
                None => return Ok(Err(format!("the policy {name} may not be read"))),
            }
        }
        let mut reads = BTreeSet::new();
        for secret in secrets {
            match lockbox::capabilities(&texts, secret, self.now) {
                Ok(may) if may.contains(&"read") => drop(reads.insert(secret.clone())),
                Ok(_) => {}
                Err(problem) => return Ok(Err(problem.to_string())),
            }
        }
        Ok(Ok(reads))
    }
}
