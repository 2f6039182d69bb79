use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    HclError,
    node::{Entry, Node},
    place::Place,
    token::{Kind, Token},
};
use crate::policy::go_text::quoted;

/// What a field holds: a value, the items of a block, or one of these items.
#[derive(Clone, Debug)]
pub(in crate::policy) enum Found<'n, 'a> {
    Value(&'n Node<'a>),
    Items(Vec<Entry<'n, 'a>>),
    Item(Entry<'n, 'a>),
}

/// A value of no fixed kind.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum Scalar {
    Text(String),
    Integer(i64),
    Float(f64),
    /// None of these.
    Other,
}

/// What a field of a request is held against.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum Wanted {
    Exactly(Value),
    /// Numbers, and objects in objects: in OpenBao's memory a request never holds the same.
    Nothing,
}

/// Whether an object stands in a list, or in another object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    List,
    Object,
}

impl<'n, 'a> Found<'n, 'a> {
    /// Everything that a block says under this name; what has labels comes first.
    pub(in crate::policy) fn under(entries: &[Entry<'n, 'a>], name: &str) -> Vec<Self> {
        let named = || entries.iter().filter_map(|entry| entry.under(name));
        let labelled: Vec<_> = named().filter(|entry| !entry.keys().is_empty()).collect();
        let plain = named()
            .filter(|entry| entry.keys().is_empty())
            .map(|entry| entry.value().entries().map_or_else(|| Self::Value(entry.value()), Self::Items));
        let labelled = Some(labelled).filter(|labelled| !labelled.is_empty()).map(Self::Items);
        labelled.into_iter().chain(plain).collect()
    }

    /// # Errors
    /// When it is no text; a number is one.
    pub(in crate::policy) fn text(&self, name: &str) -> Result<String, HclError> {
        match self {
            Self::Value(Node::Literal(token)) if !matches!(token.kind, Kind::Bool | Kind::Float) => {
                token.value()
            }
            other => Err(other.unfit(&format!("{name}: unknown type for string {}", other.kind()))),
        }
    }

    /// # Errors
    /// When it is no list of texts.
    pub(in crate::policy) fn texts(&self, name: &str) -> Result<Vec<String>, HclError> {
        let elements = self.elements()?;
        let named = elements.iter().enumerate();
        named.map(|(position, element)| element.text(&format!("{name}[{position}]"))).collect()
    }

    /// # Errors
    /// When it is no integer, and no text of one.
    pub(in crate::policy) fn integer(&self, name: &str) -> Result<i64, HclError> {
        match self {
            Self::Value(Node::Literal(token)) if matches!(token.kind, Kind::Number | Kind::Text) => {
                integer(&token.value()?)
            }
            other => Err(other.unfit(&format!("{name}: unknown type {}", other.kind()))),
        }
    }

    /// # Errors
    /// When it is no block.
    pub(in crate::policy) fn block(&self, name: &str) -> Result<Vec<Entry<'n, 'a>>, HclError> {
        match self {
            Self::Items(entries) => Ok(entries.clone()),
            other => Err(other.unfit(&format!("{name}: not an object type for struct ({})", other.kind()))),
        }
    }

    /// # Errors
    /// When it is a number out of range.
    pub(in crate::policy) fn scalar(&self) -> Result<Scalar, HclError> {
        match self {
            Self::Value(Node::Literal(token)) => match token.kind {
                Kind::Number => integer(token.text).map(Scalar::Integer),
                Kind::Float => float(token.text).map(Scalar::Float),
                Kind::Text | Kind::Heredoc => token.value().map(Scalar::Text),
                _ => Ok(Scalar::Other),
            },
            _ => Ok(Scalar::Other),
        }
    }

    /// Lists of values by name; no value at all stands for any.
    ///
    /// # Errors
    /// When it is no object of lists.
    pub(in crate::policy) fn lists(
        &self,
        name: &str,
        lists: &mut BTreeMap<String, Vec<Wanted>>,
    ) -> Result<(), HclError> {
        for (key, value) in self.members(name)? {
            let name = format!("{name}.{key}");
            for (position, element) in value.elements()?.iter().enumerate() {
                let wanted = element.wanted(&format!("{name}[{position}]"), Inside::List)?;
                lists.entry(key.clone()).or_default().push(wanted);
            }
            lists.entry(key).or_default();
        }
        Ok(())
    }

