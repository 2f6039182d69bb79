use crate::doctor::{Check, Evidence, Fault, NodeSeen, Reach, Stage, Verdict};

/// The vault's name stands for an address, and somebody listens there.
pub(super) const CHECK: Check = Check {
    id: "vault-connection",
    stage: Stage::Vault,
    needs: &["vault-address"],
    reach: Reach::Servers,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    let faults: Vec<Fault> = evidence.nodes.iter().filter_map(fault).collect();
    let seen: Vec<String> = evidence.nodes.iter().map(said).collect();
    if faults.len() < evidence.nodes.len() {
        return Verdict::of(seen.join("; "), Vec::new(), faults);
    }
    Verdict::of(seen.join("; "), faults, Vec::new())
}

fn said(node: &NodeSeen) -> String {
    let host = node.address.as_url().host_str().unwrap_or_default();
    match (&node.name, &node.connection) {
        (Some(Ok(found)), Some(Ok(()))) => match &found[..] {
            [one] if one.to_string() == host => format!("{} takes connections", node.address),
            more => {
                let more: Vec<String> = more.iter().map(ToString::to_string).collect();
                format!("{} is {} and takes connections", node.address, more.join(", "))
            }
        },
        (Some(Ok(_)), Some(Err(error))) => format!("{} takes no connection: {error}", node.address),
        (Some(Err(error)), _) => format!("`{host}` stands for no address: {error}"),
        _ => format!("{} was not looked at", node.address),
    }
}

fn fault(node: &NodeSeen) -> Option<Fault> {
    let host = node.address.as_url().host_str().unwrap_or_default();
    match (&node.name, &node.connection) {
        (Some(Err(error)), _) => Some(Fault::new(
            format!("`{host}` is a name that this machine can resolve"),
            error.clone(),
            "look for a typing error in `[vault] address` or VAULT_SERVER_URL; a name of a private network is known only within it, so \
             does this runner stand there?",
        )),
        (_, Some(Err(error))) => Some(Fault::new(
            format!("somebody listens at {}", node.address),
            error.clone(),
            "is the port right, is the vault up, and does a firewall let this runner through?",
        )),
        _ => None,
    }
}
