use super::fault_of;
use crate::doctor::{Check, Evidence, Reach, Stage, Verdict};

/// The vault's address is known, and one that a token may go to.
pub(super) const CHECK: Check =
    Check { id: "vault-address", stage: Stage::Vault, needs: &["configuration"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(parts) = evidence.parts() else { return Verdict::not_needed("no configuration was read") };
    match &parts.vault.nodes {
        Ok(nodes) => {
            let addresses: Vec<String> = nodes.iter().map(ToString::to_string).collect();
            Verdict::pass(addresses.join(", "))
        }
        Err(error) => Verdict::fail(
            "the vault cannot be asked",
            fault_of("an address as https://host[:port], or plain http on this machine", error, error.hint()),
        ),
    }
}
