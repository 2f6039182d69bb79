use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Arguments;
use super::choice::{self, Known};
use super::definition::{Definition, Kind};
use super::json;
use crate::context::Version;
use crate::invalid::Invalid;
use crate::rules::Expression;
use crate::yaml::{Linked, Node, Place, Value};

/// Earlier versions take nothing but text for text.
const COERCES_TO_TEXT: Version = Version { major: 18, minor: 6 };

const NOT_ALLOWED: &str = "cannot be used because it is not in the list of allowed options";

/// The value of every declared input.
pub(super) struct Inputs(BTreeMap<String, Linked>);

impl Inputs {
    pub(super) fn value(&self, name: &str) -> Option<&Linked> {
        self.0.get(name)
    }
}

/// # Errors
/// Where anything is given to a file that declares nothing.
pub(super) fn refuse_all(arguments: Arguments<'_>, file: Place) -> Result<(), Invalid> {
    let place = match arguments {
        Arguments::Include(given, place) if !given.is_empty() => place,
        Arguments::Caller(given) if !given.is_empty() => file,
        _ => return Ok(()),
    };
    let message = "Given inputs not defined in the `spec` section of the included configuration file";
    Err(Invalid::at(place, message))
}

/// What the declared inputs come to.
///
/// # Errors
/// Where an argument is missing, unknown, or not what is declared.
pub(super) fn inputs(
    definitions: &[Definition],
    arguments: Arguments<'_>,
    version: Version,
) -> Result<Inputs, Invalid> {
    refuse_unknown(definitions, arguments)?;
    let mut known = BTreeMap::new();
    for definition in definitions {
        let given = given(definition, arguments);
        let value = value(definition, given, arguments, &Known { values: &known }, version)?;
        known.insert(&*definition.name, (definition.kind, value));
    }
    Ok(Inputs(known.into_iter().map(|(name, (_, value))| (String::from(name), value)).collect()))
}

fn refuse_unknown(definitions: &[Definition], arguments: Arguments<'_>) -> Result<(), Invalid> {
    let declared: BTreeMap<&str, ()> = definitions.iter().map(|it| (&*it.name, ())).collect();
    let unknown: Vec<(&str, Option<Place>)> = match arguments {
        Arguments::None => return Ok(()),
        Arguments::Include(given, _) => given.entries().iter().map(|it| (&*it.key, Some(it.place))).collect(),
        Arguments::Caller(given) => given.keys().map(|it| (it.as_str(), None)).collect(),
    };
    let unknown: Vec<_> = unknown.into_iter().filter(|(name, _)| !declared.contains_key(name)).collect();
    let Some((_, place)) = unknown.first() else { return Ok(()) };
    let names: Vec<&str> = unknown.iter().map(|(name, _)| *name).collect();
    let message = format!("unknown input arguments: {}", names.join(", "));
    Err(Invalid { place: *place, ..Invalid::nowhere(message) })
}

fn given(definition: &Definition, arguments: Arguments<'_>) -> Option<Linked> {
    let value = match arguments {
        Arguments::None => return None,
        Arguments::Include(given, _) => given.value(&definition.name)?.clone(),
        Arguments::Caller(given) => {
            let text = given.get(&*definition.name)?.as_str();
            Linked::here(Node { value: Value::Text(text.into()), place: definition.place })
        }
    };
    Some(value).filter(|it| !it.node.is_null())
}

fn value(
    definition: &Definition,
    given: Option<Linked>,
    arguments: Arguments<'_>,
    known: &Known<'_>,
    version: Version,
) -> Result<Linked, Invalid> {
    let choice = choice::chosen(definition.choices.as_deref().unwrap_or_default(), known)?;
    let options = choice.and_then(|it| it.options.as_ref()).or(definition.options.as_ref());
    let default = choice.and_then(|it| it.default.as_ref()).or(definition.default.as_ref());
    if given.is_none() && default.is_none() {
        let place = match arguments {
            Arguments::Include(_, place) => place,
            Arguments::None | Arguments::Caller(_) => definition.place,
        };
        let message = format!("`{}` input: required value has not been provided", definition.name);
        return Err(Invalid::at(place, message).note("it is declared here", Some(definition.place)));
    }
    let check = Check { definition, options: options.map(Vec::as_slice), version };
    let default = default.map(|it| check.proven(it, Source::Default)).transpose()?;
    match given {
        Some(given) => check.proven(&given, Source::Given),
        None => default.ok_or_else(|| check.refuse(definition.place, "required value has not been provided")),
    }
}

