use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::definition::Definition;
use crate::context::Version;
use crate::invalid::Invalid;
use crate::yaml::{Mapping, Place};

/// `component` brings names that only GitLab knows.
const SPEC_KEYS: [&str; 3] = ["inputs", "include", "component"];

/// The inputs that a header declares, in their order.
pub(super) fn definitions(header: &Mapping, version: Version) -> Result<Vec<Definition>, Invalid> {
    check_keys("header", header, &["spec"])?;
    let Some(spec) = header.value("spec").filter(|it| !it.node.is_null()) else { return Ok(Vec::new()) };
    let spec = spec.node.mapping().ok_or_else(|| not_a_hash("header:spec", spec.node.place))?;
    check_keys("header:spec", spec, &SPEC_KEYS)?;
    if let Some(include) = spec.entry("include") {
        let message =
            "header:spec include is not supported: inputs that are declared in another file are not read";
        return Err(Invalid::at(include.place, message));
    }
    let Some(inputs) = spec.value("inputs").filter(|it| !it.node.is_null()) else { return Ok(Vec::new()) };
    let inputs = inputs.node.mapping().ok_or_else(|| not_a_hash("header:spec:inputs", inputs.node.place))?;
    inputs.entries().iter().map(|entry| Definition::read(entry, version)).collect()
}

/// # Errors
/// Where there is a key that is not allowed.
pub(super) fn check_keys(location: &str, mapping: &Mapping, allowed: &[&str]) -> Result<(), Invalid> {
    let unknown: Vec<_> = mapping.entries().iter().filter(|it| !allowed.contains(&&*it.key)).collect();
    let Some(first) = unknown.first() else { return Ok(()) };
    let names: Vec<&str> = unknown.iter().map(|it| &*it.key).collect();
    let message = format!("{location} config contains unknown keys: {}", names.join(", "));
    Err(Invalid::at(first.place, message))
}

pub(super) fn not_a_hash(location: &str, place: Place) -> Invalid {
    Invalid::at(place, String::from(location) + " config should be a hash")
}
