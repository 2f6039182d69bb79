use std::{collections::BTreeSet, fmt::Write as _};

use crate::{
    access::{Declaration, Owner, policy_name, trail_name},
    vault::{SecretPath, SecretRef},
};

/// The policy of whoever plans and applies, and its rights at GitLab: what this declaration takes, and no more.
pub(super) fn text(declaration: &Declaration, gitlab_token: Option<&SecretRef>) -> String {
    let mut out = String::from("# The vault: the policy of whoever plans and applies.\n");
    let mut allow = |path: &str, capabilities: &[&str]| {
        let list = capabilities.iter().map(|each| format!("\"{each}\"")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "path \"{path}\" {{\n  capabilities = [{list}]\n}}");
    };
    let write = ["create", "read", "update"];
    gitlab_token.iter().for_each(|token| allow(&token.path.api_path(), &["read"]));
    for token in declaration.tokens() {
        let path = &token.store.path;
        allow(&path.api_path(), &write);
        allow(&path.metadata_path(), &write);
        allow(&path.deletion_path(), &["update"]);
    }
    let mounts: BTreeSet<&str> =
        declaration.tokens().iter().map(|token| token.store.path.mount.as_str()).collect();
    for mount in &mounts {
        allow(&format!("sys/mounts/{mount}"), &["read"]);
    }
    let engines: BTreeSet<&str> = declaration.minted().iter().map(|role| role.mount()).collect();
    for mount in &engines {
        allow(&format!("sys/mounts/{mount}"), &["read"]);
        allow(&format!("{mount}/config/default"), &["read"]);
    }
    for role in declaration.minted() {
        allow(&role.api_path(), &["create", "read", "update", "delete"]);
    }
    allow("sys/policies/acl", &["list"]);
    let auth = &declaration.auth_mount;
    if !declaration.roles().is_empty() {
        allow(&format!("auth/{auth}/config"), &write);
    }
    for role in declaration.roles() {
        allow(&format!("auth/{auth}/role/{}", role.name), &["create", "read", "update", "delete"]);
        let policy = policy_name(&declaration.name, &role.name);
        allow(&format!("sys/policies/acl/{policy}"), &["create", "read", "update", "delete"]);
    }
    let is_read = |path: &SecretPath| declaration.roles().iter().any(|role| role.reads.contains(path));
    if !declaration.tokens().iter().all(|token| is_read(&token.store.path)) {
        let trail = trail_name(&declaration.name);
        allow(&format!("sys/policies/acl/{trail}"), &["create", "read", "update", "delete"]);
    }
    out.push_str("\n# Once, where a mount is not there yet:\n");
    for mount in mounts.union(&engines) {
        let _ = writeln!(
            out,
            "# path \"sys/mounts/{mount}\" {{ capabilities = [\"create\", \"update\", \"read\"] }}"
        );
    }
    if !engines.is_empty() {
        let _ =
            writeln!(out, "# path \"sys/plugins/catalog/secret\" {{ capabilities = [\"list\", \"sudo\"] }}");
    }
    if !declaration.roles().is_empty() {
        let _ = writeln!(
            out,
            "# path \"sys/auth/{auth}\" {{ capabilities = [\"create\", \"update\", \"sudo\"] }}"
        );
    }
    let minted = declaration.minted().iter().map(|role| &role.owner);
    let owners: BTreeSet<_> = declaration.tokens().iter().map(|token| &token.owner).chain(minted).collect();
    let owned: Vec<&Owner> = owners.into_iter().filter(|owner| **owner != Owner::User).collect();
    out.push_str("\n# GitLab: a personal access token with the scope `api`");
    out.push_str(if owned.is_empty() { "\n" } else { ", of an owner of\n" });
    for owner in owned {
        let _ = writeln!(out, "#   the {owner}");
    }
    let own = declaration.tokens().iter().filter(|token| token.owner == Owner::User);
    let needed: BTreeSet<_> = own.flat_map(|token| declaration.needed_of(token)).collect();
    if !needed.is_empty() {
        out.push_str("# who is a member, as Reporter or more, of\n");
    }
    for project in needed {
        let _ = writeln!(out, "#   {project}");
    }
    let projects: BTreeSet<_> = declaration.roles().iter().flat_map(|role| &role.projects).collect();
    if !projects.is_empty() {
        out.push_str("# who can read\n");
    }
    for project in projects {
        let _ = writeln!(out, "#   {project}");
    }
    out
}
