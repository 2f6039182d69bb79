use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;

use super::declared::{Declared, Expand};
use super::inherit::Choice;
use super::variables::Origin;
use crate::answer::{Answer, Reason};
use crate::context::{USER, of_a_running_job};
use crate::rules::{Lookup, Variables};
use crate::substitute::{Piece, pieces};

/// To how many bytes the variables of all jobs together may expand: they may double with every one that refers to
/// another twice.
const MAX_EXPANDED_BYTES: usize = 64 << 20;

/// The variables that all jobs of a pipeline share.
pub(super) struct Shared<'a> {
    predefined: &'a BTreeMap<String, Answer<String>>,
    settings: &'a BTreeMap<String, String>,
    /// `variables` of the pipeline and of its workflow's rule, in the order in which their names first come.
    yaml: Vec<Declared>,
    positions: BTreeMap<Arc<str>, usize>,
    /// Why a variable that nobody sets may be set after all.
    elsewhere: Option<Reason>,
    pub(super) left_bytes: Cell<usize>,
}

/// The variables that one job sees.
pub(super) struct Scope<'a> {
    pub(super) shared: &'a Shared<'a>,
    inherit: &'a Choice<'a>,
    /// Its own and those of its rule, in the order in which their names first come.
    own: Vec<Declared>,
    positions: BTreeMap<Arc<str>, usize>,
    /// Those that GitLab predefines for each job.
    predefined: Vec<(&'static str, Answer<String>)>,
}

/// Who may set a variable, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Predefined,
    Yaml,
    User,
    Setting,
}

/// The value of a variable in one layer.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) written: Result<&'a str, &'a Reason>,
    pub(super) expand: Expand,
}

impl Layer {
    pub(super) const ALL: [Self; 4] = [Self::Predefined, Self::Yaml, Self::User, Self::Setting];
}