struct Check<'a> {
    definition: &'a Definition,
    options: Option<&'a [Linked]>,
    version: Version,
}

#[derive(Clone, Copy)]
enum Source {
    Default,
    Given,
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Given => "provided",
        }
    }
}

impl Check<'_> {
    fn proven(&self, value: &Linked, source: Source) -> Result<Linked, Invalid> {
        let place = value.node.place;
        let kind = self.definition.kind;
        let found = self.coerced(value)?;
        let fits = match kind {
            Kind::Text => matches!(found.node.value, Value::Text(_)),
            Kind::Array => matches!(found.node.value, Value::Sequence(_)),
            Kind::Boolean => matches!(found.node.value, Value::Boolean(_)),
            Kind::Number => matches!(found.node.value, Value::Integer(_) | Value::Float(_)),
        };
        if !fits {
            return Err(self.refuse(place, &format!("{} value is not {}", source.name(), kind.name())));
        }
        self.check_options(&found, place)?;
        self.check_regex(&found, source, place)?;
        Ok(found)
    }

    /// Text is read as JSON where something else is wanted, and everything else as text where text is.
    fn coerced(&self, value: &Linked) -> Result<Linked, Invalid> {
        let place = value.node.place;
        let text = value.node.text();
        let replaced = match (self.definition.kind, text) {
            (Kind::Text, None) if self.version >= COERCES_TO_TEXT => {
                value.node.to_text().map(|it| Value::Text(it.into()))
            }
            (Kind::Text, _) | (_, None) => None,
            (_, Some(text)) => json::parse(text, place),
        };
        Ok(replaced.map_or_else(|| value.clone(), |value| Linked::here(Node { value, place })))
    }

    fn check_options(&self, value: &Linked, place: Place) -> Result<(), Invalid> {
        let Some(options) = self.options else { return Ok(()) };
        let written = |it: &Linked| it.node.to_text();
        let is_allowed = |value: &Linked| match self.definition.kind {
            Kind::Number => options.iter().any(|it| number(it).is_some() && number(it) == number(value)),
            _ => options.iter().any(|it| written(it).is_some() && written(it) == written(value)),
        };
        match (self.definition.kind, value.node.sequence()) {
            (Kind::Boolean, _) => {
                Err(self.refuse(place, "Options can only be used with string and number inputs"))
            }
            (Kind::Array, Some(items)) => {
                let refused: Vec<_> = items.iter().filter(|it| !is_allowed(it)).filter_map(written).collect();
                if refused.is_empty() {
                    return Ok(());
                }
                Err(self.refuse(place, &format!("{} {NOT_ALLOWED}", refused.join(", "))))
            }
            _ if is_allowed(value) => Ok(()),
            _ => {
                let text = written(value).unwrap_or_default();
                Err(self.refuse(place, &format!("`{text}` {NOT_ALLOWED}")))
            }
        }
    }

    fn check_regex(&self, value: &Linked, source: Source, place: Place) -> Result<(), Invalid> {
        let Some(regex) = &self.definition.regex else { return Ok(()) };
        let (Kind::Text, Some(text)) = (self.definition.kind, value.node.text()) else {
            return Err(self.refuse(place, "RegEx validation can only be used with string inputs"));
        };
        let body = regex.replace("\\/", "/").replace('/', "\\/");
        let Ok(expression) = format!("$TEXT =~ /(?:{body})/").parse::<Expression>() else {
            return Err(self.refuse(self.definition.place, "invalid regular expression"));
        };
        if expression.holds(&[("TEXT", text)]) {
            return Ok(());
        }
        let problem = format!("{} value does not match required RegEx pattern", source.name());
        Err(self.refuse(place, &problem).note(format!("the pattern is {regex}"), Some(self.definition.place)))
    }

    fn refuse(&self, place: Place, problem: &str) -> Invalid {
        Invalid::at(place, format!("`{}` input: {problem}", self.definition.name))
    }
}

fn number(value: &Linked) -> Option<f64> {
    match value.node.value {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) => Some(number),
        _ => None,
    }
}
