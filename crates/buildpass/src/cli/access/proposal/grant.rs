use std::{collections::BTreeMap, time::Duration};

use toml::{Table, Value};

use super::{
    ask::Ask,
    shape::{Shape, Tags},
};
use crate::access::{Matching, ProjectRef, Refs, Role, RoleName, SessionType};

/// GitLab's own for a project that says nothing else. <https://docs.gitlab.com/ci/pipelines/settings/#set-a-limit-for-how-long-jobs-can-run>
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// A session starts at a minute; GitLab ends a job after a month.
const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// The keys of a grant in the order in which people read them.
pub(super) const KEYS: [&str; 9] = [
    "secret",
    "vault_role",
    "projects",
    "refs",
    "tags",
    "environments",
    "audience",
    "session_ttl",
    "session",
];

/// A grant that is as narrow as what asks; where its role is declared already, as that role is, since a role lets everybody in to all of its secrets.
pub(super) fn grant(secret: &str, role: &RoleName, shape: &Shape, declared: Option<&Role>) -> Table {
    let mut table = Table::new();
    let mut put = |key: &str, value: Value| drop(table.insert(key.to_owned(), value));
    let list = |all: Vec<String>| Value::Array(all.into_iter().map(Value::String).collect());
    put("secret", secret.into());
    put("vault_role", role.as_str().into());
    match declared {
        Some(declared) => {
            put("projects", projects(declared));
            match &declared.refs {
                Refs::Protected => put("refs", "protected".into()),
                Refs::Named { branches, tags } => {
                    for (key, patterns) in [("refs", branches), ("tags", tags)] {
                        if !patterns.is_empty() {
                            put(key, list(patterns.iter().map(ToString::to_string).collect()));
                        }
                    }
                }
            }
            if !declared.environments.is_empty() {
                put("environments", list(declared.environments.clone()));
            }
            put("audience", one_or_all(declared.audiences.clone()));
            put("session_ttl", text(declared.session_ttl));
            if declared.session != SessionType::default() {
                put("session", declared.session.as_str().into());
            }
        }
        None => {
            put("projects", list(shape.projects.iter().cloned().collect()));
            match shape.tags {
                Tags::All => put("refs", "protected".into()),
                Tags::None => put("refs", list(shape.branches.iter().cloned().collect())),
            }
            if !shape.environments.is_empty() {
                put("environments", list(shape.environments.iter().cloned().collect()));
            }
            if !shape.audiences.is_empty() {
                put("audience", one_or_all(shape.audiences.iter().cloned().collect()));
            }
            put("session_ttl", text(shape.session.unwrap_or(DEFAULT_TIMEOUT).clamp(SHORTEST, LONGEST)));
        }
    }
    table
}

fn projects(declared: &Role) -> Value {
    let each = declared.projects.iter().map(|project| match project {
        ProjectRef::Path(path) => Value::String(path.as_str().to_owned()),
        ProjectRef::Id(id) => Value::Integer(i64::try_from(*id).unwrap_or(i64::MAX)),
    });
    Value::Array(each.collect())
}

fn one_or_all(mut all: Vec<String>) -> Value {
    match all.len() {
        1 => Value::String(all.remove(0)),
        _ => Value::Array(all.into_iter().map(Value::String).collect()),
    }
}

fn text(time: Duration) -> Value {
    Value::String(humantime::format_duration(time).to_string())
}

/// What whoever pastes a grant should know of it.
pub(super) fn comments(asks: &[&Ask], shape: &Shape, declared: Option<&Role>) -> Vec<String> {
    let mut by_job: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ask in asks {
        let contexts = by_job.entry(&ask.job).or_default();
        if !contexts.contains(&ask.context.as_str()) {
            contexts.push(&ask.context);
        }
    }
    let mut said: Vec<String> =
        by_job.iter().map(|(job, contexts)| format!("{job}: {}", contexts.join(", "))).collect();
    let doubts = asks.iter().filter_map(|ask| {
        let doubt = ask.doubt.as_ref()?;
        Some(format!("whether {} asks in `{}` is not known: {doubt}", ask.job, ask.context))
    });
    said.extend(doubts);
    if asks.iter().any(|ask| ask.role.is_none()) {
        said.push("no VAULT_AUTH_ROLE is known here (`--variable VAULT_AUTH_ROLE=…`): the role is named after the project".to_owned());
    }
    if declared.is_some() {
        said.push("the role is declared already, and this is as wide as it is: a role lets everybody in to all of its secrets".to_owned());
        return said;
    }
    if shape.untimed {
        said.push(
            "a job has no `timeout`: GitLab's default is 1h, and the project's own may be longer".to_owned(),
        );
    }
    if shape.tags == Tags::All {
        said.push("a tag asks, and `tags` lets in those alone that are there at `apply`: `protected` lets in every protected branch and tag, later ones too".to_owned());
    }
    if shape.audiences.is_empty() {
        said.push("for whom the ID token is, is not known here: `audience` is left to `[identity] audience`, then the vault's address".to_owned());
    }
    said
}

/// A role that compares by patterns takes no second secret.
pub(super) fn takes_no_more(declared: Option<&Role>) -> bool {
    declared.is_some_and(|role| role.matching == Matching::Glob)
}
