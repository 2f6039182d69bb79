use gitlab_ci::{
    Answer,
    plan::{Job, Plan},
    rules::Clause,
    yaml::{Mapping, Place, Sources},
};

use super::Question;
use crate::{
    config::project,
    pipeline::{Context, ContextFlags, Reading, Rejected, predefined_of_job},
};

/// The job, as the project's own pipeline file describes it.
#[derive(Debug)]
pub struct JobSeen {
    /// Its name.
    pub name: String,
    /// The pipeline's file.
    pub file: String,
    /// What the file says of it.
    pub written: Result<JobWritten, String>,
}

/// What a pipeline's file says of a job.
#[derive(Debug, Default)]
pub struct JobWritten {
    /// Where the job stands; `None` where the file has no such job.
    pub place: Option<String>,
    /// The ID tokens that it gets.
    pub id_tokens: Vec<String>,
    /// The secrets that the Runner reads for it.
    pub secrets: Vec<String>,
    /// Why that is not known.
    pub unknown: Option<String>,
    /// What the file has to extend that hands out tokens or secrets.
    pub templates: Vec<Template>,
    /// What the file would have included, and did not.
    pub left_out: Vec<LeftOut>,
}

/// A hidden job that hands out a token or a secret.
#[derive(Debug)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Whether it hands out secrets, and not an ID token alone.
    pub has_secrets: bool,
}

/// A file that no rule let in.
#[derive(Debug)]
pub struct LeftOut {
    /// Which.
    pub file: String,
    /// Where that is said.
    pub place: String,
    /// The condition that does not hold.
    pub condition: String,
    /// The variables that it read, with their values: `None` where they are not set.
    pub read: Vec<(String, Option<String>)>,
}

impl JobSeen {
    /// `None` where this is no job of GitLab's, or its file is not the project's own.
    pub(super) fn look(question: Question<'_>) -> Option<Self> {
        let Question { flags, environment, .. } = question;
        if environment.value("GITLAB_CI") != Some("true") {
            return None;
        }
        let name = environment.setting("CI_JOB_NAME")?.to_owned();
        let (here, project) = (environment.working_directory(), project(environment));
        let of_question = ContextFlags {
            include_dir: flags.pipeline.include_dir.clone(),
            ci_config: flags.pipeline.ci_config.clone(),
            ..ContextFlags::default()
        };
        let files = Context::files(&of_question, &project, here).ok()?;
        let of_job = predefined_of_job(environment.all());
        let mut context = Context::new(&of_question, None, &of_job, &project, here).ok()?;
        let file = context.configuration.clone();
        if !project.join(&file).is_file() {
            return None;
        }
        let predefined = context.facts.predefined.clone();
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let is_setting = |name: &str| {
            !predefined.contains_key(name) && !name.starts_with("CI_") && !name.starts_with("GITLAB_USER_")
        };
        let all = environment.all().filter_map(text);
        context.facts.settings = all.filter(|(name, _)| is_setting(name)).collect();
        let written = match Reading::of(&context, &files) {
            Ok(reading) => Ok(JobWritten::read(&name, &reading)),
            Err(Rejected { invalid, sources }) => {
                let place = invalid.place.map_or(file.clone(), |place| at(&sources, place));
                Err(format!("{place}: {}", invalid.message))
            }
        };
        Some(Self { name, file, written })
    }
}

impl JobWritten {
    fn read(name: &str, reading: &Reading) -> Self {
        let Reading { plan, sources, .. } = reading;
        let mut written =
            Self { templates: templates(plan), left_out: left_out(plan, sources), ..Self::default() };
        let Some(job) = named(plan, name) else { return written };
        written.place = Some(at(sources, job.place));
        match &job.id_tokens {
            Answer::Known(tokens) => {
                written.id_tokens = tokens.iter().map(|it| it.name.to_string()).collect()
            }
            Answer::Unknown(reason) => written.unknown = Some(reason.to_string()),
        }
        match &job.secrets {
            Answer::Known(secrets) => {
                written.secrets = secrets.iter().map(|it| it.name.to_string()).collect()
            }
            Answer::Unknown(reason) => written.unknown = Some(reason.to_string()),
        }
        written
    }
}

/// `build 1/3` and `build: [a, b]` are jobs that `parallel` made of `build`.
fn named<'p>(plan: &'p Plan, name: &str) -> Option<&'p Job> {
    let find = |name: &str| plan.jobs.iter().find(|job| &*job.name == name);
    let numbered = name.rsplit_once(' ').filter(|(_, text)| text.contains('/'));
    let of_matrix = name.rsplit_once(": [");
    find(name).or_else(|| find(numbered?.0)).or_else(|| find(of_matrix?.0))
}

fn templates(plan: &Plan) -> Vec<Template> {
    let top = plan.content.node.mapping().map(Mapping::entries).unwrap_or_default();
    let hidden = top.iter().filter(|entry| entry.key.starts_with('.'));
    hidden
        .filter_map(|entry| {
            let keys = entry.value.node.mapping()?;
            let has = |key: &str| {
                let value = keys.value(key).and_then(|value| value.node.mapping());
                value.is_some_and(|value| !value.is_empty())
            };
            let has_secrets = has("secrets");
            (has_secrets || has("id_tokens")).then(|| Template { name: entry.key.to_string(), has_secrets })
        })
        .collect()
}

fn left_out(plan: &Plan, sources: &Sources) -> Vec<LeftOut> {
    let not_taken = plan.includes.iter().filter(|included| included.taken == Answer::Known(false));
    not_taken
        .filter_map(|included| {
            let fails = |clause: &&Clause| clause.holds == Answer::Known(false);
            let clause = included.decision.tried.iter().flat_map(|tried| &tried.clauses).find(fails)?;
            let value =
                |read: &gitlab_ci::rules::Read| (read.name.clone(), read.value.known().cloned().flatten());
            Some(LeftOut {
                file: included.location.to_string(),
                place: at(sources, clause.place),
                condition: clause.written.clone(),
                read: clause.variables.iter().map(value).collect(),
            })
        })
        .collect()
}

fn at(sources: &Sources, place: Place) -> String {
    format!("{}:{}", sources.source(place.file).name, place.line)
}
