use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::declared::{Declared, Expand};
use super::spot::Spot;
use super::variables::Origin;
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;
use crate::yaml::{Linked, Mapping, Value};

/// How many jobs a key of the configuration makes.
#[derive(Debug)]
pub(super) enum Parallel<'a> {
    /// One.
    No,
    /// So many, with the same variables.
    Number(i128),
    /// One for each combination of values.
    Matrix { jobs: u64, of: Vec<&'a Mapping> },
}

impl<'a> Parallel<'a> {
    /// # Errors
    /// Where it is neither a number nor a map with a matrix.
    pub(super) fn of(job: &Spot<'_, 'a>) -> Result<Self, Invalid> {
        let Some(spot) = job.key("parallel") else { return Ok(Self::No) };
        match &spot.value.node.value {
            Value::Integer(number) => Ok(Self::Number(*number)),
            Value::Mapping(_) => {
                spot.allow_keys(&[&["matrix"]])?;
                let Some(matrix) = spot.key("matrix") else {
                    return Err(spot.invalid("config missing required keys: matrix"));
                };
                let Some(items) = matrix.value.node.sequence() else {
                    return Err(matrix.invalid("config should be an array of hashes"));
                };
                let of: Vec<&Mapping> = items.iter().filter_map(|item| item.node.mapping()).collect();
                if of.len() != items.len() {
                    return Err(matrix.invalid("config should be an array of hashes"));
                }
                let combinations = |map: &&Mapping| {
                    map.entries().iter().map(|it| values(&it.value).len() as u64).product::<u64>()
                };
                Ok(Self::Matrix { jobs: of.iter().map(combinations).fold(0, u64::saturating_add), of })
            }
            _ => Err(spot.invalid("should be an integer or a hash")),
        }
    }

    /// `CI_NODE_TOTAL`
    pub(super) fn total(&self) -> i128 {
        match self {
            Self::No => 1,
            Self::Number(number) => *number,
            Self::Matrix { jobs, .. } => i128::from(*jobs),
        }
    }

    /// The variables of a matrix: known where all its jobs have the same value.
    pub(super) fn variables(&self) -> Vec<Declared> {
        let Self::Matrix { of, .. } = self else { return Vec::new() };
        let mut found: BTreeMap<&Arc<str>, Found> = BTreeMap::new();
        for entry in of.iter().flat_map(|map| map.entries()) {
            let new = || Found { origin: Origin::Job(entry.place), maps: 0, values: Vec::new() };
            let found = found.entry(&entry.key).or_insert_with(new);
            found.maps += 1;
            found.values.extend(values(&entry.value));
        }
        found.into_iter().map(|(name, found)| found.declared(name, of.len())).collect()
    }

    /// Is this one of the names that the jobs get: `job 1/3`, `job: [a, b]`?
    pub(super) fn is_name_of_one(&self, job: &str, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(job) else { return false };
        match self {
            Self::No => false,
            Self::Number(total) => {
                rest.strip_prefix(' ').and_then(|it| it.split_once('/')).is_some_and(|(at, of)| {
                    let (at, of) = (at.parse::<i128>().unwrap_or(0), of.parse::<i128>().unwrap_or(0));
                    of == *total && (1..=of).contains(&at)
                })
            }
            Self::Matrix { .. } => rest.starts_with(": [") && rest.ends_with(']'),
        }
    }
}

/// What the maps of a matrix say of one variable.
struct Found {
    origin: Origin,
    maps: usize,
    values: Vec<Arc<str>>,
}

impl Found {
    fn declared(self, name: &Arc<str>, maps: usize) -> Declared {
        let first = self.values.first();
        let same = self.maps == maps && self.values.iter().all(|value| Some(value) == first);
        let written = match first.filter(|_| same) {
            Some(value) => Answer::Known(value.clone()),
            None => Answer::Unknown(Reason::new("it differs among the jobs of `parallel:matrix`")),
        };
        Declared { name: name.clone(), written, expand: Expand::Yes, origin: self.origin }
    }
}

/// One value of a matrix, or a list of them.
fn values(value: &Linked) -> Vec<Arc<str>> {
    let text = |it: &Linked| it.node.to_text().map(Arc::from);
    match &value.node.value {
        Value::Sequence(items) => items.iter().filter_map(text).collect(),
        _ => text(value).into_iter().collect(),
    }
}
