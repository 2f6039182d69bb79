use super::job::Kind;
use crate::yaml::{Entry, Linked, Mapping, Value};

/// Top-level keys that can be no job.
const RESERVED: [&str; 8] =
    ["include", "before_script", "image", "services", "after_script", "variables", "stages", "cache"];

/// Top-level keys that are a job only where they look like one.
const GLOBAL: [&str; 3] = ["default", "workflow", "spec"];

/// What a top-level key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TopLevel {
    /// One of GitLab's own.
    Global,
    /// Starts with a dot: anything, for `extends`.
    Hidden,
    Job(Kind),
    /// Meant as a job, but nothing that GitLab could run.
    Neither,
}

impl TopLevel {
    pub(super) fn of(name: &str, value: &Linked) -> Self {
        if RESERVED.contains(&name) {
            return Self::Global;
        }
        if name.starts_with('.') {
            return Self::Hidden;
        }
        match kind(value) {
            Some(kind) => Self::Job(kind),
            None if GLOBAL.contains(&name) => Self::Global,
            None => Self::Neither,
        }
    }
}

/// The value of one of GitLab's own keys, unless it is null or the key is a job's.
pub(super) fn global<'a>(top: &'a Mapping, key: &str) -> Option<&'a Entry> {
    let entry = top.entry(key).filter(|entry| !entry.value.node.is_null())?;
    (TopLevel::of(key, &entry.value) == TopLevel::Global).then_some(entry)
}

fn kind(value: &Linked) -> Option<Kind> {
    let Value::Mapping(mapping) = &value.node.value else { return None };
    let has = |key| mapping.value(key).is_some();
    if has("script") || has("run") {
        return Some(Kind::Script);
    }
    (has("trigger") || has("needs")).then_some(Kind::Trigger)
}