impl<'a> Item<'a> {
    fn of(answer: &'a Answer<String>) -> Self {
        let written = match answer {
            Answer::Known(text) => Ok(text.as_str()),
            Answer::Unknown(reason) => Err(reason),
        };
        Self { written, expand: Expand::Yes }
    }
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        predefined: &'a BTreeMap<String, Answer<String>>,
        settings: &'a BTreeMap<String, String>,
        elsewhere: Option<Reason>,
    ) -> Self {
        let left_bytes = Cell::new(MAX_EXPANDED_BYTES);
        Self { predefined, settings, yaml: Vec::new(), positions: BTreeMap::new(), elsewhere, left_bytes }
    }

    pub(super) fn declare(&mut self, declared: impl IntoIterator<Item = Declared>) {
        lay(&mut self.yaml, &mut self.positions, declared);
    }

    pub(super) fn predefines(&self, name: &str) -> bool {
        self.predefined.contains_key(name)
    }

    /// The settings that refer to variables.
    pub(super) fn settings(&self) -> impl Iterator<Item = &'a str> {
        self.settings.iter().filter(|(_, value)| refers(value)).map(|(name, _)| name.as_str())
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        shared: &'a Shared<'a>,
        inherit: &'a Choice<'a>,
        predefined: Vec<(&'static str, Answer<String>)>,
    ) -> Self {
        Self { shared, inherit, own: Vec::new(), positions: BTreeMap::new(), predefined }
    }

    pub(super) fn declare(&mut self, declared: impl IntoIterator<Item = Declared>) {
        lay(&mut self.own, &mut self.positions, declared);
    }

    /// The variables of the YAML that it sees; those that the pipeline defines with their places among these.
    pub(super) fn yaml(&self) -> impl Iterator<Item = (Option<usize>, &Declared)> {
        let shared = self.shared.yaml.iter().enumerate().filter(|(_, it)| self.inherit.takes(&it.name));
        let shared = shared.map(|(at, it)| (Some(at), self.own(&it.name).unwrap_or(it)));
        shared.chain(self.own.iter().filter(|it| self.of_all(&it.name).is_none()).map(|it| (None, it)))
    }

    /// How many variables of the YAML it sees.
    pub(super) fn count(&self) -> usize {
        let new = self.own.iter().filter(|it| self.of_all(&it.name).is_none()).count();
        match self.inherit {
            Choice::All => self.shared.yaml.len() + new,
            Choice::None | Choice::Only(_) => self.yaml().count(),
        }
    }

    /// Is a variable another one here than for a job that overrides nothing?
    pub(super) fn differs(&self, name: &str) -> bool {
        self.own(name).is_some()
            || self.predefined.iter().any(|(own, _)| *own == name)
            || (!self.inherit.takes(name) && self.shared.positions.contains_key(name))
    }

    /// May any variable but those that are predefined be another one here?
    pub(super) fn differs_at_all(&self) -> bool {
        !self.own.is_empty() || !matches!(self.inherit, Choice::All)
    }

    /// The names that the values of a variable refer to, in all layers.
    pub(super) fn references(&self, name: &str) -> impl Iterator<Item = &str> {
        let texts = Layer::ALL.into_iter().filter_map(|layer| match self.item(layer, name)? {
            Item { written: Ok(text), expand: Expand::Yes } => Some(text),
            Item { .. } => None,
        });
        texts.flat_map(pieces).filter_map(|piece| match piece {
            Piece::Variable { name, .. } => Some(name),
            Piece::Text(_) => None,
        })
    }

    pub(super) fn item(&self, layer: Layer, name: &str) -> Option<Item<'_>> {
        match layer {
            Layer::Setting => {
                let value = self.shared.settings.get(name)?;
                Some(Item { written: Ok(value), expand: Expand::Yes })
            }
            Layer::User => self.shared.predefined.get(name).filter(|_| USER.contains(&name)).map(Item::of),
            Layer::Yaml => {
                let declared = self.own(name).or_else(|| self.of_all(name))?;
                let written = match &declared.written {
                    Answer::Known(text) => Ok(&**text),
                    Answer::Unknown(reason) => Err(reason),
                };
                Some(Item { written, expand: declared.expand })
            }
            Layer::Predefined => {
                let own = self.predefined.iter().find(|(own, _)| *own == name).map(|(_, value)| value);
                own.or_else(|| self.shared.predefined.get(name).filter(|_| !USER.contains(&name)))
                    .map(Item::of)
            }
        }
    }

    /// The strongest value.
    pub(super) fn strongest(&self, name: &str) -> Option<(Layer, Item<'_>)> {
        Layer::ALL.into_iter().rev().find_map(|layer| Some((layer, self.item(layer, name)?)))
    }

    /// Why a variable that nobody sets may be set after all.
    pub(super) fn elsewhere(&self, name: &str) -> Option<&'a Reason> {
        self.shared.elsewhere.as_ref().filter(|_| !of_a_running_job(name))
    }

    fn own(&self, name: &str) -> Option<&Declared> {
        self.positions.get(name).and_then(|at| self.own.get(*at))
    }

    fn of_all(&self, name: &str) -> Option<&Declared> {
        let at = self.shared.positions.get(name).filter(|_| self.inherit.takes(name))?;
        self.shared.yaml.get(*at)
    }
}

impl Variables for Scope<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        self.strongest(name)?.1.written.ok()
    }

    fn lookup(&self, name: &str) -> Lookup<'_> {
        match self.strongest(name) {
            Some((_, Item { written: Ok(text), .. })) => Lookup::Is(text),
            Some((_, Item { written: Err(reason), .. })) => Lookup::Unknown(reason),
            None => self.elsewhere(name).map_or(Lookup::Unset, Lookup::Unknown),
        }
    }

    fn origin(&self, name: &str) -> Origin {
        match self.strongest(name) {
            Some((Layer::Setting, _)) => Origin::Setting,
            Some((Layer::Yaml, _)) => {
                self.own(name).or_else(|| self.of_all(name)).map_or(Origin::Unset, |it| it.origin.clone())
            }
            Some((Layer::User | Layer::Predefined, _)) => Origin::Predefined,
            None => Origin::Unset,
        }
    }
}

/// May there be a variable in a text?
pub(super) fn refers(text: &str) -> bool {
    text.contains(['$', '%'])
}

fn lay(
    all: &mut Vec<Declared>,
    positions: &mut BTreeMap<Arc<str>, usize>,
    declared: impl IntoIterator<Item = Declared>,
) {
    for one in declared {
        match positions.get(&one.name).and_then(|at| all.get_mut(*at)) {
            Some(weaker) => *weaker = one,
            None => {
                positions.insert(one.name.clone(), all.len());
                all.push(one);
            }
        }
    }
}
