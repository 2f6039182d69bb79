use serde_json::{Map, Value};

use super::{PolicyError, capability::Capabilities, hcl, json, pattern::Pattern};

/// One rule of a policy.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) capabilities: Capabilities,
}

/// One rule as it was written.
pub(super) struct Written {
    pub(super) path: String,
    pub(super) keys: Map<String, Value>,
}

/// The rules of a policy, written as HCL or as JSON.
///
/// # Errors
/// When the text is neither, or says what lockbox does not know: a condition that is not kept is worse than none.
pub(super) fn parse(text: &str) -> Result<Vec<Rule>, PolicyError> {
    if text.trim().is_empty() {
        return Err(PolicyError::Empty);
    }
    let paths = if text.trim_start().starts_with('{') { json::read(text)? } else { hcl::read(text)? };
    let mut rules = Vec::new();
    for Written { path, keys } in paths {
        // No token has an entity whose id or name could stand there.
        if path.contains("{{") {
            continue;
        }
        rules.push(rule(text, path, &keys)?);
    }
    Ok(rules)
}

fn rule(text: &str, path: String, keys: &Map<String, Value>) -> Result<Rule, PolicyError> {
    let mut capabilities = Capabilities::default();
    for (key, value) in keys {
        let problem = match key.as_str() {
            "capabilities" => match listed(value) {
                Ok(listed) => {
                    capabilities = capabilities.and(listed);
                    continue;
                }
                Err(problem) => problem,
            },
            "policy" => match value.as_str().and_then(Capabilities::shorthand) {
                Some(shorthand) => {
                    capabilities = capabilities.and(shorthand);
                    continue;
                }
                None => format!("invalid policy {value}"),
            },
            "comment" => continue,
            known if CONDITIONS.contains(&known) => format!("{known} is not supported by lockbox"),
            _ => {
                let line = line_of(text, &path, key);
                return Err(PolicyError::UnknownPathKey { path, key: key.clone(), line });
            }
        };
        return Err(PolicyError::Path { path, problem });
    }
    match Pattern::new(&path) {
        Ok(pattern) => Ok(Rule { pattern, capabilities }),
        Err(problem) => Err(PolicyError::Path { path, problem }),
    }
}

fn listed(value: &Value) -> Result<Capabilities, String> {
    let names = value.as_array().ok_or("capabilities is not a list of strings")?;
    names.iter().try_fold(Capabilities::default(), |all, name| {
        let named = name.as_str().and_then(Capabilities::named);
        named.map(|capability| all.and(capability)).ok_or_else(|| format!("invalid capability {name}"))
    })
}

fn line_of(text: &str, path: &str, key: &str) -> usize {
    let start = text.find(path).unwrap_or(0);
    let place = text[start..].find(key).map_or(start, |offset| start + offset);
    text[..place].matches('\n').count() + 1
}

/// What OpenBao knows and lockbox does not yet.
const CONDITIONS: [&str; 8] = [
    "allowed_parameters",
    "denied_parameters",
    "required_parameters",
    "min_wrapping_ttl",
    "max_wrapping_ttl",
    "expiration",
    "pagination_limit",
    "response_keys_filter_path",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hcl_and_json_say_the_same() {
        let hcl = parse("path \"ci/data/*\" {\n  capabilities = [\"read\", \"list\"]\n}").unwrap();
        let json = parse(r#"{"path":{"ci/data/*":{"capabilities":["read","list"]}}}"#).unwrap();
        assert_eq!(hcl[0].pattern, json[0].pattern);
        assert_eq!(hcl[0].capabilities, json[0].capabilities);
        assert_eq!(hcl[0].capabilities.names(), ["list", "read"]);
    }

    #[test]
    fn a_wrong_policy_is_refused_in_openbaos_words() {
        for (text, expected) in [
            (
                "path \"a\" { capabilities = [\"reed\"] }",
                "failed to parse policy: path \"a\": path \"a\": invalid capability \"reed\"",
            ),
            (
                "path \"a\" { policy = \"zork\" }",
                "failed to parse policy: path \"a\": path \"a\": invalid policy \"zork\"",
            ),
            (
                "path \"a\" { }\npath \"b\" {\n zork = 1\n}",
                "failed to parse policy: path \"b\": 1 error occurred:\n\t* invalid key \"zork\" on line 3\n\n",
            ),
            (
                "pat \"a\" { }",
                "failed to parse policy: 1 error occurred:\n\t* invalid key \"pat\" on line 0\n\n",
            ),
            (" ", "'policy' parameter not supplied or empty"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_rule_can_stand_in_one_line() {
        let rules = parse(
            "path \"a\" { comment = \"x\" capabilities = [\"read\"] } path \"b\" { policy = \"write\" }",
        );
        assert_eq!(rules.unwrap().len(), 2);
    }

    #[test]
    fn a_condition_that_would_not_be_kept_is_refused() {
        assert!(parse("path \"a\" { capabilities = [\"read\"] \n denied_parameters = {} }").is_err());
    }

    #[test]
    fn deep_text_is_an_error_and_not_an_overflow() {
        assert!(parse(&format!("{{\"path\":{}", "[".repeat(100_000))).is_err());
        assert!(parse(&format!("path \"a\" {{ capabilities = {}", "[".repeat(100_000))).is_err());
    }
}
