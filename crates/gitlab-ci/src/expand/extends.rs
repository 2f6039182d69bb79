use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Incomplete;
use crate::answer::Reason;
use crate::invalid::Invalid;
use crate::yaml::{Budget, Entry, How, Linked, Mapping, Node, Place, TooBig, Value};

/// An entry with so many before it that extends something itself is too deep: eleven hops are fine, twelve are not.
const MAX_NESTING_LEVELS: usize = 10;

/// Puts into every top-level map what it extends. A base that nobody defines is an error, unless `elsewhere` says who
/// may define it: then the key is incomplete.
///
/// # Errors
/// Where GitLab would refuse an `extends`.
pub(crate) fn extend(
    top: &Mapping,
    elsewhere: Option<&Reason>,
    budget: &mut Budget,
    incomplete: &mut Incomplete,
) -> Result<Mapping, Invalid> {
    let mut extension = Extension { top, elsewhere, budget, incomplete, done: BTreeMap::new() };
    let mut extended = Mapping::new();
    for entry in top.entries() {
        let mut way = Vec::new();
        let value = extension.extended(entry, &mut way)?.value;
        extended.put(Entry { value, ..entry.clone() });
    }
    Ok(extended)
}

struct Extension<'a> {
    top: &'a Mapping,
    elsewhere: Option<&'a Reason>,
    budget: &'a mut Budget,
    incomplete: &'a mut Incomplete,
    done: BTreeMap<Arc<str>, Extended>,
}

#[derive(Clone)]
struct Extended {
    value: Linked,
    /// The longest chain of bases below.
    hops: usize,
}

/// A key on the way to its bases, and the place of the `extends` that led there.
struct Hop {
    key: Arc<str>,
    place: Place,
}

impl<'a> Extension<'a> {
    fn extended(&mut self, entry: &'a Entry, way: &mut Vec<Hop>) -> Result<Extended, Invalid> {
        let own = match entry.value.node.mapping() {
            Some(own) if own.entry("extends").is_some() => own,
            _ => return Ok(Extended { value: entry.value.clone(), hops: 0 }),
        };
        if let Some(done) = self.done.get(&entry.key) {
            return match way.len() + done.hops > MAX_NESTING_LEVELS + 1 {
                true => Err(too_deep(entry, way)),
                false => Ok(done.clone()),
            };
        }
        let bases = self.bases(entry, own, way)?;
        if way.len() > MAX_NESTING_LEVELS {
            return Err(too_deep(entry, way));
        }
        if way.iter().any(|hop| hop.key == entry.key) {
            return Err(circle(entry, way));
        }
        let mut merged = Mapping::new();
        let mut hops = 0;
        for (base, place) in bases {
            way.push(Hop { key: entry.key.clone(), place });
            let extended = self.extended(base, way)?;
            way.pop();
            hops = hops.max(extended.hops + 1);
            if let Some(reason) = self.incomplete.0.get(&base.key) {
                let reason = reason.clone();
                self.incomplete.0.entry(entry.key.clone()).or_insert(reason);
            }
            let Some(content) = extended.value.node.mapping() else { continue };
            let taken = taken(content, &base.key, place);
            merged.overlay(taken, self.budget).map_err(|TooBig| too_big(entry))?;
        }
        merged.overlay(own.clone(), self.budget).map_err(|TooBig| too_big(entry))?;
        let node = Node { value: Value::Mapping(merged), place: entry.value.node.place };
        let extended =
            Extended { value: Linked { node: Arc::new(node), via: entry.value.via.clone() }, hops };
        self.done.insert(entry.key.clone(), extended.clone());
        Ok(extended)
    }

    /// The entries that `extends` names, each with the place where it does. All names are proven before any is followed.
    fn bases(
        &mut self,
        entry: &Entry,
        own: &Mapping,
        way: &[Hop],
    ) -> Result<Vec<(&'a Entry, Place)>, Invalid> {
        let Some(extends) = own.value("extends") else { return Ok(Vec::new()) };
        let names: Vec<&Linked> = match &extends.node.value {
            Value::Sequence(names) => names.iter().collect(),
            _ => [extends].into(),
        };
        let mut bases = Vec::with_capacity(names.len());
        let mut no_maps: Vec<String> = Vec::new();
        let top = self.top;
        for written in names {
            let place = written.node.place;
            let name = written.node.to_text().unwrap_or_default();
            match top.entry(&name) {
                Some(base) if base.value.node.mapping().is_some() => bases.push((base, place)),
                Some(_) => no_maps.push(name),
                None => match self.elsewhere {
                    Some(reason) => {
                        let reason = Reason::new(format!(
                            "it extends `{name}`, which no file that was read defines: {reason}"
                        ));
                        self.incomplete.0.entry(entry.key.clone()).or_insert(reason);
                    }
                    None => {
                        let message = format!("{}: unknown keys in `extends` ({name})", entry.key);
                        return Err(with_way(Invalid::at(place, message), way));
                    }
                },
            }
        }
        if no_maps.is_empty() {
            return Ok(bases);
        }
        let message = format!("{}: invalid base hashes in `extends` ({})", entry.key, no_maps.join(", "));
        Err(with_way(Invalid::at(extends.node.place, message), way))
    }
}

fn taken(base: &Mapping, name: &Arc<str>, place: Place) -> Mapping {
    let mut taken = Mapping::new();
    for entry in base.entries() {
        taken.put(Entry { value: entry.value.through(How::Extends(name.clone()), place), ..entry.clone() });
    }
    taken
}

fn too_deep(entry: &Entry, way: &[Hop]) -> Invalid {
    with_way(Invalid::at(entry.place, format!("{}: nesting too deep in `extends`", entry.key)), way)
}

fn circle(entry: &Entry, way: &[Hop]) -> Invalid {
    let from = way.iter().position(|hop| hop.key == entry.key).unwrap_or(0);
    let names: Vec<&str> = way[from..].iter().map(|hop| &*hop.key).chain([&*entry.key]).collect();
    let message = format!("{}: circular dependency detected in `extends`", entry.key);
    let place = way.last().map_or(entry.place, |hop| hop.place);
    with_way(
        Invalid::at(place, message).note(format!("the circle is {}", names.join(" → ")), None),
        &way[from..],
    )
}

fn too_big(entry: &Entry) -> Invalid {
    Invalid::at(entry.place, format!("{}: with all that it extends, the configuration is too big", entry.key))
}

fn with_way(invalid: Invalid, way: &[Hop]) -> Invalid {
    way.iter()
        .rev()
        .fold(invalid, |invalid, hop| invalid.note(format!("`{}` extends it here", hop.key), Some(hop.place)))
}
