use std::collections::BTreeMap;

use serde::Deserialize;

/// A `[[context]]` of buildpass.toml: a pipeline with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedContext {
    /// What it is called.
    pub name: String,
    /// The project's path on GitLab.
    #[serde(default)]
    pub project: Option<String>,
    /// A branch, or a tag as `refs/tags/NAME`.
    #[serde(default, rename = "ref")]
    pub reference: Option<String>,
    /// Who starts the pipeline.
    #[serde(default)]
    pub pipeline_source: Option<String>,
    /// Is the ref protected?
    #[serde(default)]
    pub protected: Option<bool>,
    /// Predefined variables, and settings of the project.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Inputs of the configuration.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// What the pipeline's commits changed.
    #[serde(default)]
    pub changed_files: Option<Vec<String>>,
}
