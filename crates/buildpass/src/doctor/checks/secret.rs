use super::{fault_of, nearest};
use crate::{
    doctor::{Check, Evidence, Fault, Reach, SecretSeen, Stage, Verdict},
    vault::{self, Engine, Kept},
};

/// Each secret is there, and can be read.
pub(super) const CHECK: Check =
    Check { id: "secret", stage: Stage::Policy, needs: &["secret-policy"], reach: Reach::Session, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let secrets = evidence.secrets();
    if secrets.is_empty() {
        return Verdict::not_needed("the vault is asked for no secret");
    }
    let faults: Vec<Fault> = secrets.iter().filter_map(fault).collect();
    let seen: Vec<String> = secrets.iter().map(said).collect();
    Verdict::of(seen.join("; "), faults, Vec::new())
}

fn said(secret: &SecretSeen) -> String {
    let name = &secret.name;
    match &secret.read {
        Some(Ok(read)) => format!("{name} is there{}", beside(&read.kept)),
        Some(Err(_)) => format!("{name} cannot be read"),
        None => match &secret.mount {
            Some(mount) => format!(
                "{name} was not read: the engine `{}` at `{}` may make a new one at each read",
                mount.engine, secret.from.path.mount
            ),
            None => format!("{name} was not read: nobody knows whether that would make a new one"),
        },
    }
}

fn beside(kept: &Kept) -> String {
    let mut said = String::new();
    if let Some(version) = kept.version {
        said.push_str(&format!(", version {version}"));
    }
    if let Some(time) = &kept.created_time {
        said.push_str(&format!(" of {}", time.split('.').next().unwrap_or_default().trim_end_matches('Z')));
    }
    let custom = kept.custom_metadata.iter().flatten();
    let custom: Vec<String> =
        custom.map(|(key, value)| format!("{key} {}", value.as_str().unwrap_or_default())).collect();
    if !custom.is_empty() {
        said.push_str(&format!(", kept beside it: {}", custom.join(", ")));
    }
    said
}

fn fault(secret: &SecretSeen) -> Option<Fault> {
    let Some(Err(error)) = &secret.read else { return None };
    let expected = format!("{} at `{}`", secret.name, secret.from.path.api_path());
    let mut fault = fault_of(&expected, error, error.hint());
    if let vault::Error::ReadRefused { explained, .. } = error {
        fault.actual = [vec![fault.actual], explained.clone()].concat().join("; ");
    }
    if let Some(neighbour) = neighbour(secret) {
        fault.advice = neighbour;
    } else if let Some(advice) = twice(secret) {
        fault.advice = advice;
    }
    Some(fault)
}

/// A name that the session may list, where it is nearly the secret's.
fn neighbour(secret: &SecretSeen) -> Option<String> {
    let names: Vec<&str> = secret.neighbours.iter().map(|name| name.trim_end_matches('/')).collect();
    let path = &secret.from.path;
    let found = nearest(&path.path, &names).filter(|found| *found != path.path)?;
    Some(format!(
        "the nearest that is there is `{found}`: if that is the secret, its reference is `{found}/{}@{}`",
        secret.from.field, path.mount
    ))
}

/// `data/` belongs to the API and not to the reference.
fn twice(secret: &SecretSeen) -> Option<String> {
    let path = &secret.from.path;
    let rest = ["data/", "metadata/"].iter().find_map(|part| path.path.strip_prefix(part))?;
    (path.engine == Engine::KvV2).then(|| {
        format!(
            "leave `data/` and `metadata/` out of the reference, they belong to the API: write `{rest}/{}@{}`",
            secret.from.field, path.mount
        )
    })
}
