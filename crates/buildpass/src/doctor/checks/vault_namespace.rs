use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The vault has the namespace.
pub(super) const CHECK: Check = Check {
    id: "vault-namespace",
    stage: Stage::Vault,
    needs: &["vault-health"],
    reach: Reach::Servers,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(namespace) = evidence.parts().and_then(|parts| parts.vault.namespace.as_ref()) else {
        return Verdict::not_needed("no namespace is set");
    };
    let Some(Ok(front)) = &evidence.vault.front else {
        return Verdict::not_needed("the vault was not asked");
    };
    let missing =
        front.status == 404 || front.text.as_ref().is_some_and(|text| text.contains("namespace not found"));
    if !missing {
        return Verdict::pass(format!("`{namespace}`"));
    }
    Verdict::fail(
        format!("the vault knows no namespace `{namespace}`"),
        Fault::new(
            format!("a namespace `{namespace}`"),
            format!("status {}: {}", front.status, front.text.as_deref().unwrap_or("no reason given")),
            "look for a typing error in `[vault] namespace` or VAULT_NAMESPACE, or unset it: a vault without namespaces has none but the root",
        ),
    )
}
