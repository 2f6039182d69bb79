use std::collections::{BTreeMap, BTreeSet};

use super::{BadDeclaration, FullPath, Mirror};

/// All projects that have mirrors: each has its own name, and none is its own original in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mirrors(Vec<Mirror>);

impl Mirrors {
    /// Proves that they fit together.
    ///
    /// # Errors
    /// What contradicts what.
    pub fn build(mirrors: Vec<Mirror>) -> Result<Self, BadDeclaration> {
        no_circle(&mirrors)?;
        let mut names = BTreeSet::new();
        if let Some(twice) = mirrors.iter().find(|mirror| !names.insert(&mirror.name)) {
            return Err(BadDeclaration::MirrorTwice(twice.name.clone()));
        }
        Ok(Self(mirrors))
    }

    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = &Mirror> {
        self.0.iter()
    }

    /// The one of that name.
    pub fn named(&self, name: &str) -> Option<&Mirror> {
        self.iter().find(|mirror| mirror.name == name)
    }
}

fn no_circle(mirrors: &[Mirror]) -> Result<(), BadDeclaration> {
    let mut original: BTreeMap<&FullPath, &FullPath> = BTreeMap::new();
    for (from, copy) in mirrors.iter().flat_map(Mirror::copies) {
        if let Some(other) = original.insert(copy, from) {
            return Err(BadDeclaration::TwoOriginals {
                copy: copy.clone(),
                one: other.clone(),
                other: from.clone(),
            });
        }
    }
    for start in original.keys() {
        let (mut way, mut at) = (vec![(*start).clone()], *start);
        while let Some(from) = original.get(at) {
            way.push((*from).clone());
            if from == start {
                way.reverse();
                return Err(BadDeclaration::Circle(way));
            }
            if way.len() > original.len() + 1 {
                break;
            }
            at = from;
        }
    }
    Ok(())
}
