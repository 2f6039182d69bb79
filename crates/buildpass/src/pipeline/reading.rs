use gitlab_ci::{Invalid, context::Facts, plan::Plan, yaml::Sources};

use super::{Context, ProjectFiles};

/// A configuration, read for one pipeline.
#[derive(Debug)]
pub struct Reading {
    /// What it comes to.
    pub plan: Plan,
    /// All files that were read.
    pub sources: Sources,
    /// The pipeline.
    pub facts: Facts,
}

/// A configuration that GitLab would refuse.
#[derive(Debug)]
pub struct Rejected {
    /// Why.
    pub invalid: Invalid,
    /// All files that were read.
    pub sources: Sources,
}

impl Reading {
    /// Reads the configuration for a pipeline.
    ///
    /// # Errors
    /// Where GitLab would refuse it.
    pub fn of(context: &Context, files: &ProjectFiles) -> Result<Self, Rejected> {
        let mut sources = Sources::new();
        match gitlab_ci::evaluate(&context.configuration, files, &context.facts, &mut sources) {
            Ok(plan) => Ok(Self { plan, sources, facts: context.facts.clone() }),
            Err(invalid) => Err(Rejected { invalid, sources }),
        }
    }
}
