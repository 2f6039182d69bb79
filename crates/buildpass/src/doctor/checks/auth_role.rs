use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The mount knows the role, and the role takes tokens.
pub(super) const CHECK: Check =
    Check { id: "auth-role", stage: Stage::Login, needs: &["auth-mount"], reach: Reach::Servers, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let (Some(login), Some(Ok(front))) = (evidence.jwt_login(), &evidence.vault.front) else {
        return Verdict::not_needed("no ID token logs in here");
    };
    let mount = login.mount;
    let said = front.text.as_deref().unwrap_or_default();
    let name = login.role.unwrap_or("the mount's default role");
    if said.contains("missing role") {
        return Verdict::fail(
            "no role is named, and the mount has no default",
            Fault::new(
                "the name of a role",
                "none: `[vault] role` and VAULT_AUTH_ROLE are not set",
                "set VAULT_AUTH_ROLE under `variables:` of the job, or `[vault] role` in buildpass.toml",
            ),
        );
    }
    if said.contains("could not be found") {
        return Verdict::fail(
            format!("`auth/{mount}` has no role `{name}`"),
            Fault::new(
                format!("a role `{name}` at `auth/{mount}`"),
                said,
                format!(
                    "look for a typing error in `[vault] role` or VAULT_AUTH_ROLE; is the mount (`{mount}`) the right one, and the namespace? its \
                     owner sees the roles by `bao list auth/{mount}/role`"
                ),
            ),
        );
    }
    if said.contains("oidc role_type") {
        return Verdict::fail(
            format!("the role `{name}` is for people in a browser"),
            Fault::new(
                "`role_type` is `jwt`",
                said,
                format!(
                    "its owner writes the role again with `role_type=jwt`: `bao write auth/{mount}/role/{name} role_type=jwt …`"
                ),
            ),
        );
    }
    Verdict::pass(match login.role {
        Some(role) => format!("`{role}`"),
        None => name.to_owned(),
    })
}
