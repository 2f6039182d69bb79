use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::access::members;

/// What is known of an ID token. A claim that is not here is not known, and an empty one is known to be none that a role names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    said: BTreeMap<String, String>,
    /// Whether a role that names the project's path is taken to name its number too.
    number_goes_with_path: bool,
}

/// What a role says to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It is let in.
    LetIn,
    /// It is not, because of this claim.
    Refused(String),
    /// That depends on claims that are not known.
    Unknown(String),
}

impl Claims {
    /// Says one more.
    pub fn say(&mut self, claim: &str, value: impl Into<String>) {
        self.said.insert(claim.to_owned(), value.into());
    }

    /// The project's number is not known, and nobody can be asked: a role that names its path is taken to name its number too.
    pub fn number_goes_with_path(&mut self) {
        self.number_goes_with_path = true;
    }

    fn are_taken_to_fit(&self, claim: &str, bound: &Map<String, Value>) -> bool {
        claim == "project_id" && self.number_goes_with_path && bound.contains_key("project_path")
    }
}

impl Entry {
    /// Judges a role as the vault keeps it: <https://developer.hashicorp.com/vault/api-docs/auth/jwt#create-role>. Every claim that it
    /// binds must be one of its values.
    pub fn by(role: &Map<String, Value>, claims: &Claims) -> Self {
        if role.get("role_type").and_then(Value::as_str) == Some("oidc") {
            return Self::Refused("it is for people".to_owned());
        }
        let glob = role.get("bound_claims_type").and_then(Value::as_str) == Some("glob");
        let mut unknown = Vec::new();
        let nothing = Map::new();
        let bound = role.get("bound_claims").and_then(Value::as_object).unwrap_or(&nothing);
        for (claim, values) in bound {
            let Some(value) = claims.said.get(claim) else {
                if !claims.are_taken_to_fit(claim, bound) {
                    unknown.push(claim.as_str());
                }
                continue;
            };
            let fits = |wanted: &String| if glob { matches(wanted, value) } else { wanted == value };
            if !members(values).iter().any(fits) {
                return Self::Refused(claim.clone());
            }
        }
        if role.get("bound_subject").and_then(Value::as_str).is_some_and(|subject| !subject.is_empty()) {
            unknown.push("sub");
        }
        if unknown.is_empty() { Self::LetIn } else { Self::Unknown(unknown.join(", ")) }
    }
}

/// `*` is any text, as the vault has it.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            let Some(at) = rest.find(middle) else { return false };
            rest = &rest[at + middle.len()..];
        }
    }
    match last {
        None => rest.is_empty(),
        Some(end) => rest.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_bound_claim_counts_and_what_is_not_known_is_said() {
        let mut claims = Claims::default();
        claims.say("project_path", "group/project");
        claims.say("ref_protected", "false");
        let role = |bound: Value, kind: &str| {
            let role = json!({"bound_claims": bound, "bound_claims_type": kind});
            Entry::by(role.as_object().unwrap(), &claims)
        };
        assert_eq!(role(json!({"project_path": ["other", "group/project"]}), "string"), Entry::LetIn);
        assert_eq!(
            role(json!({"project_path": "group/*"}), "string"),
            Entry::Refused("project_path".to_owned())
        );
        assert_eq!(role(json!({"project_path": "group/*"}), "glob"), Entry::LetIn);
        let bound = json!({"project_path": "group/project", "project_id": ["3"]});
        assert_eq!(role(bound, "string"), Entry::Unknown("project_id".to_owned()));
        let bound = json!({"project_id": ["3"], "ref_protected": ["true"]});
        assert_eq!(role(bound, "string"), Entry::Refused("ref_protected".to_owned()));
    }

    #[test]
    fn a_number_that_nobody_can_be_asked_for_goes_with_the_path_alone() {
        let mut claims = Claims::default();
        claims.say("project_path", "group/project");
        claims.number_goes_with_path();
        let role = |bound: Value| Entry::by(json!({ "bound_claims": bound }).as_object().unwrap(), &claims);
        assert_eq!(role(json!({"project_path": "group/project", "project_id": "3"})), Entry::LetIn);
        let other = role(json!({"project_path": "group/other", "project_id": "3"}));
        assert_eq!(other, Entry::Refused("project_path".to_owned()));
        assert_eq!(role(json!({"project_id": "3"})), Entry::Unknown("project_id".to_owned()));
    }

    #[test]
    fn a_star_is_any_text_and_all_else_is_itself() {
        for (pattern, text, fits) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "a", true),
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*a", "a", false),
            ("*b*d", "abcd", true),
            ("*b*b", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }
}
