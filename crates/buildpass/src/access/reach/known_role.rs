use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use serde_json::{Map, Value};

use super::{
    Around, Claims, Entry, RoleFiles,
    keeper::{Keeper, Looked},
};
use crate::{
    access::{Declaration, Error, World, members, role_body_of},
    vault::Session,
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
        let bodies = declaration.roles().iter().map(|role| {
            let body = role_body_of(declaration, role, world)?;
            Ok((role.name.to_string(), body))
        });
        let bodies = bodies.collect::<Result<_, Error>>()?;
        Self::gather(declaration, bodies, &Keeper::Vault(session), world.now).await
    }

    /// The same of a folder: neither the vault nor GitLab is asked.
    ///
    /// # Errors
    /// Never of what was read.
    pub async fn of_files(
        declaration: &Declaration,
        around: &Around,
        files: &RoleFiles,
        now: SystemTime,
    ) -> Result<(Vec<Self>, Vec<String>), Error> {
        let bodies = around.bodies(declaration);
        let (roles, mut unseen) = Self::gather(declaration, bodies, &Keeper::Files(files), now).await?;
        unseen
            .extend(files.passed_over().map(|path| format!("{} is neither .json nor .hcl", path.display())));
        Ok((roles, unseen))
    }

    async fn gather(
        declaration: &Declaration,
        bodies: BTreeMap<String, Map<String, Value>>,
        keeper: &Keeper<'_>,
        now: SystemTime,
    ) -> Result<(Vec<Self>, Vec<String>), Error> {
        let mount = &declaration.auth_mount;
        let secrets: BTreeSet<String> = declaration
            .tokens()
            .iter()
            .map(|token| token.store.path.api_path())
            .chain(declaration.grants().iter().map(|grant| grant.path.api_path()))
            .collect();
        let mut unseen = Vec::new();
        let mut names: BTreeSet<String> = bodies.keys().cloned().collect();
        match keeper.names(mount).await? {
            Looked::Found(found) => names.extend(found),
            Looked::Absent => {}
            Looked::Unseen(why) => unseen.push(why),
        }
        let mut policies = Seen { keeper, now, texts: BTreeMap::new() };
        let mut roles = Vec::new();
        for name in names {
            let declared = declaration.roles().iter().find(|role| role.name.as_str() == name);
            let mut reads: BTreeSet<String> =
                declared.iter().flat_map(|role| &role.reads).map(|path| path.api_path()).collect();
            let wanted = bodies.get(&name).cloned();
            let there = match keeper.role(mount, &name).await? {
                Looked::Found(there) => Some(there),
                Looked::Absent => None,
                Looked::Unseen(why) => {
                    unseen.push(why);
                    continue;
                }
            };
            if let Some(there) = &there {
                let (found, doubt) = policies.reads(there, &secrets).await?;
                reads.extend(found);
                unseen.extend(doubt.map(|why| format!("what the role {name} reads: {why}")));
            }
            if !reads.is_empty() {
                roles.push(Self { name, reads, there, wanted });
            }
        }
        Ok((roles, unseen))
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

/// Policies that were looked at.
struct Seen<'a> {
    keeper: &'a Keeper<'a>,
    now: SystemTime,
    /// By name; why nobody can say, where one cannot be read.
    texts: BTreeMap<String, Result<String, String>>,
}

impl Seen<'_> {
    /// Those of some secrets that a role lets be read, all its policies together; and why that may not be all of it.
    async fn reads(
        &mut self,
        role: &Map<String, Value>,
        secrets: &BTreeSet<String>,
    ) -> Result<(BTreeSet<String>, Option<String>), Error> {
        let named =
            ["token_policies", "policies"].map(|field| members(role.get(field).unwrap_or(&Value::Null)));
        let named: BTreeSet<String> = named.into_iter().flatten().collect();
        if named.contains("root") {
            return Ok((secrets.clone(), None));
        }
        for name in &named {
            if !self.texts.contains_key(name) {
                let text = match self.keeper.policy(name).await? {
                    Looked::Found(text) => Ok(text),
                    Looked::Absent => Ok(String::new()),
                    Looked::Unseen(why) => Err(why),
                };
                self.texts.insert(name.clone(), text);
            }
        }
        let (mut texts, mut doubt) = (Vec::new(), None);
        for text in named.iter().filter_map(|name| self.texts.get(name)) {
            match text {
                Ok(text) => texts.push(text.as_str()),
                Err(why) => doubt = Some(why.clone()),
            }
        }
        let mut reads = BTreeSet::new();
        for secret in secrets {
            match lockbox::capabilities(&texts, secret, self.now) {
                Ok(may) if may.contains(&"read") => drop(reads.insert(secret.clone())),
                Ok(_) => {}
                Err(problem) => return Ok((BTreeSet::new(), Some(problem.to_string()))),
            }
        }
        Ok((reads, doubt))
    }
}
