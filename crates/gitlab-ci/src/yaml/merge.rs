use alloc::vec::Vec;

use super::build::Written;
use super::mapping::Entry;
use super::node::{Node, Value};

/// What `<<` brings in, the earlier entries of one key first: those of a mapping, or those of all mappings of a
/// sequence, of which the first wins. `None` where Psych keeps `<<` as a key like any other.
pub(super) fn merged(value: &Node, written: Written) -> Option<Vec<Entry>> {
    match (&value.value, written) {
        (Value::Mapping(mapping), _) => Some(mapping.entries().to_vec()),
        (Value::Sequence(items), Written::Sequence) => {
            let mappings = items.iter().rev().map(|item| Some(item.node.mapping()?.entries()));
            Some(mappings.collect::<Option<Vec<_>>>()?.concat())
        }
        _ => None,
    }
}
