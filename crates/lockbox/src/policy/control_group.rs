//! Control groups: requests that wait for the approval of others.
//!
//! lockbox keeps no groups of people, so nobody can approve. A rule that asks for approval is taken as OpenBao takes it, and
//! what it controls is refused: a condition that is not kept would be worse than none.

use super::{
    capability::Capabilities,
    document::unknown_keys,
    go_text,
    hcl1::{Entry, Found, HclError},
    wrapping,
};

/// What the first control group of a rule controls.
///
/// # Errors
/// In OpenBao's words.
pub(super) fn read(entries: &[Entry<'_, '_>]) -> Result<Option<Capabilities>, String> {
    let Some(group) = entries.iter().find_map(|entry| entry.under("control_group")) else {
        return Ok(None);
    };
    let kind = group.value().kind();
    let entries = group.value().entries().ok_or_else(|| format!("cannot check HCL keys of type {kind}"))?;
    if let Some(problem) = unknown(&entries, &["ttl", "factor"])?.first() {
        return Err(problem.clone());
    }
    let mut factors = Vec::new();
    let mut problems = Vec::new();
    for entry in entries.iter().filter_map(|entry| entry.under("factor")) {
        match Factor::read(&entry) {
            Ok(factor) => factors.push(factor),
            Err(more) => {
                problems.extend(more.iter().map(|problem| format!("path control_group factor: {problem}")));
            }
        }
    }
    if !problems.is_empty() {
        let told = go_text::occurred(problems.iter().map(String::as_str));
        return Err(format!("error handling control_group factor: {told}"));
    }
    for ttl in Found::under(&entries, "ttl") {
        let scalar = ttl.scalar().map_err(|error| format!("path control_group: {error}"))?;
        wrapping::nanos(&scalar).map_err(|problem| format!("path control_group: invalid ttl: {problem}"))?;
    }
    let mut controlled = Capabilities::default();
    for factor in &factors {
        controlled = controlled.and(factor.controlled()?);
    }
    if factors.is_empty() {
        return Err("requires at least one factor but had none".to_owned());
    }
    for (position, factor) in factors.iter().enumerate() {
        if let Some(missing) = factor.missing() {
            return Err(format!("factor {position}: missing {missing}"));
        }
    }
    Ok(Some(controlled))
}

struct Factor {
    controlled: Vec<String>,
    groups: Vec<String>,
    approvals: i64,
}

impl Factor {
    fn read(entry: &Entry<'_, '_>) -> Result<Self, Vec<String>> {
        let kind = entry.value().kind();
        let Some(entries) = entry.value().entries() else {
            return Err(vec![format!("cannot check HCL keys of type {kind}")]);
        };
        let unknown =
            unknown(&entries, &["controlled_capabilities", "identity"]).map_err(|problem| vec![problem])?;
        if !unknown.is_empty() {
            return Err(unknown);
        }
        if entry.keys().is_empty() {
            return Err(vec!["require name key".to_owned()]);
        }
        Self::fields(&entries).map_err(|error| vec![error.to_string()])
    }

    fn fields(entries: &[Entry<'_, '_>]) -> Result<Self, HclError> {
        let mut factor = Self { controlled: Vec::new(), groups: Vec::new(), approvals: 0 };
        for found in Found::under(entries, "controlled_capabilities") {
            factor.controlled.extend(found.texts("root.controlled_capabilities")?);
        }
        for identity in Found::under(entries, "identity") {
            let fields = identity.block("root.Identity")?;
            for found in Found::under(&fields, "group_names") {
                factor.groups.extend(found.texts("root.Identity.group_names")?);
            }
            for found in Found::under(&fields, "approvals") {
                factor.approvals = found.integer("root.Identity.Approvals")?;
            }
        }
        Ok(factor)
    }

    fn controlled(&self) -> Result<Capabilities, String> {
        let mut all = Capabilities::default();
        for name in &self.controlled {
            let known = Capabilities::named(name).filter(|_| !matches!(name.as_str(), "sudo" | "deny"));
            all = all.and(known.ok_or_else(|| format!("path control_group Operation(s) not valid: {name}"))?);
        }
        Ok(all)
    }

    fn missing(&self) -> Option<&'static str> {
        match (self.controlled.as_slice(), self.approvals, self.groups.as_slice()) {
            ([], ..) => Some("controlled capabilities"),
            (_, ..=0, _) => Some("required approvals"),
            (_, _, []) => Some("approving groups"),
            _ => None,
        }
    }
}

fn unknown(entries: &[Entry<'_, '_>], known: &[&str]) -> Result<Vec<String>, String> {
    let unknown = unknown_keys(entries, known).map_err(|error| error.to_string())?;
    Ok(unknown.iter().map(ToString::to_string).collect())
}
