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
    secret::SecretName,
    vault::SecretRef,
};

/// A job as the pipeline's file describes it.
#[derive(Debug, Default)]
pub(super) struct OfPipeline {
    pub(super) secrets: Vec<Wanted>,
    /// The variable with the ID token that logs in for each.
    logins: Vec<(SecretName, Option<String>)>,
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
        let all = source.reading(&Settings::All);
        let ambiguous = source.ambiguous(all.as_ref().ok());
        let fewer = source.reading(&Settings::Without(&ambiguous));
        let given =
            |reading: &Result<Reading, Error>| reading.as_ref().ok().map(|reading| source.granted(reading));
        // The job runs, so GitLab has taken its pipeline: a reading that it would refuse is not the true one.
        let (with, without) = match (given(&all), given(&fewer)) {
            (Some(Ok(with)), Some(Ok(without))) => (with, without),
            (Some(Ok(one)), _) | (_, Some(Ok(one))) => return source.told(one, Vec::new()),
            (Some(Err(error)), _) => return Err(error),
            (None, _) => return Err(all.err().unwrap_or(Error::ChildPipeline)),
        };
        if with.same(&without) {
            return source.told(with, Vec::new());
        }
        let readings: Vec<&Reading> = all.iter().chain(&fewer).collect();
        let read = |name: &&String| readings.iter().any(|reading| decides(name, reading));
        let mut doubts: Vec<String> = ambiguous.iter().filter(read).cloned().collect();
        if doubts.is_empty() {
            doubts = ambiguous;
        }
        let more = if with.secrets.len() >= without.secrets.len() { with } else { without };
        source.told(more, doubts)
    }

    /// The variable with the ID token that logs in for these secrets.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub(super) fn id_token(&self, asked: &[Wanted]) -> Result<Option<String>, Error> {
        let mut found: Option<&String> = None;
        for (name, token) in &self.logins {
            if !asked.iter().any(|wanted| wanted.name == *name) {
                continue;
            }
            match (found, token) {
                (_, None) => return Err(Error::NoIdToken(name.clone())),
                (Some(one), Some(other)) if one != other => {
                    return Err(Error::SeveralIdTokens { one: one.clone(), other: other.clone() });
                }
                (_, Some(token)) => found = Some(token),
            }
        }
        Ok(found.cloned())
    }
}

/// Which variables of the environment are taken for settings of the project.
enum Settings<'a> {
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

    fn reading(&self, settings: &Settings<'_>) -> Result<Reading, Error> {
        let of_environment = || {
            let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            };
            let all = self.environment.all().filter_map(text);
            all.filter(|(name, _)| !self.context.facts.predefined.contains_key(name) && is_setting(name))
        };
        let settings = match settings {
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
    fn ambiguous(&self, all: Option<&Reading>) -> Vec<String> {
        let defined = all.map(|all| self.defined(all)).unwrap_or_default();
        let names: Vec<String> = defined.into_iter().map(|(name, _)| name).collect();
        // Without them, the values that the YAML gives are seen.
        let Ok(bare) = self.reading(&Settings::Without(&names)) else { return names };
        let same = |(name, value): &(String, Option<String>)| match value {
            Some(value) => self.environment.value(name) == Some(value),
            None => true,
        };
        self.defined(&bare).into_iter().filter(same).map(|(name, _)| name).collect()
    }

    /// What the YAML defines for this job, with the values where they are known.
    fn defined(&self, reading: &Reading) -> Vec<(String, Option<String>)> {
        let of_job = self.job(&reading.plan).map(|job| job.variables.as_slice()).unwrap_or_default();
        let mut defined: Vec<(String, Option<String>)> = reading
            .plan
            .variables
            .iter()
            .chain(of_job)
            .map(|variable| (variable.name.to_string(), variable.value.known().map(ToString::to_string)))
            .collect();
        defined.sort();
        defined.dedup_by(|one, other| one.0 == other.0);
        defined
    }

    /// `build 1/3` and `build: [a, b]` are jobs that `parallel` made of `build`.
    fn job<'p>(&self, plan: &'p Plan) -> Option<&'p Job> {
        let named = |name: &str| plan.jobs.iter().find(|job| &*job.name == name);
        let number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let is_number =
            |text: &str| text.split_once('/').is_some_and(|(one, all)| number(one) && number(all));
        let numbered = self.job.rsplit_once(' ').filter(|(_, text)| is_number(text));
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
            let name: SecretName = secret.name.parse()?;
            let misplaced = |source| Error::Reference { name: name.clone(), source };
            let engine = vault.engine.parse().map_err(misplaced)?;
            let from = SecretRef::long(engine, &vault.mount, &vault.path, &vault.field).map_err(misplaced)?;
            let to = if secret.file { Delivery::File } else { Delivery::Env };
            let token = secret.logs_in_with.as_ref().map(ToString::to_string);
            told.logins.push((name.clone(), token));
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
