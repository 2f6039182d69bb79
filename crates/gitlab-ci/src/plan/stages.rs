use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::spot::{Spot, texts};
use crate::invalid::Invalid;

const FIRST: &str = ".pre";
const LAST: &str = ".post";
const USUAL: [&str; 3] = ["build", "test", "deploy"];

/// The stage of a job that names none.
pub(super) const OF_A_JOB: &str = "test";

/// The stages of a pipeline, in the order in which they run.
#[derive(Debug)]
pub(super) struct Stages<'a> {
    names: Vec<&'a str>,
    positions: BTreeMap<&'a str, usize>,
}

impl<'a> Stages<'a> {
    /// # Errors
    /// Where `stages` is no list of names.
    pub(super) fn of(written: Option<Spot<'_, 'a>>) -> Result<Self, Invalid> {
        let named: Vec<&str> = match written {
            Some(spot) => {
                let named =
                    texts(spot.value).ok_or_else(|| spot.invalid("config should be an array of strings"))?;
                named.into_iter().map(|(name, _)| name).collect()
            }
            None => USUAL.to_vec(),
        };
        let between = named.into_iter().filter(|name| ![FIRST, LAST].contains(name));
        let names: Vec<&str> = [FIRST].into_iter().chain(between).chain([LAST]).collect();
        let mut positions = BTreeMap::new();
        for (name, position) in names.iter().zip(0..) {
            positions.entry(*name).or_insert(position);
        }
        Ok(Self { names, positions })
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    pub(super) fn listed(&self) -> String {
        self.names.join(", ")
    }
}

/// A pipeline of nothing but such stages is empty.
pub(super) fn is_edge(name: &str) -> bool {
    name == FIRST || name == LAST
}
