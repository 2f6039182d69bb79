use ::hcl::{Body, Expression, Structure};
use serde_json::{Map, Value};

use super::{PolicyError, document::Written, shape};

/// The rules of a text in HCL.
///
/// # Errors
/// When it is not HCL, or says something beside its rules.
pub(super) fn read(text: &str) -> Result<Vec<Written>, PolicyError> {
    let spread = shape::spread(text)?;
    let parsed = ::hcl::parse(text).or_else(|error| ::hcl::parse(&spread).map_err(|_| error));
    let body = parsed.map_err(|error| match error {
        ::hcl::Error::Parse(error) => PolicyError::Syntax {
            line: error.location().line(),
            column: error.location().column(),
            problem: error.message().to_owned(),
        },
        other => PolicyError::Syntax { line: 1, column: 1, problem: other.to_string() },
    })?;
    let mut paths = Vec::new();
    for structure in body {
        match structure {
            Structure::Block(block) if block.identifier() == "path" => {
                if let Some(path) = block.labels().first() {
                    paths.push(Written { path: path.as_str().to_owned(), keys: keys(block.body()) });
                }
            }
            Structure::Attribute(attribute) if attribute.key() == "name" => {}
            Structure::Block(block) => {
                return Err(PolicyError::UnknownKey { key: block.identifier().to_owned() });
            }
            Structure::Attribute(attribute) => {
                return Err(PolicyError::UnknownKey { key: attribute.key().to_owned() });
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
