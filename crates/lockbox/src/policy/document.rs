use hcl::{Body, Expression, Structure};
use serde_json::{Map, Value};

use super::{PolicyError, capability::Capabilities, pattern::Pattern, shape};

/// One rule of a policy.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) capabilities: Capabilities,
}

/// The rules of a policy, written as HCL or as JSON.
///
/// # Errors
/// When the text is neither, or says what lockbox does not know: a condition that is not kept is worse than none.
pub(super) fn parse(text: &str) -> Result<Vec<Rule>, PolicyError> {
    if text.trim().is_empty() {
        return Err(PolicyError::Empty);
    }
    let paths = if text.trim_start().starts_with('{') {
        json_paths(text)?
    } else {
        hcl_paths(text)?
    };
    let mut rules = Vec::new();
    for (path, keys) in paths {
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
                return Err(PolicyError::UnknownPathKey {
                    path,
                    key: key.clone(),
                    line,
                });
            }
        };
        return Err(PolicyError::Path { path, problem });
    }
    match Pattern::new(&path) {
        Ok(pattern) => Ok(Rule {
            pattern,
            capabilities,
        }),
        Err(problem) => Err(PolicyError::Path { path, problem }),
    }
}

fn listed(value: &Value) -> Result<Capabilities, String> {
    let names = value.as_array().ok_or("capabilities is not a list of strings")?;
    names.iter().try_fold(Capabilities::default(), |all, name| {
        let named = name.as_str().and_then(Capabilities::named);
        named
            .map(|capability| all.and(capability))
            .ok_or_else(|| format!("invalid capability {name}"))
    })
}

fn hcl_paths(text: &str) -> Result<Vec<(String, Map<String, Value>)>, PolicyError> {
    shape::check(text)?;
    let body = hcl::parse(text).map_err(|error| match error {
        hcl::Error::Parse(error) => PolicyError::Syntax {
            line: error.location().line(),
            column: error.location().column(),
            problem: error.message().to_owned(),
        },
        other => PolicyError::Syntax {
            line: 1,
            column: 1,
            problem: other.to_string(),
        },
    })?;
    let mut paths = Vec::new();
    for structure in body {
        match structure {
            Structure::Block(block) if block.identifier() == "path" => {
                if let Some(path) = block.labels().first() {
                    paths.push((path.as_str().to_owned(), keys(block.body())));
                }
            }
            Structure::Attribute(attribute) if attribute.key() == "name" => {}
            Structure::Block(block) => {
                return Err(PolicyError::UnknownKey {
                    key: block.identifier().to_owned(),
                });
            }
            Structure::Attribute(attribute) => {
                return Err(PolicyError::UnknownKey {
                    key: attribute.key().to_owned(),
                });
            }
        }
    }
    Ok(paths)
}

fn keys(body: &Body) -> Map<String, Value> {
    body.iter()
        .map(|structure| match structure {
            Structure::Attribute(attribute) => (attribute.key().to_owned(), plain(attribute.expr())),
            Structure::Block(block) => (block.identifier().to_owned(), Value::Null),
        })
        .collect()
}

/// What a rule can hold is texts and lists of them; anything else is shown to be refused.
fn plain(expression: &Expression) -> Value {
    match expression {
        Expression::String(text) => Value::from(text.as_str()),
        Expression::Array(values) => values.iter().map(plain).collect(),
        _ => Value::Null,
    }
}

fn json_paths(text: &str) -> Result<Vec<(String, Map<String, Value>)>, PolicyError> {
    let invalid = |line, column, problem: String| PolicyError::Syntax {
        line,
        column,
        problem,
    };
    let document: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| invalid(error.line(), error.column(), error.to_string()))?;
    let mut paths = Vec::new();
    for (key, value) in document {
        match (key.as_str(), value) {
            ("name", _) => {}
            ("path", Value::Object(rules)) => paths.push(rules),
            ("path", Value::Array(list)) => {
                paths.extend(list.into_iter().filter_map(|rules| match rules {
                    Value::Object(rules) => Some(rules),
                    _ => None,
                }));
            }
            ("path", _) => return Err(invalid(1, 1, "path is not an object".to_owned())),
            _ => return Err(PolicyError::UnknownKey { key }),
        }
    }
    paths
        .into_iter()
        .flatten()
        .map(|(path, keys)| match keys {
            Value::Object(keys) => Ok((path, keys)),
            _ => Err(PolicyError::Path {
                path,
                problem: "not an object".to_owned(),
            }),
        })
        .collect()
}

fn line_of(text: &str, path: &str, key: &str) -> usize {
    let start = text.find(path).unwrap_or(0);
    let place = text[start..].find(key).map_or(start, |offset| start + offset);
    text[..place].lines().count().max(1)
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
    fn a_condition_that_would_not_be_kept_is_refused() {
        assert!(parse("path \"a\" { capabilities = [\"read\"] \n denied_parameters = {} }").is_err());
    }

    #[test]
    fn deep_text_is_an_error_and_not_an_overflow() {
        assert!(parse(&format!("{{\"path\":{}", "[".repeat(100_000))).is_err());
        assert!(parse(&format!("path \"a\" {{ capabilities = {}", "[".repeat(100_000))).is_err());
    }
}
