use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::argument::Inputs;
use super::block::{self, Piece};
use crate::invalid::Invalid;
use crate::rules::Variables;
use crate::yaml::{Entry, Linked, Mapping, Node, Place, Value};

const MAX_NODES: usize = 500_000;

const MAX_BLOCKS: usize = 10_000;

const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// What all texts together may come to: GitLab has no such limit, and a machine has.
const MAX_FILLED_BYTES: usize = 16 * MAX_TEXT_BYTES;

/// The content of a file with the values of its inputs put in, once: what they bring is not looked at again.
///
/// # Errors
/// Where a block is wrong, or there is too much of anything.
pub(super) fn fill(content: &Linked, inputs: &Inputs, scope: &dyn Variables) -> Result<Linked, Invalid> {
    let mut filler = Filler { inputs, scope, blocks: BTreeMap::new(), nodes: 0, bytes: 0 };
    filler.value(content)
}

struct Filler<'a> {
    inputs: &'a Inputs,
    scope: &'a dyn Variables,
    /// The blocks so far, which are worked out once.
    blocks: BTreeMap<String, Linked>,
    nodes: usize,
    bytes: usize,
}

impl Filler<'_> {
    /// A document is nested no deeper than YAML may be here, and so is this.
    fn value(&mut self, value: &Linked) -> Result<Linked, Invalid> {
        let place = value.node.place;
        self.count(1, place)?;
        let filled = match &value.node.value {
            Value::Text(text) => match self.text(text, place)? {
                Some(filled) => return Ok(replaced(&filled, place)),
                None => return Ok(value.clone()),
            },
            Value::Sequence(items) => Value::Sequence(self.items(items)?),
            Value::Mapping(mapping) => Value::Mapping(self.mapping(mapping)?),
            _ => return Ok(value.clone()),
        };
        Ok(Linked { node: Arc::new(Node { value: filled, place }), via: value.via.clone() })
    }

    /// An item that is an input of type array becomes its items.
    fn items(&mut self, items: &[Linked]) -> Result<Vec<Linked>, Invalid> {
        let mut filled = Vec::with_capacity(items.len());
        for item in items {
            let value = self.value(item)?;
            match (item.node.text(), value.node.sequence()) {
                (Some(_), Some(spliced)) => {
                    self.count(spliced.len(), item.node.place)?;
                    filled.extend_from_slice(spliced);
                }
                _ => filled.push(value),
            }
        }
        Ok(filled)
    }

    fn mapping(&mut self, mapping: &Mapping) -> Result<Mapping, Invalid> {
        let mut filled = Mapping::new();
        for entry in mapping.entries() {
            self.count(1, entry.place)?;
            let key = match self.text(&entry.key, entry.place)? {
                None => entry.key.clone(),
                Some(key) => match key.node.to_text() {
                    Some(key) => key.into(),
                    None => {
                        let message = format!("{} cannot be a key", key.node.kind());
                        return Err(Invalid::at(entry.place, message));
                    }
                },
            };
            let value = self.value(&entry.value)?;
            filled.put(Entry { key, place: entry.place, value });
        }
        Ok(filled)
    }

    /// `None` where there is nothing to put in.
    fn text(&mut self, text: &str, place: Place) -> Result<Option<Linked>, Invalid> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Invalid::at(place, "config node too large"));
        }
        if !text.contains("$[[") {
            return Ok(None);
        }
        let pieces = block::pieces(text);
        match pieces.as_slice() {
            [Piece::Block(written, data)] => self.block(written, data, place).map(Some),
            [Piece::Text(_)] | [] => Ok(None),
            pieces => {
                let mut filled = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => filled.push_str(text),
                        Piece::Block(written, data) => {
                            let value = self.block(written, data, place)?;
                            filled.push_str(&inspected(&value, Nesting::Outermost));
                        }
                    }
                    if self.bytes.saturating_add(filled.len()) > MAX_FILLED_BYTES {
                        return Err(Invalid::at(place, "config too large"));
                    }
                }
                self.bytes += filled.len();
                Ok(Some(Linked::here(Node { value: Value::Text(filled.into()), place })))
            }
        }
    }

    fn block(&mut self, written: &str, data: &str, place: Place) -> Result<Linked, Invalid> {
        if let Some(value) = self.blocks.get(written) {
            return Ok(value.clone());
        }
        let value =
            block::value(written, data, self.inputs, self.scope).map_err(|it| Invalid::at(place, it))?;
        if self.blocks.len() == MAX_BLOCKS {
            return Err(Invalid::at(place, "too many interpolation blocks"));
        }
        self.blocks.insert(written.into(), value.clone());
        Ok(value)
    }

    fn count(&mut self, more: usize, place: Place) -> Result<(), Invalid> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MAX_NODES {
            return Err(Invalid::at(place, "config too large"));
        }
        Ok(())
    }
}

/// The value, as if it were written where its block is.
fn replaced(value: &Linked, place: Place) -> Linked {
    Linked::here(Node { value: value.node.value.clone(), place })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Outermost,
    Inside,
}

/// Ruby's `to_s`, which for a list is how its items are written in Ruby.
fn inspected(value: &Linked, nesting: Nesting) -> Cow<'_, str> {
    match &value.node.value {
        Value::Text(text) if nesting == Nesting::Inside => Cow::Owned(format!("{text:?}")),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Null if nesting == Nesting::Inside => Cow::Borrowed("nil"),
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|it| inspected(it, Nesting::Inside)).collect();
            Cow::Owned(format!("[{}]", items.join(", ")))
        }
        _ => Cow::Owned(value.node.to_text().unwrap_or_else(|| String::from(value.node.kind()))),
    }
}
