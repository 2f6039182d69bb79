use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::node::{Linked, Value};
use super::plain;
use super::syntax::Style;

/// `!!str`
pub(super) const TEXT: &str = "tag:yaml.org,2002:str";

const REFERENCE: &str = "!reference";

const NOT_VALID: &str = "!reference is not valid: it has to be a list of names";

pub(super) fn is_reference(tag: Option<&str>) -> bool {
    tag == Some(REFERENCE)
}

/// What Psych makes of a scalar.
///
/// # Errors
/// Where it refuses to.
pub(super) fn scalar(text: &str, style: Style, tag: Option<&str>) -> Result<Value, String> {
    let Some(tag) = tag else {
        return match style {
            Style::Plain => plain::resolve(text),
            Style::Quoted => Ok(Value::Text(text.into())),
        };
    };
    if let Some(refusal) = refusal(tag) {
        return Err(refusal);
    }
    match tag {
        REFERENCE => Err(NOT_VALID.to_string()),
        TEXT | "!str" | "!ruby/string" | "!ruby/sym" | "!ruby/symbol" => Ok(Value::Text(text.into())),
        "tag:yaml.org,2002:float" | "!float" => float(text),
        "tag:yaml.org,2002:binary" | "!binary" => Err(format!("{tag}: binary values are not supported")),
        // Psych looks at what the text is like, not at what the tag says that it is.
        _ => plain::resolve(text),
    }
}

/// What Psych makes of a sequence.
///
/// # Errors
/// Where it refuses to, or GitLab does.
pub(super) fn sequence(items: Vec<Linked>, tag: Option<&str>) -> Result<Value, String> {
    let Some(tag) = tag else { return Ok(Value::Sequence(items)) };
    if tag == REFERENCE {
        let names = items.iter().map(|item| item.node.text().map(Arc::from)).collect::<Option<Vec<_>>>();
        return names.filter(|it| !it.is_empty()).map(Value::Reference).ok_or_else(|| NOT_VALID.to_string());
    }
    refusal(tag).map_or(Ok(Value::Sequence(items)), Err)
}

/// # Errors
/// Where Psych refuses a mapping with such a tag, or GitLab does.
pub(super) fn check_mapping(tag: Option<&str>) -> Result<(), String> {
    match tag {
        Some(REFERENCE) => Err(NOT_VALID.to_string()),
        Some(tag @ (TEXT | "!str" | "!ruby/string")) => Err(format!("{tag} cannot be a map")),
        Some(tag) => refusal(tag).map_or(Ok(()), Err),
        None => Ok(()),
    }
}

/// GitLab lets Psych make nothing but plain values: of all classes of Ruby, symbols alone.
fn refusal(tag: &str) -> Option<String> {
    let class = match tag {
        "!ruby/string" | "!ruby/sym" | "!ruby/symbol" => return None,
        "!set" | "tag:yaml.org,2002:set" => "Psych::Set",
        "!omap" | "tag:yaml.org,2002:omap" => "Psych::Omap",
        _ => {
            let local = tag.strip_prefix('!')?;
            let (name, class) = local.split_once(':').unwrap_or((local, ""));
            match name.strip_prefix("ruby/") {
                Some(kind) if class.is_empty() => kind,
                Some(_) => class,
                None if matches!(name, "str" | "seq" | "map") && !class.is_empty() => class,
                None => return None,
            }
        }
    };
    Some(format!("Tried to load unspecified class: {class}"))
}

fn float(text: &str) -> Result<Value, String> {
    let number = match plain::resolve(text)? {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) => Some(number),
        Value::Text(text) if text.starts_with(|it: char| it.is_ascii_digit() || "+-.".contains(it)) => {
            text.parse().ok()
        }
        _ => None,
    };
    number.map(Value::Float).ok_or_else(|| format!("invalid value for Float(): {text:?}"))
}
