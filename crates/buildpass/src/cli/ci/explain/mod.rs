mod grant;

mod missing;

mod presence;

mod words;

use std::process::ExitCode;

use clap::Args;
use gitlab_ci::{Answer, plan::Job};
use serde_json::{Value, json};

use super::{
    gather,
    jobs::heading,
    json,
    snippet::{Kind, Passage, render},
};
use crate::{
    cli::{
        Surroundings,
        output::{self, Format, plain},
    },
    failure::Failure,
    pipeline::{ContextFlags, ProjectFiles, Reading},
};

/// Say how a job came to its tokens and secrets, or why it has none
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The job
    job: String,

    /// This secret alone
    #[arg(long, value_name = "NAME")]
    secret: Option<String>,

    #[command(flatten)]
    context: ContextFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let (files, context) = gather::context(&arguments.context, surroundings)?;
    let mut reading = match gather::read(&context, &files, arguments.format)? {
        Ok(reading) => reading,
        Err(code) => return Ok(code),
    };
    let job = find(&arguments.job, &reading)?.clone();
    let passages = passages(&job, arguments.secret.as_deref(), &mut reading, &files);
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &as_json(&job, &passages, &reading)),
        Format::Text => {
            let story = render(&passages, &reading.sources);
            write!(out, "{}\n\n{story}\n", heading(&reading, &context))
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The job of this name; `build 1/3` and `build: [a, b]` are jobs that `parallel` made of `build`.
fn find<'a>(name: &str, reading: &'a Reading) -> Result<&'a Job, Failure> {
    let jobs = &reading.plan.jobs;
    let named = |name: &str| jobs.iter().find(|job| &*job.name == name);
    let base = name.rsplit_once(' ').map(|(base, _)| base);
    let of_matrix = name.split_once(": [").map(|(base, _)| base);
    if let Some(job) = named(name).or(base.and_then(named)).or(of_matrix.and_then(named)) {
        return Ok(job);
    }
    let likeness = |job: &&Job| strsim::jaro_winkler(name, &job.name);
    let nearest = jobs.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let hint = match nearest.filter(|job| likeness(job) > 0.7) {
        Some(job) => format!("did you mean `{}`?", plain(&job.name)),
        None => "`buildpass ci jobs` lists them all".to_owned(),
    };
    Err(Failure::usage(format!("no job is named `{name}`"), hint))
}

/// The whole story of a job, or of one of its secrets.
pub(super) fn passages(
    job: &Job,
    secret: Option<&str>,
    reading: &mut Reading,
    files: &ProjectFiles,
) -> Vec<Passage> {
    let mut passages = vec![presence::passage(job, reading)];
    passages.extend(presence::of_workflow(job, reading));
    let wanted = |name: &str| secret.is_none_or(|secret| secret == name);
    match &job.id_tokens {
        Answer::Known(tokens) if tokens.is_empty() => {
            passages.push(Passage::new(Kind::Note, "it has no ID token"));
        }
        Answer::Known(tokens) => {
            let wanted = tokens.iter().filter(|_| secret.is_none());
            passages.extend(wanted.map(|token| grant::of_token(token, reading)));
        }
        Answer::Unknown(reason) => {
            passages.push(Passage::new(Kind::Note, format!("its ID tokens are unknown: {reason}")));
        }
    }
    match &job.secrets {
        Answer::Known(secrets) => {
            let held = secrets.iter().filter(|held| wanted(&held.name));
            passages.extend(held.map(|held| grant::of_secret(held, reading)));
            let holds = |name: &str| secrets.iter().any(|held| &*held.name == name);
            passages.extend(missing::passages(job, secret, &holds, reading, files));
        }
        Answer::Unknown(reason) => {
            passages.push(Passage::new(Kind::Note, format!("its secrets are unknown: {reason}")));
        }
    }
    passages
}

fn as_json(job: &Job, passages: &[Passage], reading: &Reading) -> Value {
    let passages: Vec<Value> = passages
        .iter()
        .map(|passage| {
            let marks: Vec<Value> = passage
                .marks
                .iter()
                .map(|mark| {
                    json!({
                        "file": reading.sources.source(mark.place.file).name,
                        "line": mark.place.line,
                        "column": mark.place.column,
                        "label": mark.label,
                    })
                })
                .collect();
            json!({"kind": passage.kind.word(), "text": passage.title, "places": marks, "notes": passage.notes})
        })
        .collect();
    json!({
        "gitlab_version": json::version(reading.facts.version),
        "job": &*job.name,
        "included": json::flag(&job.included),
        "explanation": passages,
    })
}
