use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// One job of a pipeline.
#[derive(Clone, Debug)]
pub struct Job {
    /// The full path of its project.
    pub project: String,

    /// The branch on which it runs.
    pub ref_name: String,

    /// Whether that branch is a protected one.
    pub ref_protected: bool,

    /// Its name in the pipeline.
    pub name: String,

    /// The commands, one after another; the first that fails ends the job.
    pub script: Vec<String>,

    /// The variables that hold ID tokens, each with its audience.
    pub id_tokens: BTreeMap<String, String>,

    /// The variables of the pipeline; they win over those that GitLab sets by itself.
    pub variables: BTreeMap<String, String>,

    /// How long it may take.
    pub timeout: Duration,
}

impl Job {
    /// A job named `build` with nothing but a script, on the protected branch `main`, for at most a minute.
    pub fn new(project: &str, script: &[&str]) -> Self {
        Self {
            project: project.to_owned(),
            ref_name: "main".to_owned(),
            ref_protected: true,
            name: "build".to_owned(),
            script: script.iter().map(|line| (*line).to_owned()).collect(),
            id_tokens: BTreeMap::new(),
            variables: BTreeMap::new(),
            timeout: Duration::from_secs(60),
        }
    }
}

/// A job that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How its shell ended.
    pub exit: ExitStatus,

    /// What it wrote to its standard output and standard error, as it came, with each command behind a `$ `.
    pub log: String,

    /// The folder that was made for it, with its home and its build in it; it is left where it is.
    pub folder: PathBuf,
}
