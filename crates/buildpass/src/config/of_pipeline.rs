//! What the project's own pipeline says that this job may have, where nobody says anything else.

use std::path::PathBuf;

use gitlab_ci::{
    Answer,
    context::Facts,
    plan::{Job, Plan, Provider, Secret},
};

use super::{Environment, Error, Flags};
use crate::{
    pipeline::{Context, ContextFlags, ProjectFiles, Reading, Rejected, predefined_of_job},
    run::{Delivery, Wanted},
    vault::SecretRef,
};

/// A job as the pipeline's file describes it.
#[derive(Debug, Default)]
pub(super) struct OfPipeline {
    pub(super) secrets: Vec<Wanted>,
    /// The variable that holds the ID token which logs in.
    pub(super) id_token: Option<String>,
    /// Variables that may be settings of the project or not, and that decide on the secrets.
    pub(super) doubts: Vec<String>,
    /// What the person who watches should know.
    pub(super) notes: Vec<String>,
}

impl OfPipeline {
    /// Is it for the pipeline's file to say what the job may have?
    pub(super) fn applies(flags: &Flags, environment: &Environment) -> bool {
        flags.secret.is_empty()
            && environment.value("GITLAB_CI") == Some("true")
            && environment.setting("CI_JOB_NAME").is_some()
    }

    /// Reads the file for this job.
    ///
    /// # Errors
    /// Where it cannot be read, or does not say what the job may have.
    pub(super) fn read(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let source = Source::find(flags, environment)?;
        let certain = source.reading(Settings::None)?;
        let ambiguous = source.ambiguous(&certain);
        let all = source.reading(Settings::All)?;
        let fewer = source.reading(Settings::Without(&ambiguous))?;
        let (with, without) = (source.granted(&all)?, source.granted(&fewer)?);
        if with.same(&without) {
            return source.told(with, Vec::new());
        }
        let doubts =
            ambiguous.into_iter().filter(|name| decides(name, &all) || decides(name, &fewer)).collect();
        let more = if with.secrets.len() >= without.secrets.len() { with } else { without };
        source.told(more, doubts)
    }
}

/// Which variables of the environment are taken for settings of the project.
enum Settings<'a> {
    None,
    All,
    Without(&'a [String]),
}

/// The pipeline's file, and what the job's environment says of its pipeline.
struct Source<'a> {
    files: ProjectFiles,
    context: Context,
    job: &'a str,
    environment: &'a Environment,
}

/// What one reading gives the job.
struct Given {
    secrets: Vec<Secret>,
}

impl<'a> Source<'a> {
    fn find(flags: &Flags, environment: &'a Environment) -> Result<Self, Error> {
        let here = environment.working_directory();
        let project = environment.path("CI_PROJECT_DIR").unwrap_or_else(|| here.clone());
        let named = flags.pipeline.ci_config.clone();
        if named.is_none() {
            if environment.value("CI_PIPELINE_SOURCE") == Some("parent_pipeline") {
                return Err(Error::ChildPipeline);
            }
            let path = environment.setting("CI_CONFIG_PATH").unwrap_or_default();
            if path.contains('@') || path.contains("://") {
                return Err(Error::PipelineElsewhere(path.to_owned()));
            }
        }
        let context = ContextFlags {
            include_dir: flags.pipeline.include_dir.clone(),
            ci_config: named,
            ..ContextFlags::default()
        };
        let of_job = predefined_of_job(environment.all());
        let files = Context::files(&context, &project, here)?;
        let context = Context::new(&context, None, &of_job, &project, here)?;
        let job = environment.setting("CI_JOB_NAME").unwrap_or_default();
        Ok(Self { files, context, job, environment })
    }

