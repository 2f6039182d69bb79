use super::{JwtError, claims::Claims, refuse};
use crate::exchange::go_value;

/// # Errors
/// When a policy is no template, or one that asks for more than claims.
pub(super) fn check(policies: &[String]) -> Result<(), JwtError> {
    for (index, policy) in policies.iter().enumerate() {
        if parse(policy).is_none() {
            return refuse(format!(
                "failed to parse template policy [{index}]: lockbox fills in claims ({{{{.name}}}}) and nothing else"
            ));
        }
    }
    Ok(())
}

/// The policies with the claims of a token filled in; one that comes out empty is left out.
///
/// # Errors
/// When a claim is not there.
pub(super) fn fill(policies: &[String], claims: &Claims) -> Result<Vec<String>, JwtError> {
    let mut filled = Vec::new();
    for (index, policy) in policies.iter().enumerate() {
        let mut text = String::new();
        for part in parse(policy).unwrap_or_default() {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Claim(path) => match claims.at(&path) {
                    Some(value) => text.push_str(&go_value(value)),
                    None => {
                        return Err(JwtError::Template(format!(
                            "failed to template policy [{index}]: map has no entry for key {:?}",
                            path.first().copied().unwrap_or_default()
                        )));
                    }
                },
            }
        }
        if !text.is_empty() && !filled.contains(&text) {
            filled.push(text);
        }
    }
    Ok(filled)
}

enum Part<'a> {
    Text(&'a str),
    /// `{{ .a.b }}`: the names on the way.
    Claim(Vec<&'a str>),
}

fn parse(template: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once("{{") {
        let (claim, after) = inside.split_once("}}")?;
        parts.push(Part::Text(before));
        let path: Vec<&str> = claim.trim().strip_prefix('.')?.split('.').collect();
        let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !path.iter().all(is_name) {
            return None;
        }
        parts.push(Part::Claim(path));
        rest = after;
    }
    parts.push(Part::Text(rest));
    Some(parts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(policies: &[&str]) -> Result<Vec<String>, String> {
        let claims = json!({ "group": "a", "id": 5, "of": { "deep": "x" }, "none": "" });
        let claims = Claims::new(claims.as_object().cloned().unwrap()).unwrap();
        let policies: Vec<String> = policies.iter().map(|&policy| policy.to_owned()).collect();
        check(&policies).and_then(|()| fill(&policies, &claims)).map_err(|error| error.to_string())
    }

    #[test]
    fn claims_are_filled_in() {
        assert_eq!(
            filled(&["plain", "p-{{.group}}-{{ .id }}", "{{.of.deep}}", "{{.none}}", "plain"]),
            Ok(vec!["plain".to_owned(), "p-a-5".to_owned(), "x".to_owned()])
        );
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused() {
        for template in ["{{", "{{.a", "{{if .a}}x{{end}}", "{{.}}", "{{a}}", "{{.a | upper}}"] {
            assert!(
                filled(&[template]).unwrap_err().starts_with("failed to parse template policy [0]"),
                "{template}"
            );
        }
        assert_eq!(
            filled(&["x", "{{.gone}}"]).unwrap_err(),
            "failed to template policy [1]: map has no entry for key \"gone\""
        );
    }
}