    fn wanted(&self, name: &str, inside: Inside) -> Result<Wanted, HclError> {
        match self {
            Self::Value(Node::Literal(token)) => literal(token),
            Self::Value(Node::List { .. }) => {
                let mut values = Some(Vec::new());
                for element in self.elements()? {
                    match (element.wanted(name, Inside::List)?, &mut values) {
                        (Wanted::Exactly(value), Some(values)) => values.push(value),
                        _ => values = None,
                    }
                }
                Ok(values.map_or(Wanted::Nothing, |values| Wanted::Exactly(Value::Array(values))))
            }
            Self::Item(_) => {
                Err(HclError::Plain(format!("{name}: cannot decode into interface: {}", self.kind())))
            }
            Self::Value(Node::Object { .. }) | Self::Items(_) => {
                let mut members = Some(Map::new());
                for (key, value) in self.members(name)? {
                    match (value.wanted(name, Inside::Object)?, &mut members) {
                        (Wanted::Exactly(value), Some(members)) => drop(members.insert(key, value)),
                        _ => members = None,
                    }
                }
                let members = members.filter(|_| inside == Inside::List);
                Ok(members.map_or(Wanted::Nothing, |members| Wanted::Exactly(Value::Object(members))))
            }
        }
    }

    /// The members of an object; those with labels are taken together under the first of them.
    fn members(&self, name: &str) -> Result<Vec<(String, Self)>, HclError> {
        let entries = match self {
            Self::Items(entries) => Some(entries.clone()),
            Self::Item(entry) => Some(vec![*entry]),
            Self::Value(node) => node.entries(),
        };
        let Some(entries) = entries else {
            return Err(self.unfit(&format!("{name}: not an object type for map ({})", self.kind())));
        };
        let mut members: Vec<(String, Self)> = Vec::new();
        let mut together = Vec::new();
        for entry in &entries {
            if entry.keys().is_empty() {
                return Err(self.unfit(&format!("{name}: map must have string keys")));
            }
            let key = entry.name()?;
            if together.contains(&key) {
                continue;
            }
            let value = if entry.keys().len() > 1 {
                together.push(key.clone());
                Self::Items(entries.iter().filter_map(|entry| entry.under(&key)).collect())
            } else {
                Self::Value(entry.value())
            };
            members.push((key, value));
        }
        Ok(members)
    }

    fn elements(&self) -> Result<Vec<Self>, HclError> {
        match self {
            Self::Items(entries) => Ok(entries.iter().copied().map(Self::Item).collect()),
            Self::Value(Node::List { values, .. }) => Ok(values.iter().map(Self::Value).collect()),
            Self::Value(Node::Object { .. }) => Ok(vec![self.clone()]),
            Self::Value(Node::Literal(_)) | Self::Item(_) => {
                Err(self.unfit(&format!("unknown slice type: {}", self.kind())))
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Value(node) => node.kind(),
            Self::Items(_) => "*ast.ObjectList",
            Self::Item(_) => "*ast.ObjectItem",
        }
    }

    fn unfit(&self, problem: &str) -> HclError {
        let place = match self {
            Self::Value(node) => node.place(),
            Self::Items(entries) => entries.first().map_or_else(Place::default, Entry::place),
            Self::Item(entry) => entry.place(),
        };
        HclError::at(place, problem)
    }
}

fn literal(token: &Token<'_>) -> Result<Wanted, HclError> {
    match token.kind {
        Kind::Bool => Ok(Wanted::Exactly(Value::Bool(token.text == "true"))),
        Kind::Number => integer(token.text).map(|_| Wanted::Nothing),
        Kind::Float => float(token.text).map(|_| Wanted::Nothing),
        _ => token.value().map(|text| Wanted::Exactly(Value::String(text))),
    }
}

/// Go's `strconv.ParseInt` with a base by prefix.
fn integer(text: &str) -> Result<i64, HclError> {
    let refuse =
        |why: &str| Err(HclError::Plain(format!("strconv.ParseInt: parsing {}: {why}", quoted(text))));
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (digits, base) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&unsigned[2..], 16),
        [b'0', b'o' | b'O', ..] => (&unsigned[2..], 8),
        [b'0', b'b' | b'B', ..] => (&unsigned[2..], 2),
        [b'0', _, ..] => (&unsigned[1..], 8),
        _ => (unsigned, 10),
    };
    // An underscore stands between digits, or behind the prefix.
    let whole = if base == 10 { digits.to_owned() } else { format!("0{digits}") };
    let groups: Vec<&str> = whole.split('_').collect();
    if groups.iter().any(|group| group.is_empty() || !group.chars().all(|digit| digit.is_digit(base)))
        || digits.is_empty()
    {
        return refuse("invalid syntax");
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    i64::from_str_radix(&format!("{sign}{}", groups.concat()), base).or_else(|_| refuse("value out of range"))
}

/// Go's `strconv.ParseFloat`.
fn float(text: &str) -> Result<f64, HclError> {
    let refuse =
        |why: &str| Err(HclError::Plain(format!("strconv.ParseFloat: parsing {}: {why}", quoted(text))));
    match text.parse::<f64>() {
        Ok(number) if number.is_infinite() => refuse("value out of range"),
        Ok(number) => Ok(number),
        Err(_) => refuse("invalid syntax"),
    }
}
