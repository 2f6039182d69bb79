use super::fault_of;
use crate::{
    config::{Error, Parts},
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
};

/// Flags, `buildpass.toml` and the environment can be read, and say something.
pub(super) const CHECK: Check =
    Check { id: "configuration", stage: Stage::Configuration, needs: &[], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let parts = match &evidence.parts {
        Ok(parts) => parts,
        Err(error) => return wrong(error),
    };
    match (&parts.secrets, &parts.git, &parts.vault.auth) {
        // A bad reference is `secret-reference`'s to tell, and a missing ID token `id-token`'s.
        (Err(error), _, _) if !matches!(error, Error::Reference { .. }) => return wrong(error),
        (_, Err(error), _) | (_, _, Err(error)) if !matches!(error, Error::Identity(_)) => {
            return wrong(error);
        }
        _ => {}
    }
    if let (Err(error), _) | (_, Err(error)) = (&parts.vault.patience, &parts.lead) {
        return wrong(error);
    }
    if says_nothing(parts) {
        return Verdict::fail(
            "nothing is configured: no `buildpass.toml`, no flag, no variable",
            Fault::new(
                "a vault's address, and a secret to ask it for",
                "neither",
                "write `[vault] address` and a `[[secret]]` into buildpass.toml, or say `--address URL --secret NAME=PATH/FIELD@MOUNT`; \
                 `buildpass doctor` looks for the file in CI_PROJECT_DIR and here",
            ),
        );
    }
    Verdict::pass(format!("{}: {}", source(parts), secrets(parts)))
}

fn wrong(error: &Error) -> Verdict {
    Verdict::fail(
        "the configuration cannot be used",
        fault_of("flags, `buildpass.toml` and variables that can be meant", error, error.hint()),
    )
}

fn says_nothing(parts: &Parts) -> bool {
    let asks = !parts.withheld.is_empty()
        || !parts.filled.is_empty()
        || !matches!(&parts.secrets, Ok(wanted) if wanted.is_empty());
    parts.file.is_none() && !asks && matches!(parts.vault.nodes, Err(Error::NoAddress))
}

fn source(parts: &Parts) -> String {
    match &parts.file {
        Some(path) => format!("`{}`", path.display()),
        None => "flags and environment".to_owned(),
    }
}

fn secrets(parts: &Parts) -> String {
    let asked: Vec<&str> = parts.secrets.iter().flatten().map(|wanted| wanted.name.as_str()).collect();
    let filled: Vec<&str> = parts.filled.iter().map(|filled| filled.name.as_str()).collect();
    let withheld: Vec<&str> = parts.withheld.iter().map(|name| name.as_str()).collect();
    let groups = [
        ("asks the vault for", asked),
        ("GitLab Runner has read", filled),
        ("not for this job, by `when`:", withheld),
    ];
    let said: Vec<String> = groups
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(words, names)| format!("{words} {}", names.join(", ")))
        .collect();
    if said.is_empty() { "names no secret".to_owned() } else { said.join("; ") }
}
