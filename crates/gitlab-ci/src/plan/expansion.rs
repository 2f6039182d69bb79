use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::declared::Expand;
use super::scope::{Item, Layer, Scope, refers};
use crate::answer::{Answer, Reason};
use crate::context::of_a_running_job;
use crate::substitute::{Piece, pieces};

const MAX_VALUE_BYTES: usize = 1 << 20;

/// More names than that help nobody, and their number must not grow with every step.
const MAX_UNSET_NAMES: usize = 16;

/// For whom variables are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For the Runner: what is not set, and what is not to be expanded, stays as it is written.
    Runner,
    /// For an ID token's audience: what is not set is replaced by nothing.
    Audience,
}

/// Variables that refer to each other in a circle.
#[derive(Clone, Debug)]
pub(super) struct Circle(pub(super) Vec<String>);

/// The values of a job's variables, each with the values of those that it refers to put in.
pub(super) struct Expansion<'a> {
    scope: &'a Scope<'a>,
    purpose: Purpose,
    done: BTreeMap<Key<'a>, Expanded>,
}

/// A text with the variables in it replaced.
#[derive(Clone, Debug)]
pub(super) struct Expanded {
    pub(super) value: Answer<Arc<str>>,
    /// What is not set.
    pub(super) unset: BTreeSet<Arc<str>>,
}

/// A variable in one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    name: &'a str,
    layer: Layer,
}

