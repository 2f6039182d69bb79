use serde_json::{Map, Value};

use super::{Object, Step, Verb, compare::differences};
use crate::access::{Declaration, EngineMount, EngineRole, Error, World, wanted};

/// The engines that mint, and their roles: those that are to be there, and those that are not.
pub(super) fn steps(declaration: &Declaration, world: &World) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for (path, mount) in &world.engines.mounts {
        match mount {
            EngineMount::Configured(_, url) => {
                let url = url.trim_end_matches('/');
                if url != world.gitlab {
                    return Err(Error::Blocked(format!(
                        "the engine `{path}` mints at {url}, and not at {}: name another mount in `store`",
                        world.gitlab
                    )));
                }
            }
            EngineMount::Unconfigured(_) => return Err(unconfigured(path, &world.gitlab)),
            EngineMount::Absent(maker) => {
                let object = Object::EngineMount { path: path.clone(), engine: maker.kind().to_owned() };
                steps.push(Step::new(Verb::Create, object, "nothing is mounted there"));
            }
            EngineMount::Impossible(why) => {
                return Err(Error::Blocked(format!(
                    "`{path}` is to be a GitLab engine, and {why}: register vault-plugin-secrets-gitlab \
                     (https://github.com/ilijamt/vault-plugin-secrets-gitlab) with `bao plugin register`, or use lockbox, which has one"
                )));
            }
            EngineMount::Other(kind) => {
                return Err(Error::Blocked(format!(
                    "`{path}` is {kind}: tokens are minted by a GitLab engine, so name another mount in `store`"
                )));
            }
        }
    }
    steps.extend(declaration.minted().iter().filter_map(|role| one(role, world)));
    for path in &world.engines.leftovers {
        let object = Object::EngineRole { path: path.clone() };
        steps.push(Step::new(Verb::Revoke, object, "the token that it mints is not declared any more"));
    }
    Ok(steps)
}

/// What its owner has to write: the token of an owner is for no declaration to know.
pub(in crate::access) fn unconfigured(path: &str, gitlab: &str) -> Error {
    let kind = if gitlab == "https://gitlab.com" { "saas" } else { "self-managed" };
    Error::Blocked(format!(
        "the engine `{path}` does not know whose rights to use: with the token of an owner, which has the scope `api`, in the file FILE, \
         run `bao write {path}/config/{} base_url={gitlab} type={kind} token=@FILE`",
        wanted::CONFIG
    ))
}

fn one(role: &EngineRole, world: &World) -> Option<Step> {
    let path = role.api_path();
    let maker = world.engines.mounts.get(role.mount())?.maker()?;
    let body = wanted::engine_role_body(role, maker);
    let there = world.engines.roles.get(&path);
    let changes = differences(&body, there.unwrap_or(&Map::new()));
    let (verb, because) = match there {
        None => (Verb::Create, "there is none"),
        Some(_) if changes.is_empty() => return None,
        Some(there) if reaches_more(&body, there) => {
            (Verb::Change, "what it mints may do more than is declared")
        }
        Some(_) => (Verb::Change, "it is otherwise than declared"),
    };
    let mut step = Step::new(verb, Object::EngineRole { path }, because);
    step.changes = changes;
    Some(step)
}

/// Whether a token that is minted now would reach or be allowed more, or live longer.
fn reaches_more(wanted: &Map<String, Value>, there: &Map<String, Value>) -> bool {
    let members = |of: &Map<String, Value>| super::members(of.get("scopes").unwrap_or(&Value::Null));
    let level = |of: &Map<String, Value>| {
        let word = of.get("access_level").and_then(Value::as_str).unwrap_or_default();
        word.parse::<crate::access::AccessLevel>().ok()
    };
    let ttl = |of: &Map<String, Value>| of.get("ttl").and_then(Value::as_u64);
    wanted.get("path") != there.get("path")
        || !members(there).is_subset(&members(wanted))
        || level(there).is_none_or(|there| level(wanted).is_none_or(|wanted| there > wanted))
        || ttl(there).is_none_or(|there| ttl(wanted).is_none_or(|wanted| there > wanted))
}
