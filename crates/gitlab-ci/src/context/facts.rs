use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// What is known of the pipeline before it runs.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `CI_PROJECT_PATH`
    pub project: Option<String>,
    /// What the pipeline runs on.
    pub reference: Option<Ref>,
    /// `CI_PIPELINE_SOURCE`: `push`, `merge_request_event`, `schedule`, …
    pub source: Option<String>,
    /// `CI_COMMIT_REF_PROTECTED`
    pub protected: Option<bool>,
    /// Predefined variables that were given: the weakest, and stronger than what follows from the fields above.
    pub predefined: BTreeMap<String, String>,
    /// Variables of project, group, instance, trigger and schedule: stronger than all that YAML says.
    pub settings: BTreeMap<String, String>,
    /// Arguments for the `spec:inputs` of the configuration, as text or JSON.
    pub inputs: BTreeMap<String, String>,
    /// What `rules:changes` compares with.
    pub changes: Changes,
    /// What an include that nobody can read may have done.
    pub unresolved: Unresolved,
    /// Whose behaviour is modelled.
    pub version: Version,
}

/// A branch or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ref {
    /// Its name.
    Branch(String),
    /// Its name.
    Tag(String),
}

/// The files that the pipeline's commits changed, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Changes {
    /// Not known; GitLab takes all of `changes` for true where there is no diff (tags, schedules).
    #[default]
    NotGiven,
    /// These.
    Files(Vec<String>),
    /// Every `changes` matches.
    AssumeMatch,
    /// No `changes` matches, where there is a diff.
    AssumeNoMatch,
}

/// How much an include that cannot be read is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unresolved {
    /// It adds only names that no readable file defines.
    #[default]
    AddsNames,
    /// It may override whatever GitLab lets it.
    MayOverride,
}

/// A version of GitLab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 18 of 18.6
    pub major: u16,
    /// 6 of 18.6
    pub minor: u16,
}

/// GitLab 18.6 unless something else is said.
impl Default for Version {
    fn default() -> Self {
        Self { major: 18, minor: 6 }
    }
}
