use std::process::ExitCode;

use clap::Args;
use gitlab_ci::{
    Answer, Reason,
    plan::{Audience, Expanded, IdToken, Job, Provider, Secret},
};

use super::{gather, json};
use crate::{
    cli::{
        Surroundings,
        output::{self, Format, plain},
        table::table,
    },
    failure::Failure,
    pipeline::{Context, ContextFlags, Reading},
};

/// List the jobs of a pipeline with their ID tokens and secrets
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    context: ContextFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let (files, context) = gather::context(&arguments.context, surroundings)?;
    let reading = match gather::read(&context, &files, arguments.format)? {
        Ok(reading) => reading,
        Err(code) => return Ok(code),
    };
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &json::jobs(&reading)),
        Format::Text => out.write_all(text(&reading, &context).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The reasons of a table: each once, under a number.
#[derive(Default)]
struct Reasons(Vec<String>);

impl Reasons {
    fn unknown(&mut self, reason: &Reason) -> String {
        let text = reason.to_string();
        let at = self.0.iter().position(|known| *known == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        });
        format!("unknown [{}]", at + 1)
    }

    fn of<T>(&mut self, answer: &Answer<T>, said: impl FnOnce(&T) -> String) -> String {
        match answer {
            Answer::Known(value) => said(value),
            Answer::Unknown(reason) => self.unknown(reason),
        }
    }
}

fn text(reading: &Reading, context: &Context) -> String {
    let plan = &reading.plan;
    let mut reasons = Reasons::default();
    let rows: Vec<Vec<String>> = plan.jobs.iter().map(|job| row(job, &mut reasons)).collect();
    let mut out = format!("{}\n", heading(reading, context));
    match &plan.created {
        Answer::Known(true) => {}
        Answer::Known(false) => {
            let why = plan.refusal.as_ref().map_or("", |refusal| refusal.text.as_str());
            out += &format!("No pipeline is created: {}\n", plain(why));
        }
        Answer::Unknown(reason) => {
            out += &format!("Whether a pipeline is created is {}\n", reasons.unknown(reason));
        }
    }
    out += "\n";
    out += &table(&["JOB", "INCLUDED", "WHEN", "ID TOKENS", "SECRETS"], &rows);
    for (reason, number) in reasons.0.iter().zip(1..) {
        let gap = if number == 1 { "\n" } else { "" };
        out += &format!("{gap}[{number}] {}\n", plain(reason));
    }
    for (reason, at) in plan.unresolved.iter().zip(0..) {
        let gap = if at == 0 { "\n" } else { "" };
        out += &format!(
            "{gap}assumed to change nothing here: {}; give it with --include-dir\n",
            plain(&reason.to_string())
        );
    }
    out
}

/// What was asked, in one line.
pub(super) fn heading(reading: &Reading, context: &Context) -> String {
    use gitlab_ci::context::Ref;
    let facts = &reading.facts;
    let predefined = facts.predefined();
    let project = match predefined.get("CI_PROJECT_PATH") {
        Some(Answer::Known(project)) => project.clone(),
        _ => "an unknown project (--project)".to_owned(),
    };
    let reference = match facts.commit_reference() {
        Some(Ref::Branch(name)) => format!("branch {name}"),
        Some(Ref::Tag(name)) => format!("tag {name}"),
        None => "an unknown ref (--ref)".to_owned(),
    };
    let protected = match predefined.get("CI_COMMIT_REF_PROTECTED") {
        Some(Answer::Known(protected)) if protected == "true" => "protected ",
        Some(Answer::Known(_)) => "unprotected ",
        _ => "",
    };
    plain(&format!(
        "{} as GitLab {} reads it for {project}, {protected}{reference}, {}",
        context.configuration,
        json::version(facts.version),
        facts.pipeline_source(),
    ))
}

fn row(job: &Job, reasons: &mut Reasons) -> Vec<String> {
    let yes_or_no = |included: &bool| if *included { "yes" } else { "no" }.to_owned();
    let when = match (&job.included, &job.when) {
        (Answer::Unknown(_), Answer::Unknown(_)) => String::new(),
        (_, when) => reasons.of(when, |when| when.keyword().to_owned()),
    };
    let included = reasons.of(&job.included, yes_or_no);
    let tokens = reasons.of(&job.id_tokens, |tokens| list(tokens.iter().map(id_token)));
    let secrets = reasons.of(&job.secrets, |secrets| list(secrets.iter().map(secret)));
    [job.name.to_string(), included, when, tokens, secrets].map(|cell| plain(&cell).replace('\n', " ")).into()
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// `NAME for AUDIENCE`
pub(super) fn id_token(token: &IdToken) -> String {
    let one = |expanded: &Expanded| match &expanded.value {
        Answer::Known(value) if value.is_empty() => "nobody".to_owned(),
        Answer::Known(value) => value.clone(),
        Answer::Unknown(_) => format!("{} (unknown)", expanded.written),
    };
    let audience = match &token.audience {
        Audience::One(expanded) => one(expanded),
        Audience::Several(all) => all.iter().map(one).collect::<Vec<_>>().join(" and "),
    };
    format!("{} for {audience}", token.name)
}

/// `NAME from PATH/FIELD@MOUNT`
pub(super) fn secret(secret: &Secret) -> String {
    let from = match &secret.provider {
        Provider::Vault(vault) => {
            let engine = if vault.engine == "kv-v2" { String::new() } else { format!(" ({})", vault.engine) };
            format!("{}/{}@{}{engine}", vault.path, vault.field, vault.mount)
        }
        Provider::Other(keyword) => keyword.to_string(),
    };
    let file = if secret.file { ", as a file" } else { "" };
    format!("{} from {from}{file}", secret.name)
}
