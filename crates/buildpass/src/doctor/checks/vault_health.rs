use crate::doctor::{Check, Evidence, Fault, Health, NodeSeen, Reach, SaidOfHealth, Stage, Verdict};

/// What answers is a vault, and it is ready.
pub(super) const CHECK: Check = Check {
    id: "vault-health",
    stage: Stage::Vault,
    needs: &["vault-connection", "vault-certificate"],
    reach: Reach::Servers,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    let looked_at = || evidence.vault.nodes.iter().filter(|node| node.health.is_some());
    let faults: Vec<Fault> = looked_at().filter_map(fault).collect();
    let seen: Vec<String> = looked_at().map(said).collect();
    match faults.len() < looked_at().count() {
        true => Verdict::of(seen.join("; "), Vec::new(), faults),
        false => Verdict::of(seen.join("; "), faults, Vec::new()),
    }
}

fn said(node: &NodeSeen) -> String {
    match &node.health {
        Some(Ok(Health { said: Some(said), took, .. })) => {
            format!("version {}, {}, answers in {} ms", said.version, state(said), took.as_millis())
        }
        Some(Ok(Health { said: None, status, content_type, .. })) => {
            format!("what answers is no vault: status {status}, `{content_type}`")
        }
        Some(Err(error)) => format!("no answer to `sys/health`: {error}"),
        None => "not looked at".to_owned(),
    }
}

fn state(said: &SaidOfHealth) -> &'static str {
    match said {
        SaidOfHealth { initialized: false, .. } => "not initialised",
        SaidOfHealth { sealed: true, .. } => "sealed",
        SaidOfHealth { standby: true, .. } => "a standby",
        _ => "unsealed and active",
    }
}

fn fault(node: &NodeSeen) -> Option<Fault> {
    let address = &node.address;
    match node.health.as_ref()? {
        Ok(Health { said: Some(said), .. }) if !said.initialized => Some(Fault::new(
            "an initialised vault",
            format!("{address} says `initialized: false`"),
            "its owner runs `bao operator init` once, and unseals it",
        )),
        Ok(Health { said: Some(said), .. }) if said.sealed => Some(Fault::new(
            "an unsealed vault",
            format!("{address} says `sealed: true`"),
            "its owner runs `bao operator unseal`, on every node",
        )),
        Ok(Health { said: Some(_), .. }) => None,
        Ok(Health { said: None, status, content_type, location, .. }) => {
            let points = location.as_ref().map(|to| format!(", and points to {to}")).unwrap_or_default();
            Some(Fault::new(
                format!("a vault's answer at {}", address.api("sys/health")),
                format!("status {status}, `{content_type}`{points}"),
                "is it the address of a web page, or does a proxy answer in the vault's place? the address ends before `/v1` and `/ui`",
            ))
        }
        Err(error) => Some(Fault::new(
            format!("an answer at {}", address.api("sys/health")),
            error.to_string(),
            error.hint().unwrap_or_else(|| "is it a vault that listens there?".to_owned()),
        )),
    }
}
