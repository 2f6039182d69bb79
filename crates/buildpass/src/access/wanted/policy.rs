use crate::access::{Role, RoleName};

/// The names of this declaration's policies begin so; the vault writes them in small letters.
pub(in crate::access) fn policy_prefix(declaration: &str) -> String {
    format!("{}-", declaration.to_ascii_lowercase())
}

/// The policy of a role.
pub fn policy_name(declaration: &str, role: &RoleName) -> String {
    format!("{}{}", policy_prefix(declaration), role.as_str().to_ascii_lowercase())
}

/// What a role's sessions may do: read exactly what is granted.
pub(in crate::access) fn policy_text(declaration: &str, role: &Role) -> String {
    let mut text = format!("{}{}\n", first_line(declaration), role.name);
    for path in &role.reads {
        text.push_str(&format!("path \"{}\" {{\n  capabilities = [\"read\"]\n}}\n", path.api_path()));
    }
    text
}

/// The role that a policy of this declaration is for; none where it is not ours.
pub(in crate::access) fn role_of_policy(declaration: &str, text: &str) -> Option<String> {
    let role = text.lines().next()?.strip_prefix(&first_line(declaration))?;
    Some(role.to_owned())
}

/// The API paths that a policy's text speaks of.
pub(in crate::access) fn paths_of_policy(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("path \"")?.split_once('"').map(|(path, _)| path))
}

fn first_line(declaration: &str) -> String {
    format!("# Made by buildpass access for {declaration}, which undoes changes. Role: ")
}