    fn reading(&self, settings: Settings<'_>) -> Result<Reading, Error> {
        let of_environment = || {
            let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            };
            let all = self.environment.all().filter_map(text);
            all.filter(|(name, _)| !self.context.facts.predefined.contains_key(name) && is_setting(name))
        };
        let settings = match settings {
            Settings::None => Default::default(),
            Settings::All => of_environment().collect(),
            Settings::Without(names) => of_environment().filter(|(name, _)| !names.contains(name)).collect(),
        };
        let facts = Facts { settings, ..self.context.facts.clone() };
        let context = Context { facts, ..self.context.clone() };
        Reading::of(&context, &self.files).map_err(|rejected| self.refused(&rejected))
    }

    fn refused(&self, Rejected { invalid, sources }: &Rejected) -> Error {
        let place = match invalid.place {
            Some(place) => format!("{}:{}:{}", sources.source(place.file).name, place.line, place.column),
            None => self.path().display().to_string(),
        };
        Error::Pipeline { place, message: invalid.message.clone() }
    }

    fn path(&self) -> PathBuf {
        self.files.project().join(&self.context.configuration)
    }

    /// The variables that the YAML defines with the very value that they have here.
    fn ambiguous(&self, reading: &Reading) -> Vec<String> {
        let of_job = self.job(&reading.plan).map(|job| job.variables.as_slice()).unwrap_or_default();
        let same = |name: &str, value: &Answer<std::sync::Arc<str>>| match value {
            Answer::Known(value) => self.environment.value(name) == Some(value),
            Answer::Unknown(_) => true,
        };
        let defined = reading.plan.variables.iter().chain(of_job);
        let mut names: Vec<String> = defined
            .filter(|variable| same(&variable.name, &variable.value))
            .map(|variable| variable.name.to_string())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// `build 1/3` and `build: [a, b]` are jobs that `parallel` made of `build`.
    fn job<'p>(&self, plan: &'p Plan) -> Option<&'p Job> {
        let named = |name: &str| plan.jobs.iter().find(|job| &*job.name == name);
        let numbered = self.job.rsplit_once(' ').filter(|(_, number)| number.contains('/'));
        let of_matrix = self.job.rsplit_once(": [");
        named(self.job).or_else(|| named(numbered?.0)).or_else(|| named(of_matrix?.0))
    }

    fn granted(&self, reading: &Reading) -> Result<Given, Error> {
        let Some(job) = self.job(&reading.plan) else {
            let likeness = |name: &str| strsim::jaro_winkler(self.job, name);
            let names = reading.plan.jobs.iter().map(|job| job.name.to_string());
            let nearest = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
            return Err(Error::NoJob { job: self.job.to_owned(), path: self.path(), nearest });
        };
        match &job.secrets {
            Answer::Known(secrets) => Ok(Given { secrets: secrets.clone() }),
            Answer::Unknown(reason) => {
                Err(Error::PipelineUnknown { job: self.job.to_owned(), reason: reason.to_string() })
            }
        }
    }

    fn told(&self, given: Given, doubts: Vec<String>) -> Result<OfPipeline, Error> {
        let mut told = OfPipeline { doubts, ..OfPipeline::default() };
        if given.secrets.is_empty() {
            let path = &self.context.configuration;
            told.notes.push(format!("the job `{}` has no secrets in {path}, so CMD gets none", self.job));
        }
        for secret in &given.secrets {
            let Provider::Vault(vault) = &secret.provider else {
                let Provider::Other(keeper) = &secret.provider else { continue };
                told.notes
                    .push(format!("{} is kept by {keeper}, which buildpass does not read", secret.name));
                continue;
            };
            let name: crate::secret::SecretName = secret.name.parse()?;
            let misplaced = |source| Error::Reference { name: name.clone(), source };
            let engine = vault.engine.parse().map_err(misplaced)?;
            let from = SecretRef::long(engine, &vault.mount, &vault.path, &vault.field).map_err(misplaced)?;
            let to = if secret.file { Delivery::File } else { Delivery::Env };
            let token = secret.logs_in_with.as_ref().map(ToString::to_string);
            match (&told.id_token, token) {
                (_, None) => return Err(Error::NoIdToken(name)),
                (Some(one), Some(other)) if *one != other => {
                    return Err(Error::SeveralIdTokens { one: one.clone(), other });
                }
                (_, token) => told.id_token = token,
            }
            told.secrets.push(Wanted { name, from, to });
        }
        Ok(told)
    }
}

impl Given {
    fn same(&self, other: &Self) -> bool {
        let part = |secret: &Secret| {
            let provider = match &secret.provider {
                Provider::Vault(it) => {
                    (it.engine.clone(), it.mount.clone(), it.path.clone(), it.field.clone())
                }
                Provider::Other(keeper) => (keeper.to_string(), String::new(), String::new(), String::new()),
            };
            (secret.name.clone(), provider, secret.file, secret.logs_in_with.clone())
        };
        self.secrets.iter().map(part).eq(other.secrets.iter().map(part))
    }
}

/// Does a condition read this variable?
fn decides(name: &str, reading: &Reading) -> bool {
    let plan = &reading.plan;
    let decisions = plan.includes.iter().map(|included| &included.decision).chain([&plan.workflow]);
    let mut clauses = decisions.flat_map(|decision| &decision.tried).flat_map(|tried| &tried.clauses);
    clauses.any(|clause| clause.variables.iter().any(|read| read.name == name))
}

/// Can it be a setting of a project? What GitLab and the shell set by themselves is none.
fn is_setting(name: &str) -> bool {
    !name.starts_with("CI_") && !name.starts_with("GITLAB_USER_") && name != "CI" && name != "GITLAB_CI"
}
