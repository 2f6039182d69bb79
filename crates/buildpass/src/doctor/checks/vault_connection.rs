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
    let faults: Vec<Fault> = evidence.vault.nodes.iter().filter_map(fault).collect();
    let seen: Vec<String> = evidence.vault.nodes.iter().map(said).collect();
    if faults.len() < evidence.vault.nodes.len() {
        return Verdict::of(seen.join("; "), Vec::new(), faults);
    }
    Verdict::of(seen.join("; "), faults, Vec::new())
}

/// Who is really connected to, as an address, its host, and in words.
fn whom(node: &NodeSeen) -> (String, &str) {
    match &node.proxy {
        Some(proxy) => {
            (format!("the proxy {proxy} (before {})", node.address), proxy.host_str().unwrap_or_default())
        }
        None => (node.address.to_string(), node.address.as_url().host_str().unwrap_or_default()),
    }
}

fn said(node: &NodeSeen) -> String {
    let (whom, host) = whom(node);
    match (&node.name, &node.connection) {
        (Some(Ok(found)), Some(Ok(()))) => match &found[..] {
            [one] if one.to_string() == host => format!("{whom} takes connections"),
            more => {
                let more: Vec<String> = more.iter().map(ToString::to_string).collect();
                format!("{whom} is {} and takes connections", more.join(", "))
            }
        },
        (Some(Ok(_)), Some(Err(error))) => format!("{whom} takes no connection: {error}"),
        (Some(Err(error)), _) => format!("`{host}` stands for no address: {error}"),
        _ => format!("{whom} was not looked at"),
    }
}

fn fault(node: &NodeSeen) -> Option<Fault> {
    let (whom, host) = whom(node);
    let advice = |otherwise: &str| {
        match node.proxy {
        Some(_) => "the environment names this proxy (HTTPS_PROXY, ALL_PROXY): mend it, or name the vault's host in NO_PROXY".to_owned(),
        None => otherwise.to_owned(),
    }
    };
    match (&node.name, &node.connection) {
        (Some(Err(error)), _) => Some(Fault::new(
            format!("`{host}` is a name that this machine can resolve"),
            error.clone(),
            advice(
                "look for a typing error in `[vault] address` or VAULT_SERVER_URL; a name of a private network is known only within it, so \
                 does this runner stand there?",
            ),
        )),
        (_, Some(Err(error))) => Some(Fault::new(
            format!("somebody listens at {whom}"),
            error.clone(),
            advice("is the port right, is the vault up, and does a firewall let this runner through?"),
        )),
        _ => None,
    }
}
