use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Incomplete;
use crate::answer::Reason;
use crate::invalid::Invalid;
use crate::yaml::{Entry, How, Linked, Mapping, Node, Place, Value};

/// References that lead to references, and lists in lists: more than anybody writes, less than a stack holds.
const MAX_DEPTH: usize = 200;

/// What all values together may come to, each counted as often as it is used.
const MAX_NODES: u64 = 5_000_000;

/// Puts the values in which `!reference` names. A name that nobody defines is an error, unless `elsewhere` says who may
/// define it: then the reference stays null and its top-level key is incomplete.
///
/// # Errors
/// Where GitLab would refuse a reference.
pub(crate) fn resolve(
    top: &Mapping,
    elsewhere: Option<&Reason>,
    incomplete: &mut Incomplete,
) -> Result<Mapping, Invalid> {
    let mut resolution = Resolution {
        top,
        elsewhere,
        missing: None,
        targets: BTreeMap::new(),
        plain: BTreeMap::new(),
        way: Vec::new(),
    };
    let mut resolved = Mapping::new();
    let mut nodes = 0u64;
    for entry in top.entries() {
        resolution.missing = None;
        let Sized { linked, nodes: more, .. } = resolution.linked(&entry.value, 0)?;
        nodes = nodes.saturating_add(more);
        if nodes > MAX_NODES {
            let message = format!("{}: with all that it refers to, the configuration is too big", entry.key);
            return Err(Invalid::at(entry.place, message));
        }
        if let Some(reason) = resolution.missing.take() {
            incomplete.0.entry(entry.key.clone()).or_insert(reason);
        }
        resolved.put(Entry { value: linked, ..entry.clone() });
    }
    Ok(resolved)
}

struct Resolution<'a> {
    top: &'a Mapping,
    elsewhere: Option<&'a Reason>,
    /// The first name that the current key needs and nobody defines.
    missing: Option<Reason>,
    targets: BTreeMap<&'a [Arc<str>], Target>,
    /// Values that many keys share and that hold no reference, by their address, with what they come to.
    plain: BTreeMap<*const Node, u64>,
    way: Vec<(&'a [Arc<str>], Place)>,
}

enum Target {
    InProgress,
    Done(Sized, Option<Reason>),
}

#[derive(Clone)]
struct Sized {
    linked: Linked,
    nodes: u64,
    changed: bool,
}

impl<'a> Resolution<'a> {
    fn linked(&mut self, linked: &'a Linked, depth: usize) -> Result<Sized, Invalid> {
        let node: &'a Node = &linked.node;
        if depth > MAX_DEPTH {
            return Err(self.on_the_way(Invalid::at(node.place, "references are nested too deep")));
        }
        if let Value::Reference(path) = &node.value {
            return self.reference(path, node.place, linked, depth);
        }
        let unchanged = |nodes| Sized { linked: linked.clone(), nodes, changed: false };
        let (Value::Sequence(_) | Value::Mapping(_)) = &node.value else { return Ok(unchanged(1)) };
        if let Some(nodes) = self.plain.get(&core::ptr::from_ref(node)) {
            return Ok(unchanged(*nodes));
        }
        let mut nodes = 1u64;
        let mut changed = false;
        let mut note = |sized: &Sized| {
            nodes = nodes.saturating_add(sized.nodes);
            changed |= sized.changed;
        };
        let value = match &node.value {
            Value::Sequence(items) => {
                let mut resolved = Vec::with_capacity(items.len());
                for item in items {
                    let sized = self.linked(item, depth + 1)?;
                    note(&sized);
                    resolved.push(sized.linked);
                }
                Value::Sequence(resolved)
            }
            Value::Mapping(mapping) => {
                let mut resolved = Mapping::new();
                for entry in mapping.entries() {
                    let sized = self.linked(&entry.value, depth + 1)?;
                    note(&sized);
                    resolved.put(Entry { value: sized.linked, ..entry.clone() });
                }
                Value::Mapping(resolved)
            }
            scalar => scalar.clone(),
        };
        if !changed {
            self.plain.insert(core::ptr::from_ref(node), nodes);
            return Ok(unchanged(nodes));
        }
        let node = Arc::new(Node { value, place: node.place });
        Ok(Sized { linked: Linked { node, via: linked.via.clone() }, nodes, changed })
    }

    fn reference(
        &mut self,
        path: &'a [Arc<str>],
        place: Place,
        from: &Linked,
        depth: usize,
    ) -> Result<Sized, Invalid> {
        let target = match self.targets.get(path) {
            Some(Target::Done(sized, missing)) => {
                self.missing = self.missing.take().or_else(|| missing.clone());
                sized.clone()
            }
            Some(Target::InProgress) => return Err(self.circle(path, place)),
            None => self.target(path, place, depth)?,
        };
        let linked = target.linked.through(How::Reference(path.to_vec()), place).beneath(from.via.as_ref());
        Ok(Sized { linked, nodes: target.nodes, changed: true })
    }

    fn target(&mut self, path: &'a [Arc<str>], place: Place, depth: usize) -> Result<Sized, Invalid> {
        let outer = self.missing.take();
        let Some(found) = find(self.top, path) else {
            let Some(reason) = self.elsewhere else {
                let message = format!("{} could not be found", written(path));
                return Err(self.on_the_way(Invalid::at(place, message)));
            };
            let reason = Reason::new(format!(
                "it needs {}, which no file that was read defines: {reason}",
                written(path)
            ));
            self.missing = outer.or(Some(reason));
            let nothing = Linked::here(Node { value: Value::Null, place });
            return Ok(Sized { linked: nothing, nodes: 1, changed: true });
        };
        self.targets.insert(path, Target::InProgress);
        self.way.push((path, place));
        let sized = self.linked(found, depth + 1)?;
        self.way.pop();
        self.targets.insert(path, Target::Done(sized.clone(), self.missing.clone()));
        self.missing = outer.or(self.missing.take());
        Ok(sized)
    }

    fn circle(&self, path: &[Arc<str>], place: Place) -> Invalid {
        let from = self.way.iter().position(|(each, _)| *each == path).unwrap_or(0);
        let names: Vec<String> =
            self.way[from..].iter().map(|(each, _)| written(each)).chain([written(path)]).collect();
        let message = format!("{} is part of a circular chain", written(path));
        self.on_the_way(
            Invalid::at(place, message).note(format!("the circle is {}", names.join(" → ")), None),
        )
    }

    fn on_the_way(&self, invalid: Invalid) -> Invalid {
        self.way.iter().rev().fold(invalid, |invalid, (path, place)| {
            invalid.note(format!("{} is needed here", written(path)), Some(*place))
        })
    }
}

/// What stands at a path. `false` and null are nothing, as for GitLab.
fn find<'a>(top: &'a Mapping, path: &[Arc<str>]) -> Option<&'a Linked> {
    let (first, rest) = path.split_first()?;
    let start = top.value(first)?;
    let found = rest.iter().try_fold(start, |at, key| at.node.mapping()?.value(key))?;
    (!matches!(found.node.value, Value::Null | Value::Boolean(false))).then_some(found)
}

fn written(path: &[Arc<str>]) -> String {
    let quoted: Vec<String> = path.iter().map(|part| format!("\"{part}\"")).collect();
    format!("!reference [{}]", quoted.join(", "))
}
