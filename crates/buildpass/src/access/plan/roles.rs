use std::time::Duration;

use humantime::format_duration;
use serde_json::{Map, Value};

use super::{
    Change, Object, Step, Verb,
    compare::{differences, members},
};
use crate::access::{Declaration, Error, Project, Refs, Role, World, wanted};

/// Policies and roles: those that are to be there, and those that are not.
pub(super) fn steps(declaration: &Declaration, world: &World) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for role in declaration.roles() {
        steps.extend(policy(declaration, role, world));
        steps.extend(one(declaration, role, world)?);
    }
    for left in &world.leftovers {
        let because = "no grant is declared for it any more";
        steps.extend(
            left.role
                .iter()
                .map(|role| Step::new(Verb::Revoke, Object::Role { name: role.clone() }, because)),
        );
        steps.push(Step::new(Verb::Revoke, Object::Policy { name: left.policy.clone() }, because));
    }
    Ok(steps)
}

/// Roles whose sessions end before a job of theirs may: it would lose its credential half-way.
pub(super) fn shorter_than_jobs(declaration: &Declaration, world: &World) -> Vec<String> {
    let of_role = |role: &Role| {
        let projects =
            world.admitted.get(&role.name).map(|admitted| &admitted.projects[..]).unwrap_or_default();
        let timeout =
            |project: &Project| Some((Duration::from_secs(project.build_timeout?), project.path.clone()));
        let (longest, project) = projects.iter().filter_map(timeout).max_by_key(|(timeout, _)| *timeout)?;
        (longest > role.session_ttl).then(|| {
            let (longest, session) = (format_duration(longest), format_duration(role.session_ttl));
            format!(
                "a job of {project} may run for {longest}, and its session by the role {} ends after {session}: say `session_ttl = \"{longest}\"`",
                role.name
            )
        })
    };
    declaration.roles().iter().filter_map(of_role).collect()
}

fn policy(declaration: &Declaration, role: &Role, world: &World) -> Option<Step> {
    let name = wanted::policy_name(&declaration.name, &role.name);
    let text = wanted::policy_text(&declaration.name, role);
    let there = world.policies.get(&name);
    if there.is_some_and(|there| there.trim() == text.trim()) {
        return None;
    }
    let (verb, because) = match there {
        None => (Verb::Create, "there is none"),
        Some(_) => (Verb::Change, "it was written otherwise"),
    };
    let mut step = Step::new(verb, Object::Policy { name }, because);
    let paths = role.reads.iter().map(|path| path.api_path()).collect::<Vec<_>>().join(", ");
    step.changes.push(Change {
        field: "reads".to_owned(),
        from: there.map(|text| in_a_line(text)),
        to: Some(paths),
    });
    Some(step)
}

/// A policy without its comments.
fn in_a_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.collect::<Vec<_>>().join(" ")
}

fn one(declaration: &Declaration, role: &Role, world: &World) -> Result<Option<Step>, Error> {
    let body = body(declaration, role, world)?;
    let object = Object::Role { name: role.name.to_string() };
    let Some(there) = world.roles.get(&role.name) else {
        let mut step = Step::new(Verb::Create, object, "there is none");
        step.changes = differences(&body, &Map::new());
        return Ok(Some(step));
    };
    let changes = differences(&body, there);
    if changes.is_empty() {
        return Ok(None);
    }
    let mut because = Vec::new();
    if admits_more(&body, there) {
        because.push("it admits more than is declared".to_owned());
    }
    if !members(there.get("token_policies").unwrap_or(&Value::Null))
        .contains(&wanted::policy_name(&declaration.name, &role.name))
    {
        because.push("buildpass did not make it".to_owned());
    }
    if because.is_empty() {
        because.push("it is otherwise than declared".to_owned());
    }
    Ok(Some(Step { verb: Verb::Change, object, because, changes }))
}

/// A role as it is to be written.
///
/// # Errors
/// When its patterns find nothing: a role without refs would let every ref in.
pub(in crate::access) fn body(
    declaration: &Declaration,
    role: &Role,
    world: &World,
) -> Result<Map<String, Value>, Error> {
    let admitted = world.admitted.get(&role.name).ok_or_else(|| Error::NoToken(role.name.to_string()))?;
    if let Refs::Named { branches, tags } = &role.refs {
        let empty = [(branches, &admitted.branches, "branch"), (tags, &admitted.tags, "tag")];
        if let Some((patterns, _, kind)) =
            empty.into_iter().find(|(patterns, found, _)| !patterns.is_empty() && found.is_empty())
        {
            let patterns = patterns.iter().map(|each| each.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::Blocked(format!(
                "no protected {kind} of the projects of the role {} looks like {patterns}: a role without a {kind} would let every one in",
                role.name
            )));
        }
    }
    Ok(wanted::role_body(&declaration.name, role, admitted))
}

/// Whether somebody gets in who is not declared: a claim or the audience is not bound, is bound to more, or is compared by patterns.
fn admits_more(wanted: &Map<String, Value>, there: &Map<String, Value>) -> bool {
    let wider = |wanted: &Value, found: Option<&Value>| match found {
        None | Some(Value::Null) => true,
        Some(found) => !members(found).is_subset(&members(wanted)),
    };
    let nothing = Map::new();
    let claims = |of: &'_ Map<String, Value>| of.get("bound_claims").and_then(Value::as_object).cloned();
    let (bound, found) = (claims(wanted).unwrap_or_default(), claims(there).unwrap_or(nothing));
    bound.iter().any(|(claim, values)| wider(values, found.get(claim)))
        || wider(&wanted["bound_audiences"], there.get("bound_audiences"))
        || (wanted["bound_claims_type"] == "string"
            && there.get("bound_claims_type").is_some_and(|kind| kind == "glob"))
}
