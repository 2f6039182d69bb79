use super::{fault_of, nearest};
use crate::{
    doctor::{Check, Evidence, Fault, Reach, SecretSeen, Stage, Verdict},
    vault,
};

/// Each secret has its field, and something in it.
pub(super) const CHECK: Check =
    Check { id: "secret-field", stage: Stage::Policy, needs: &["secret"], reach: Reach::Session, run };

/// What the mask of `run` does not look for.
const SHORT: usize = 8;

fn run(evidence: &Evidence<'_>) -> Verdict {
    let secrets = evidence.secrets();
    let read: Vec<&SecretSeen> = secrets.iter().filter(|secret| matches!(secret.read, Some(Ok(_)))).collect();
    if read.is_empty() {
        return Verdict::not_needed("no secret was read");
    }
    let faults: Vec<Fault> = read.iter().filter_map(|secret| missing(secret)).collect();
    let warnings: Vec<Fault> =
        read.iter().flat_map(|secret| [short(secret), padded(secret)]).flatten().collect();
    let said: Vec<String> =
        read.iter().map(|secret| format!("{} is the field `{}`", secret.name, secret.from.field)).collect();
    Verdict::of(said.join("; "), faults, warnings)
}

fn missing(secret: &SecretSeen) -> Option<Fault> {
    let Some(Ok(read)) = &secret.read else { return None };
    let error = read.value.as_ref().err()?;
    let field = &secret.from.field;
    let mut fault = fault_of(&format!("a field `{field}`"), error, error.hint());
    if let vault::Error::NoField { there, path, .. } = error {
        let names: Vec<&str> = there.iter().map(String::as_str).collect();
        let only = match names[..] {
            [one] => Some(one),
            _ => nearest(field, &names),
        };
        if let Some(found) = only {
            fault.advice = format!("write `{}/{found}@{}`", path.path, path.mount);
        }
    }
    Some(fault)
}

fn padded(secret: &SecretSeen) -> Option<Fault> {
    let Some(Ok(read)) = &secret.read else { return None };
    read.value.as_ref().ok()?.is_padded().then(|| {
        Fault::new(
            "a value without spaces and newlines around it",
            format!("{} begins or ends with one", secret.name),
            "write it into the vault anew: `printf %s \"$TOKEN\" | bao kv put … token=-`, since `echo` adds a newline",
        )
    })
}

fn short(secret: &SecretSeen) -> Option<Fault> {
    let Some(Ok(read)) = &secret.read else { return None };
    let length = read.value.as_ref().ok()?.length();
    (length < SHORT).then(|| {
        Fault::new(
            format!("a value of {SHORT} bytes or more"),
            format!("{} has {length}", secret.name),
            "write the whole value into the vault: one that is empty opens nothing, and one under 8 bytes is not masked",
        )
    })
}
