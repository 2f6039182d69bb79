use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mapping::{Entry, Mapping};
use super::merge::merged;
use super::node::{Linked, Node, Value};
use super::place::{FileId, Place};
use super::syntax::{Event, Mark, Properties, Style, What};
use super::tag;
use crate::invalid::Invalid;

/// As deep as GitLab lets a configuration be nested, aliases written out.
const MAX_DEPTH: usize = 100;

/// How many values a document may have, aliases written out.
const MAX_NODES: usize = 1_000_000;

const TOO_BIG: &str = "The parsed YAML is too big";

/// Makes values of events, without recursion.
pub(super) struct Builder<'a> {
    file: FileId,
    lines_before: u32,
    open: Vec<Open<'a>>,
    anchors: BTreeMap<&'a str, Anchored>,
    /// All values so far, aliases written out.
    nodes: usize,
    root: Option<Linked>,
}

struct Open<'a> {
    content: Content,
    place: Place,
    properties: Properties<'a>,
    nodes_before: usize,
    height: usize,
}

enum Content {
    Sequence(Vec<Linked>),
    Mapping(Mapping, Option<Key>),
}

struct Key {
    text: Arc<str>,
    place: Place,
    /// `<<`
    merges: bool,
}

enum Anchored {
    /// Its end has not been seen.
    Open,
    Complete(Complete),
}

#[derive(Clone)]
struct Complete {
    value: Linked,
    nodes: usize,
    height: usize,
}

/// How a value is written, which decides what `<<` makes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Scalar,
    Sequence,
    /// A mapping, or an alias of anything.
    Other,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: FileId, lines_before: u32) -> Self {
        Self { file, lines_before, open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, root: None }
    }

    /// The document, once all of its events were given.
    pub(super) fn root(self) -> Option<Linked> {
        self.root
    }

    pub(super) fn place(&self, mark: Mark) -> Place {
        Place {
            file: self.file,
            line: mark.line.saturating_add(self.lines_before).saturating_add(1),
            column: mark.column.saturating_add(1),
        }
    }

    pub(super) fn add(&mut self, event: Event<'a>) -> Result<(), Invalid> {
        let place = self.place(event.mark);
        match event.what {
            What::Scalar(text, style, properties) => self.scalar(&text, style, &properties, place),
            What::Alias(name) => self.alias(name, place),
            What::SequenceStart(properties) => self.start(Content::Sequence(Vec::new()), properties, place),
            What::MappingStart(properties) => {
                tag::check_mapping(properties.tag.as_deref()).map_err(|it| Invalid::at(place, it))?;
                self.start(Content::Mapping(Mapping::new(), None), properties, place)
            }
            What::End => self.end(),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: Style,
        properties: &Properties<'a>,
        place: Place,
    ) -> Result<(), Invalid> {
        let tag = properties.tag.as_deref();
        let value = tag::scalar(text, style, tag).map_err(|it| Invalid::at(place, it))?;
        self.count(1, place)?;
        let merges = text == "<<" && tag != Some(tag::TEXT) && matches!(value, Value::Text(_));
        let complete = Complete { value: Linked::here(Node { value, place }), nodes: 1, height: 0 };
        self.anchor(properties, &complete);
        self.attach(complete, Written::Scalar, merges, place)
    }

    fn alias(&mut self, name: &'a str, place: Place) -> Result<(), Invalid> {
        let complete = match self.anchors.get(name) {
            Some(Anchored::Complete(complete)) => complete.clone(),
            Some(Anchored::Open) => {
                return Err(Invalid::at(place, format!("The value of &{name} contains itself: *{name}")));
            }
            None => return Err(Invalid::at(place, format!("Unknown alias: {name}"))),
        };
        self.count(complete.nodes, place)?;
        let merges = complete.value.node.text() == Some("<<");
        self.attach(complete, Written::Other, merges, place)
    }

    fn start(&mut self, content: Content, properties: Properties<'a>, place: Place) -> Result<(), Invalid> {
        self.count(1, place)?;
        if self.open.len() == MAX_DEPTH {
            return Err(too_deep(place));
        }
        // Psych gives an object like !reference to no anchor.
        if let Some(name) = properties.anchor.filter(|_| !tag::is_reference(properties.tag.as_deref())) {
            self.anchors.insert(name, Anchored::Open);
        }
        self.open.push(Open { content, place, properties, nodes_before: self.nodes - 1, height: 0 });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Invalid> {
        let Some(Open { content, place, properties, nodes_before, height }) = self.open.pop() else {
            return Ok(());
        };
        let (value, written) = match content {
            Content::Sequence(items) => {
                let value = tag::sequence(items, properties.tag.as_deref());
                (value.map_err(|it| Invalid::at(place, it))?, Written::Sequence)
            }
            Content::Mapping(mapping, _) => (Value::Mapping(mapping), Written::Other),
        };
        let is_reference = matches!(value, Value::Reference(_));
        let value = Linked::here(Node { value, place });
        let complete = Complete { value, nodes: self.nodes - nodes_before, height: height + 1 };
        if !is_reference {
            self.anchor(&properties, &complete);
        }
        self.attach(complete, written, false, place)
    }

    fn anchor(&mut self, properties: &Properties<'a>, complete: &Complete) {
        if let Some(name) = properties.anchor {
            self.anchors.insert(name, Anchored::Complete(complete.clone()));
        }
    }

    fn count(&mut self, more: usize, place: Place) -> Result<(), Invalid> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MAX_NODES {
            let advice = format!("it comes to more than {MAX_NODES} values with its aliases written out");
            return Err(Invalid::at(place, TOO_BIG).note(advice, None));
        }
        Ok(())
    }

    /// Gives a complete value to what it stands in.
    fn attach(
        &mut self,
        complete: Complete,
        written: Written,
        merges: bool,
        place: Place,
    ) -> Result<(), Invalid> {
        let depth = self.open.len();
        let Some(open) = self.open.last_mut() else {
            self.root = Some(complete.value);
            return Ok(());
        };
        if depth + complete.height > MAX_DEPTH {
            return Err(too_deep(place));
        }
        open.height = open.height.max(complete.height);
        let (mapping, key) = match &mut open.content {
            Content::Sequence(items) => {
                items.push(complete.value);
                return Ok(());
            }
            Content::Mapping(mapping, key) => (mapping, key),
        };
        let Some(Key { text, place: key_place, merges }) = key.take() else {
            let text = key_text(&complete.value, place)?;
            *key = Some(Key { text: text.into(), place, merges });
            return Ok(());
        };
        if merges && let Some(entries) = merged(&complete.value.node, written) {
            let count = entries.len();
            entries.into_iter().for_each(|entry| mapping.put(entry));
            return self.count(count, place);
        }
        mapping.put(Entry { key: text, place: key_place, value: complete.value });
        Ok(())
    }
}

fn key_text(key: &Linked, place: Place) -> Result<String, Invalid> {
    key.node.to_text().ok_or_else(|| Invalid::at(place, format!("{} cannot be a key", key.node.kind())))
}

fn too_deep(place: Place) -> Invalid {
    Invalid::at(place, TOO_BIG).note(format!("it is nested more than {MAX_DEPTH} levels deep"), None)
}
