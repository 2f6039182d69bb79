use std::collections::BTreeSet;

use serde::Serialize;

use super::{Object, Step, Verb, engines, hygiene, jwt_side, roles, tokens, trail};
use crate::access::{Declaration, Error, World};

/// What is to be done, in the order in which it is done.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// What a reader should know before.
    pub warnings: Vec<String>,
}

/// How much of what is declared a plan is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Everything,
    /// The declared tokens alone, and what their rotation left.
    Tokens,
}

impl Plan {
    /// Compares what is declared with what is there.
    ///
    /// # Errors
    /// When only a person can decide what to do.
    pub fn build(declaration: &Declaration, world: &World, extent: Extent) -> Result<Self, Error> {
        let mut steps = tokens::steps(declaration, world)?;
        steps.extend(hygiene::steps(declaration, world, extent)?);
        if extent == Extent::Everything {
            steps.extend(engines::steps(declaration, world)?);
            steps.extend(jwt_side::steps(declaration, world)?);
            steps.extend(roles::steps(declaration, world)?);
            steps.extend(trail::steps(declaration, world));
        }
        // Stable: what has the same turn keeps the order of its declaration.
        steps.sort_by_key(Step::turn);
        let too_short = match extent {
            Extent::Everything => roles::shorter_than_jobs(declaration, world),
            Extent::Tokens => Vec::new(),
        };
        let unseen = world.unseen.iter().cloned();
        let warnings = declaration.warnings().into_iter().chain(too_short).chain(unseen).collect();
        Ok(Self { steps, warnings })
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many steps do this.
    pub fn count(&self, verb: Verb) -> usize {
        self.steps.iter().filter(|step| step.verb == verb).count()
    }

    /// A new token for each of these, whether or not it is due.
    ///
    /// # Errors
    /// When only a person can decide what to do, or no token has such a name.
    pub fn rotation(declaration: &Declaration, world: &World, names: &[String]) -> Result<Self, Error> {
        let mut plan = Self::build(declaration, world, Extent::Tokens)?.only(names);
        for name in names {
            let token = declaration.token(name).ok_or_else(|| Error::no_token(declaration, name))?;
            let planned = |step: &Step| matches!(&step.object, Object::Token { name: of, .. } if of == name);
            if !plan.steps.iter().any(planned) {
                plan.steps.retain(|step| !matches!(&step.object, Object::Note { token } if token == name));
                let object = Object::Token { name: name.clone(), owner: token.owner.to_string() };
                plan.steps.push(Step::new(Verb::Rotate, object, "it was asked for"));
            }
        }
        plan.steps.sort_by_key(Step::turn);
        Ok(plan)
    }

    /// What ends these old tokens of these names, and nothing else.
    pub fn endings(mut self, names: &[String], ids: &BTreeSet<u64>) -> Self {
        self.steps.retain(|step| match &step.object {
            Object::OldToken { id, .. } => ids.contains(id),
            Object::Note { token } => names.contains(token),
            _ => false,
        });
        self
    }

    /// The same plan for some tokens alone.
    pub fn only(mut self, names: &[String]) -> Self {
        self.steps.retain(|step| match &step.object {
            Object::Token { name, .. } | Object::Note { token: name } => names.contains(name),
            Object::OldToken { name, .. } => names.contains(name),
            _ => false,
        });
        self
    }
}
