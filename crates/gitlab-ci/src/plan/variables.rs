use alloc::sync::Arc;

use crate::answer::Answer;
use crate::yaml::Place;

/// A variable as a job sees it.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// As it is written, which is what `rules:if` compares.
    pub written: Answer<Arc<str>>,
    /// With the variables in it replaced, which is what the Runner gets.
    pub value: Answer<Arc<str>>,
    /// Who set it.
    pub origin: Origin,
}

/// Who set a variable; of several, the strongest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody.
    Unset,
    /// GitLab itself.
    Predefined,
    /// `variables:` of the pipeline.
    Pipeline(Place),
    /// `workflow:rules:variables`
    Workflow(Place),
    /// `variables:` of the job.
    Job(Place),
    /// `variables:` of the rule that matched.
    Rule(Place),
    /// The settings of the project, a trigger or a schedule.
    Setting,
}
