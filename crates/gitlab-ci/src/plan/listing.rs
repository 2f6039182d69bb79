use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::declared::{Declared, Expand};
use super::expansion::{Circle, Expansion, Purpose};
use super::inherit::Choice;
use super::scope::{Item, Layer, Scope, Shared, refers};
use super::variables::Variable;
use crate::answer::{Answer, Reason};
use crate::rules::Variables;

/// A variable that refers to more names than that, by way of others, is worked out for each job.
const MAX_NAMES: usize = 32;

/// The variables of the pipeline as a job sees them that overrides none: worked out once for thousands of jobs.
pub(super) struct Common {
    all: Vec<Listed>,
    circle: Option<Circle>,
}

struct Listed {
    variable: Variable,
    /// What its value depends on; `None` where that is too much to remember.
    names: Option<Vec<Arc<str>>>,
}

impl Common {
    pub(super) fn of(shared: &Shared<'_>) -> Self {
        let scope = Scope::new(shared, &Choice::All, Vec::new());
        let nothing = Self { all: Vec::new(), circle: None };
        let (variables, circle) = variables(&scope, &nothing);
        let listed = |variable: Variable| Listed { names: names(&scope, &variable.name), variable };
        Self { all: variables.into_iter().map(listed).collect(), circle }
    }

    pub(super) fn variables(&self) -> Vec<Variable> {
        self.all.iter().map(|listed| listed.variable.clone()).collect()
    }

    /// The variable at this place of the pipeline's, where the job changes nothing about it.
    fn shared_by(&self, scope: &Scope<'_>, at: usize, name: &str) -> Option<Variable> {
        let listed = self.all.get(at).filter(|it| &*it.variable.name == name && self.circle.is_none())?;
        let untouched =
            !scope.differs(name) && !listed.names.as_ref()?.iter().any(|name| scope.differs(name));
        untouched.then(|| listed.variable.clone())
    }
}

/// The variables of the YAML that a scope sees, with the values that the Runner gets; and the circle in them, if there
/// is one, of which GitLab would expand nothing.
pub(super) fn variables(scope: &Scope<'_>, common: &Common) -> (Vec<Variable>, Option<Circle>) {
    let mut expansion = Expansion::new(scope, Purpose::Runner);
    let mut circle = None;
    let mut all: Vec<Variable> = Vec::with_capacity(scope.count());
    for (at, declared) in scope.yaml() {
        let shared = at.and_then(|at| common.shared_by(scope, at, &declared.name));
        all.push(shared.unwrap_or_else(|| variable(declared, scope, &mut expansion, &mut circle)));
    }
    if circle.is_none() && scope.differs_at_all() {
        circle = scope.shared.settings().find_map(|name| expansion.variable(name).err());
    }
    if let Some(circle) = &circle {
        let reason = Reason::new(circle.message());
        let open = |it: &&mut Variable| it.written.known().is_some_and(|text| refers(text));
        all.iter_mut().filter(open).for_each(|it| it.value = Answer::Unknown(reason.clone()));
    }
    (all, circle)
}

fn variable<'a>(
    declared: &'a Declared,
    scope: &'a Scope<'_>,
    expansion: &mut Expansion<'a>,
    circle: &mut Option<Circle>,
) -> Variable {
    let (written, expand) = written(scope, declared);
    let value = match &written {
        Answer::Known(text) if expand == Expand::Yes && refers(text) && circle.is_none() => {
            expansion.variable(&declared.name).unwrap_or_else(|found| {
                *circle = Some(found);
                written.clone()
            })
        }
        _ => written.clone(),
    };
    Variable { name: declared.name.clone(), written, value, origin: scope.origin(&declared.name) }
}

fn written(scope: &Scope<'_>, declared: &Declared) -> (Answer<Arc<str>>, Expand) {
    match scope.strongest(&declared.name) {
        Some((Layer::Setting | Layer::User, Item { written, expand })) => match written {
            Ok(text) => (Answer::Known(text.into()), expand),
            Err(reason) => (Answer::Unknown(reason.clone()), expand),
        },
        _ => (declared.written.clone(), declared.expand),
    }
}

/// All names that the value of a variable depends on, by way of others too.
fn names(scope: &Scope<'_>, name: &str) -> Option<Vec<Arc<str>>> {
    let mut found: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut waiting: Vec<Arc<str>> = alloc::vec![name.into()];
    while let Some(name) = waiting.pop() {
        for name in scope.references(&name) {
            if found.len() >= MAX_NAMES {
                return None;
            }
            let name: Arc<str> = name.into();
            if found.insert(name.clone()) {
                waiting.push(name);
            }
        }
    }
    Some(found.into_iter().collect())
}
