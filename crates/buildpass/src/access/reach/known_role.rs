use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Claims, Entry, entry::matches};
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
    /// Every role of the auth method that jobs log in by, as far as one may look at it; sorted by name.
    ///
    /// # Errors
    /// When the vault does not answer, or nobody but a person can say what a role is to be.
    pub async fn all(
        declaration: &Declaration,
        world: &World,
        session: &Session,
    ) -> Result<Vec<Self>, Error> {
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
        let mut policies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for name in allowed(session.list(&format!("auth/{mount}/role")).await)?.unwrap_or_default() {
            let path = format!("auth/{mount}/role/{name}");
            let Some(there) = allowed(session.look::<Map<String, Value>>(&path).await)?.flatten() else {
                continue;
            };
            let mut reads = BTreeSet::new();
            for policy in members(there.get("token_policies").unwrap_or(&Value::Null)) {
                if !policies.contains_key(&policy) {
                    let path = format!("sys/policies/acl/{policy}");
                    let found = allowed(session.look::<Map<String, Value>>(&path).await)?.flatten();
                    let text =
                        found.as_ref().and_then(|found| found.get("policy")?.as_str()).unwrap_or_default();
                    let all = secrets.iter().filter(|secret| lets_read(text, secret)).cloned().collect();
                    policies.insert(policy.clone(), all);
                }
                reads.extend(policies.get(&policy).into_iter().flatten().cloned());
            }
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
        Ok(roles.into_values().collect())
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

/// Whether a policy lets a path be read. Said of what it names with `*` at the end and `+` for a segment; what it denies counts too.
fn lets_read(policy: &str, path: &str) -> bool {
    let mut best: Option<(usize, bool)> = None;
    for block in policy.split("path \"").skip(1) {
        let Some((pattern, rest)) = block.split_once('"') else { continue };
        let body = rest.split('}').next().unwrap_or_default();
        if !covers(pattern, path) {
            continue;
        }
        let reads = body.contains("\"read\"") && !body.contains("\"deny\"");
        // The vault takes the longest; an exact one before a pattern.
        let weight = pattern.len() * 2 + usize::from(!pattern.ends_with('*'));
        if best.is_none_or(|(other, _)| weight > other) {
            best = Some((weight, reads));
        }
    }
    best.is_some_and(|(_, reads)| reads)
}

fn covers(pattern: &str, path: &str) -> bool {
    if !pattern.contains('+') {
        return match pattern.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == pattern,
        };
    }
    let (parts, found): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let open = pattern.ends_with('*');
    (parts.len() == found.len() || open && parts.len() < found.len())
        && parts.iter().zip(&found).all(|(part, segment)| *part == "+" || matches(part, segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_as_the_vault_reads_it() {
        let policy = "path \"ci/*\" { capabilities = [\"read\"] }\npath \"ci/data/secret/*\" {\n  capabilities = [\"deny\"]\n}\n\
                      path \"kv/+/b\" { capabilities = [\"list\", \"read\"] }\npath \"x/y\" { capabilities = [\"update\"] }";
        for (path, reads) in [
            ("ci/data/a", true),
            ("ci/data/secret/a", false),
            ("kv/data/b", true),
            ("kv/data/c/b", false),
            ("x/y", false),
            ("other", false),
        ] {
            assert_eq!(lets_read(policy, path), reads, "{path}");
        }
    }
}