/// A variable that waits for those that it refers to.
struct Waiting<'a> {
    key: Key<'a>,
    /// The last first.
    needs: Vec<Key<'a>>,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, purpose: Purpose) -> Self {
        Self { scope, purpose, done: BTreeMap::new() }
    }

    /// The text with the variables in it replaced.
    ///
    /// # Errors
    /// Where variables refer to each other in a circle.
    pub(super) fn text(&mut self, text: &'a str) -> Result<Expanded, Circle> {
        for key in self.references(text) {
            self.work_out(key)?;
        }
        Ok(self.put_in(text, None))
    }

    /// The strongest value of a variable.
    ///
    /// # Errors
    /// Where variables refer to each other in a circle.
    pub(super) fn variable(&mut self, name: &'a str) -> Result<Answer<Arc<str>>, Circle> {
        let mut value = Answer::Known("".into());
        for key in self.layers(name) {
            self.work_out(key)?;
            if let Some(expanded) = self.done.get(&key) {
                value = expanded.value.clone();
            }
        }
        Ok(value)
    }

    fn work_out(&mut self, key: Key<'a>) -> Result<(), Circle> {
        let mut way = Vec::new();
        let mut on_the_way = BTreeSet::new();
        let mut next = Some(key).filter(|key| !self.done.contains_key(key));
        loop {
            if let Some(key) = next.take() {
                on_the_way.insert(key);
                way.push(Waiting { key, needs: self.needs(key) });
            }
            let Some(last) = way.last_mut() else { return Ok(()) };
            match last.needs.pop() {
                Some(need) if need == last.key || self.done.contains_key(&need) => {}
                Some(need) if on_the_way.contains(&need) => {
                    let circle = way.iter().skip_while(|it| it.key != need);
                    return Err(Circle(circle.map(|it| it.key.name.to_string()).collect()));
                }
                Some(need) => next = Some(need),
                None => {
                    let key = last.key;
                    way.pop();
                    on_the_way.remove(&key);
                    let expanded = self.expanded(key);
                    self.done.insert(key, expanded);
                }
            }
        }
    }

    fn needs(&self, key: Key<'a>) -> Vec<Key<'a>> {
        match self.scope.item(key.layer, key.name) {
            Some(Item { written: Ok(text), expand: Expand::Yes }) => {
                let mut needs = self.references(text);
                needs.reverse();
                needs
            }
            _ => Vec::new(),
        }
    }

    /// GitLab sorts by all layers of a name, though the strongest alone counts.
    fn references(&self, text: &'a str) -> Vec<Key<'a>> {
        let names = pieces(text).filter_map(|piece| match piece {
            Piece::Variable { name, .. } => Some(name),
            Piece::Text(_) => None,
        });
        names.flat_map(|name| self.layers(name)).collect()
    }

    fn layers(&self, name: &'a str) -> impl Iterator<Item = Key<'a>> + use<'a> {
        let scope = self.scope;
        Layer::ALL
            .into_iter()
            .filter(move |layer| scope.item(*layer, name).is_some())
            .map(move |layer| Key { name, layer })
    }

    fn expanded(&self, key: Key<'a>) -> Expanded {
        let known = |value| Expanded { value, unset: BTreeSet::new() };
        match self.scope.item(key.layer, key.name) {
            Some(Item { written: Ok(text), expand: Expand::Yes }) => self.put_in(text, Some(key)),
            Some(Item { written: Ok(text), expand: Expand::No }) => known(Answer::Known(text.into())),
            Some(Item { written: Err(reason), .. }) => known(Answer::Unknown(reason.clone())),
            None => known(Answer::Known("".into())),
        }
    }

    fn put_in(&self, text: &str, within: Option<Key<'a>>) -> Expanded {
        let mut unset = BTreeSet::new();
        if !refers(text) {
            return Expanded { value: Answer::Known(text.into()), unset };
        }
        let mut out = String::new();
        for piece in pieces(text) {
            let (name, written) = match piece {
                Piece::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Piece::Variable { name, written } => (name, written),
            };
            match self.replacement(name, written, within, &mut unset) {
                Answer::Known(value) => out.push_str(&value),
                Answer::Unknown(reason) => return Expanded { value: Answer::Unknown(reason), unset },
            }
            if out.len() > MAX_VALUE_BYTES {
                let reason = Reason::new("with all that it refers to, its value is too long");
                return Expanded { value: Answer::Unknown(reason), unset };
            }
        }
        let left = &self.scope.shared.left_bytes;
        match left.get().checked_sub(out.len()) {
            Some(bytes) => left.set(bytes),
            None => {
                let reason =
                    Reason::new("the variables of all jobs are too long with all that they refer to");
                return Expanded { value: Answer::Unknown(reason), unset };
            }
        }
        Expanded { value: Answer::Known(out.into()), unset }
    }

    fn replacement<'t>(
        &'t self,
        name: &'t str,
        written: &'t str,
        within: Option<Key<'a>>,
        unset: &mut BTreeSet<Arc<str>>,
    ) -> Answer<Cow<'t, str>> {
        let below = within.filter(|key| key.name == name).map(|key| key.layer);
        let found =
            Layer::ALL.into_iter().rev().filter(|layer| below.is_none_or(|below| *layer < below)).find_map(
                |layer| {
                    let item = self.scope.item(layer, name)?;
                    Some((item, self.done.get(&Key { name, layer })?))
                },
            );
        match (found, self.purpose) {
            (Some((Item { expand: Expand::No, .. }, _)), Purpose::Runner) => Answer::Known(written.into()),
            (Some((_, expanded)), _) => {
                unset
                    .extend(expanded.unset.iter().take(MAX_UNSET_NAMES.saturating_sub(unset.len())).cloned());
                match &expanded.value {
                    Answer::Known(value) => Answer::Known(Cow::Borrowed(value)),
                    Answer::Unknown(reason) => Answer::Unknown(reason.clone()),
                }
            }
            (None, Purpose::Audience) if of_a_running_job(name) => {
                Answer::Unknown(Reason::new(format!("`{name}` is not known before the job runs")))
            }
            (None, purpose) => {
                if let Some(reason) = self.scope.elsewhere(name) {
                    return Answer::Unknown(reason.clone());
                }
                if unset.len() < MAX_UNSET_NAMES {
                    unset.insert(name.into());
                }
                Answer::Known(Cow::Borrowed(if purpose == Purpose::Runner { written } else { "" }))
            }
        }
    }
}

impl Circle {
    /// In GitLab's words.
    pub(super) fn message(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|name| format!("\"{name}\"")).collect();
        format!("circular variable reference detected: [{}]", names.join(", "))
    }
}
