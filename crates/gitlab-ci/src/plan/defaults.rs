use alloc::format;
use alloc::vec::Vec;

use super::inherit::Choice;
use super::job::Kind;
use super::kind::global;
use super::spot::Spot;
use crate::answer::Reason;
use crate::invalid::Invalid;
use crate::yaml::{Entry, How, Linked, Mapping, Node, Place, Value};

/// The keys of `default`.
pub(super) const KEYS: [&str; 13] = [
    "after_script",
    "artifacts",
    "before_script",
    "cache",
    "hooks",
    "id_tokens",
    "identity",
    "image",
    "interruptible",
    "retry",
    "services",
    "tags",
    "timeout",
];

/// Those that stood at the top of a configuration before there was `default`, and still may.
const AT_THE_TOP: [&str; 5] = ["after_script", "before_script", "cache", "image", "services"];

/// What jobs get that say nothing else.
#[derive(Debug)]
pub(super) struct Defaults<'a> {
    entries: Vec<(&'a Entry, Place)>,
    /// Why these may not be all.
    incomplete: Option<&'a Reason>,
}

impl<'a> Defaults<'a> {
    /// # Errors
    /// Where GitLab would refuse `default`, or finds a key there and at the top.
    pub(super) fn of(top: &'a Mapping, incomplete: Option<&'a Reason>) -> Result<Self, Invalid> {
        let specified = |entry: &&Entry| !entry.value.node.is_null();
        let legacy = AT_THE_TOP.iter().filter_map(|key| top.entry(key)).filter(specified);
        let mut entries: Vec<(&Entry, Place)> = legacy.map(|entry| (entry, entry.place)).collect();
        let Some(default) = global(top, "default") else {
            return Ok(Self { entries, incomplete });
        };
        if incomplete.is_some() {
            return Ok(Self { entries, incomplete });
        }
        let spot = Spot::top("default", &default.value);
        spot.allow_keys(&[&KEYS])?;
        for entry in spot.hash()?.entries().iter().filter(specified) {
            if let Some((_, place)) = entries.iter().find(|(at_the_top, _)| at_the_top.key == entry.key) {
                let message = format!("{} is defined in top-level and `default:` entry", entry.key);
                return Err(
                    Invalid::at(entry.place, message).note("it stands at the top level here", Some(*place))
                );
            }
            entries.push((entry, default.place));
        }
        Ok(Self { entries, incomplete: None })
    }

    /// Why the job may take over a value for `key` that could not be read.
    pub(super) fn elsewhere(&self, key: &str, job: &Linked, inherit: &Choice<'_>) -> Option<&'a Reason> {
        let own = job.node.mapping()?.value(key).is_some_and(|value| !value.node.is_null());
        self.incomplete.filter(|_| !own && inherit.takes(key))
    }

    /// The job with what it takes over. Null is nothing said; an empty map or list is something.
    pub(super) fn applied(&self, job: &Linked, kind: Kind, inherit: &Choice<'_>) -> Linked {
        let Value::Mapping(own) = &job.node.value else { return job.clone() };
        let missing: Vec<&(&Entry, Place)> = self
            .entries
            .iter()
            .filter(|(entry, _)| kind == Kind::Script || &*entry.key == "interruptible")
            .filter(|(entry, _)| inherit.takes(&entry.key))
            .filter(|(entry, _)| own.value(&entry.key).is_none_or(|value| value.node.is_null()))
            .collect();
        if missing.is_empty() {
            return job.clone();
        }
        let mut all = own.beneath(job.via.as_ref());
        for (entry, place) in missing {
            let value = entry.value.through(How::Default, *place);
            all.put(Entry { key: entry.key.clone(), place: entry.place, value });
        }
        Linked::here(Node { value: Value::Mapping(all), place: job.node.place })
    }
}
