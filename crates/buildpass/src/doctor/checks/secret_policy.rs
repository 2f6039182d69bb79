use std::collections::BTreeMap;

use super::{in_ticks, nearest};
use crate::{
    doctor::{Check, Evidence, Fault, Reach, SecretSeen, SessionSeen, Stage, Verdict},
    vault::{Engine, SecretPath},
};

/// The session's policies allow reading each secret.
pub(super) const CHECK: Check =
    Check { id: "secret-policy", stage: Stage::Policy, needs: &["login"], reach: Reach::Session, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(session) = &evidence.vault.session else { return Verdict::not_needed("there is no session") };
    if session.secrets.is_empty() {
        return Verdict::not_needed("the vault is asked for no secret");
    }
    let Some(capabilities) = &session.capabilities else {
        return Verdict::not_needed("the vault does not tell this session what it may do");
    };
    let denied = |secret: &&SecretSeen| !may_read(capabilities, &secret.from.path.api_path());
    let faults: Vec<Fault> =
        session.secrets.iter().filter(denied).map(|secret| fault(secret, session, capabilities)).collect();
    let paths: Vec<String> = session.secrets.iter().map(|secret| secret.from.path.api_path()).collect();
    let seen = match faults.is_empty() {
        true => format!("allows `read` on {}", in_ticks(&paths)),
        false => "the session's policies do not allow what is asked for".to_owned(),
    };
    Verdict::of(seen, faults, Vec::new())
}

fn may_read(capabilities: &BTreeMap<String, Vec<String>>, path: &str) -> bool {
    let of_path = capabilities.get(path).map(Vec::as_slice).unwrap_or_default();
    of_path.iter().any(|capability| capability == "read" || capability == "root")
}

fn fault(secret: &SecretSeen, session: &SessionSeen, capabilities: &BTreeMap<String, Vec<String>>) -> Fault {
    let path = &secret.from.path;
    let api_path = path.api_path();
    let actual = match capabilities.get(&api_path) {
        Some(list) if !list.is_empty() => format!("{} ({})", list.join(", "), policies(session)),
        _ => format!("nothing ({})", policies(session)),
    };
    let advice = elsewhere(path, capabilities)
        .or_else(|| similar(secret, session))
        .unwrap_or_else(|| write_it(path, secret, session));
    Fault::new(format!("`read` on `{api_path}`"), actual, advice)
}

fn policies(session: &SessionSeen) -> String {
    match &session.policies {
        Some(policies) => format!("by the policies {}", policies.join(", ")),
        None => "by its policies".to_owned(),
    }
}

/// A policy for the path that people see, which is not the one that is read.
fn elsewhere(path: &SecretPath, capabilities: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let (plain, data) =
        (format!("{}/{}", path.mount, path.path), format!("{}/data/{}", path.mount, path.path));
    let metadata = path.metadata_path();
    match path.engine {
        Engine::KvV2 if may_read(capabilities, &plain) => Some(format!(
            "the policy allows `{plain}`, without `data/`, which is what a KV store of version 2 is read by: the vault's owner writes \
             `path \"{data}\" {{ capabilities = [\"read\"] }}`"
        )),
        Engine::KvV2 if may_read(capabilities, &metadata) => Some(format!(
            "the policy allows `{metadata}`, which holds names and versions and no secret: the vault's owner writes \
             `path \"{data}\" {{ capabilities = [\"read\"] }}`"
        )),
        Engine::KvV1 if may_read(capabilities, &data) => {
            Some(format!("the policy allows `{data}`: is the store of version 2? then its engine is `kv-v2`"))
        }
        _ => None,
    }
}

/// What the session may read, where it is nearly what is asked for.
fn similar(secret: &SecretSeen, session: &SessionSeen) -> Option<String> {
    let path = &secret.from.path;
    let readable = session.rules.as_ref()?.iter().filter(|(_, list)| list.iter().any(|each| each == "read"));
    let names: Vec<&str> = readable.map(|(pattern, _)| pattern.as_str()).collect();
    let found = nearest(&path.api_path(), &names)?;
    let (mount, rest) = match path.engine {
        Engine::KvV2 => found.split_once("/data/")?,
        Engine::KvV1 | Engine::Generic => found.split_once('/')?,
    };
    Some(format!(
        "the session may read `{found}`: if that is the secret, its reference is `{rest}/{}@{mount}`",
        secret.from.field
    ))
}

fn write_it(path: &SecretPath, secret: &SecretSeen, session: &SessionSeen) -> String {
    let rule = format!("`path \"{}\" {{ capabilities = [\"read\"] }}`", path.api_path());
    let only_default = session.policies.as_ref().is_some_and(|policies| policies == &["default"]);
    let which = match only_default {
        true => "a policy, and names it in the role's `token_policies`: the session has none but `default`",
        false => "one of these policies",
    };
    let mount = match secret.mount {
        Some(_) => String::new(),
        None => format!("; is there a mount `{}`? one that does not exist answers the same", path.mount),
    };
    format!(
        "look for a typing error in the secret's path, or have the vault's owner write {rule} into {which}{mount}"
    )
}
