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
    // The one thing that tells of an engine's role whether it is ours to end.
    role.mints.iter().for_each(|path| text.push_str(&format!("{MINTS}{path}\n")));
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

/// The API paths of engines' roles that this declaration made, as a policy of its own says.
pub(in crate::access) fn engine_roles_of_policy<'a>(
    declaration: &str,
    text: &'a str,
) -> impl Iterator<Item = &'a str> {
    let ours = role_of_policy(declaration, text).is_some();
    text.lines().filter(move |_| ours).filter_map(|line| line.strip_prefix(MINTS))
}

const MINTS: &str = "# Minted by the engine's role: ";

/// The API paths that a policy's text speaks of.
pub(in crate::access) fn paths_of_policy(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("path \"")?.split_once('"').map(|(path, _)| path))
}

fn first_line(declaration: &str) -> String {
    format!("# Made by buildpass access for {declaration}, which undoes changes. Role: ")
}
