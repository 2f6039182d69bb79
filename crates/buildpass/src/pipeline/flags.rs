use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The pipeline that is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Pipeline")]
pub struct ContextFlags {
    /// The project's folder [default: CI_PROJECT_DIR in a job, else here]
    #[arg(long, value_name = "DIR")]
    pub project_dir: Option<PathBuf>,

    /// A context of buildpass.toml; other flags come on top
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,

    /// The project's path on GitLab
    #[arg(long, value_name = "PATH")]
    pub project: Option<String>,

    /// A branch, or a tag as refs/tags/NAME [default: the branch that is checked out]
    #[arg(long = "ref", value_name = "REF")]
    pub reference: Option<String>,

    /// Who starts the pipeline: push, merge_request_event, schedule, … [default: push]
    #[arg(long, value_name = "SOURCE")]
    pub pipeline_source: Option<String>,

    /// The ref is protected
    #[arg(long, conflicts_with = "unprotected")]
    pub protected: bool,

    /// The ref is not protected
    #[arg(long)]
    pub unprotected: bool,

    /// A variable: CI_* and GITLAB_* of GitLab itself are predefined, all others are settings of the project
    #[arg(long, value_name = "NAME=VALUE")]
    pub variable: Vec<String>,

    /// A file of variables, as NAME=VALUE lines or a JSON object
    #[arg(long, value_name = "FILE")]
    pub variables_file: Vec<PathBuf>,

    /// An input of the configuration; JSON for lists, numbers and booleans
    #[arg(long, value_name = "NAME=VALUE")]
    pub input: Vec<String>,

    /// A folder with what the configuration includes from elsewhere
    #[arg(long, value_name = "DIR")]
    pub include_dir: Vec<PathBuf>,

    /// The configuration's path in the project [default: CI_CONFIG_PATH, then .gitlab-ci.yml]
    #[arg(long, value_name = "PATH")]
    pub ci_config: Option<String>,

    /// Files that the pipeline's commits changed, for rules:changes
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub changed_file: Vec<String>,

    /// A list of changed files, one on a line
    #[arg(long, value_name = "LIST")]
    pub changed_files: Option<PathBuf>,

    /// What rules:changes come to where it is not known which files changed
    #[arg(long, value_name = "HOW")]
    pub assume_changes: Option<AssumeChanges>,

    /// Take an include that cannot be read for one that may override whatever it could
    #[arg(long)]
    pub strict: bool,

    /// The version of GitLab [default: 18.6]
    #[arg(long, value_name = "VERSION")]
    pub gitlab_version: Option<String>,
}

/// What is taken for granted of changed files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AssumeChanges {
    /// Every rules:changes matches.
    Match,
    /// None does.
    NoMatch,
}
