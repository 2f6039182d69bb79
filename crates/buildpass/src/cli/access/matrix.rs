use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    process::ExitCode,
};

use clap::Args;
use gitlab_ci::{
    context::{Facts, Ref},
    plan::{Audience, IdToken, Provider},
};
use serde::Serialize;

use super::opened::Opened;
use crate::{
    access::{Claims, Entry, FullPath, KnownRole, ProjectRef},
    cli::{
        Surroundings, block_on, ci,
        output::{self, Format, plain},
        report::FOUND_FAULTS,
        table::table,
    },
    config::AccessFlags,
    failure::Failure,
    pipeline::{Context, ContextFlags, ProjectFiles, Reading},
};

/// Say which jobs ask in which kind of pipeline, and whom the vault lets in
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    access: AccessFlags,

    #[command(flatten)]
    context: ContextFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A kind of pipeline, and what its jobs bring along.
struct Pipeline {
    name: String,
    claims: Claims,
    jobs: Vec<Asking>,
}

/// A job that may log in.
struct Asking {
    name: String,
    audiences: BTreeSet<String>,
    /// The API paths of its `secrets`.
    secrets: BTreeSet<String>,
}

#[derive(Serialize)]
struct Matrix {
    contexts: Vec<String>,
    roles: Vec<Row>,
    faults: Vec<String>,
    /// What could not be looked at, and so can hide a fault.
    unseen: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    role: String,
    reads: BTreeSet<String>,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    context: String,
    /// Nothing where that depends on what is not known.
    let_in: Option<bool>,
    declared: Option<bool>,
    /// The claim that decides, or those that are not known.
    because: Option<String>,
    jobs: Vec<String>,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let (files, contexts) = ci::contexts(&arguments.context, surroundings)?;
    let matrix = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let (roles, mut unseen) = KnownRole::all(&opened.declaration, &world, &opened.session).await?;
        let mut numbers: BTreeMap<String, Option<u64>> = BTreeMap::new();
        for path in contexts.iter().filter_map(|context| context.facts.project.clone()) {
            if let Ok(project) = path.parse::<FullPath>()
                && !numbers.contains_key(&path)
            {
                let found = opened.gitlab.project(&ProjectRef::Path(project)).await?;
                numbers.insert(path, found.map(|found| found.id));
            }
        }
        let (pipelines, refused) = pipelines(&contexts, &files, &numbers);
        if pipelines.is_empty() {
            return Err(Failure::usage(refused.join("; "), "`buildpass ci matrix` says more of it"));
        }
        unseen.extend(refused);
        Ok(Matrix { unseen, ..Matrix::of(&roles, &pipelines) })
    }))??;
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &matrix),
        Format::Text => out.write_all(matrix.text().as_bytes()),
    })?;
    Ok(if matrix.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

/// Every kind of pipeline, and of those that GitLab refuses, why.
fn pipelines(
    contexts: &[Context],
    files: &ProjectFiles,
    numbers: &BTreeMap<String, Option<u64>>,
) -> (Vec<Pipeline>, Vec<String>) {
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    for context in contexts {
        let name = context.name.clone().unwrap_or_else(|| "this pipeline".to_owned());
        match Reading::of(context, files) {
            Ok(reading) => {
                let runs = |job: &&gitlab_ci::plan::Job| job.included.known() != Some(&false);
                let jobs = reading.plan.jobs.iter().filter(runs).map(asking).collect();
                read.push(Pipeline { name, claims: claims(&context.facts, numbers), jobs });
            }
            Err(rejected) => {
                refused
                    .push(format!("{name}: GitLab refuses the configuration: {}", rejected.invalid.message));
            }
        }
    }
    (read, refused)
}

fn asking(job: &gitlab_ci::plan::Job) -> Asking {
    let tokens = job.id_tokens.known().map(Vec::as_slice).unwrap_or_default();
    let secrets = job.secrets.known().map(Vec::as_slice).unwrap_or_default();
    let path = |provider: &Provider| match provider {
        Provider::Vault(secret) if secret.engine == "kv-v2" => {
            Some(format!("{}/data/{}", secret.mount, secret.path))
        }
        Provider::Vault(_) | Provider::Other(_) => None,
    };
    Asking {
        name: job.name.to_string(),
        audiences: tokens.iter().flat_map(audiences).collect(),
        secrets: secrets.iter().filter_map(|secret| path(&secret.provider)).collect(),
    }
}

fn audiences(token: &IdToken) -> Vec<String> {
    let all = match &token.audience {
        Audience::One(one) => std::slice::from_ref(one),
        Audience::Several(several) => several,
    };
    all.iter().filter_map(|audience| audience.value.known().cloned()).collect()
}

/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload>
fn claims(facts: &Facts, numbers: &BTreeMap<String, Option<u64>>) -> Claims {
    let mut claims = Claims::default();
    if let Some(project) = &facts.project {
        claims.say("project_path", project);
        if let Some((namespace, _)) = project.rsplit_once('/') {
            claims.say("namespace_path", namespace);
        }
        // One that is not there has a number that no role names.
        if let Some(number) = numbers.get(project) {
            claims.say("project_id", number.map(|number| number.to_string()).unwrap_or_default());
        }
    }
    if let Some(protected) = facts.protected {
        claims.say("ref_protected", protected.to_string());
    }
    if let Some(source) = &facts.source {
        claims.say("pipeline_source", source);
    }
    let of_merge_request = facts.source.as_deref() == Some("merge_request_event");
    if let Some(reference) = &facts.reference {
        let (kind, folder, name) = match reference {
            Ref::Branch(name) => ("branch", "heads", name),
            Ref::Tag(name) => ("tag", "tags", name),
        };
        claims.say("ref_type", kind);
        claims.say("ref", name);
        if !of_merge_request {
            claims.say("ref_path", format!("refs/{folder}/{name}"));
        }
    }
    claims
}

impl Matrix {
    fn of(roles: &[KnownRole], pipelines: &[Pipeline]) -> Self {
        let mut faults = Vec::new();
        let mut rows = Vec::new();
        for role in roles {
            let reads = role.reads.iter().cloned().collect::<Vec<_>>().join(", ");
            let mut cells = Vec::new();
            for pipeline in pipelines {
                let (says, to_say) = (role.says(&pipeline.claims), role.is_to_say(&pipeline.claims));
                let asks = |job: &&Asking| job.audiences.iter().any(|audience| role.is_for(audience));
                let jobs: Vec<String> =
                    pipeline.jobs.iter().filter(asks).map(|job| job.name.clone()).collect();
                match (&says, &to_say) {
                    (Entry::LetIn, Entry::Refused(why)) => faults.push(format!(
                        "{}: the role {} lets it in, and is not to ({why}); it reads {reads}",
                        pipeline.name, role.name
                    )),
                    (Entry::Refused(why), Entry::LetIn) if !jobs.is_empty() => faults.push(format!(
                        "{}: {} asks, and the role {} does not let it in ({why}), as it is declared to",
                        pipeline.name,
                        jobs.join(", "),
                        role.name
                    )),
                    _ => {}
                }
                let because = match &says {
                    Entry::LetIn => None,
                    Entry::Refused(why) | Entry::Unknown(why) => Some(why.clone()),
                };
                let (let_in, declared) = (known(&says), known(&to_say));
                cells.push(Cell { context: pipeline.name.clone(), let_in, declared, because, jobs });
            }
            let granted = || cells.iter().filter(|cell| cell.declared == Some(true));
            if granted().count() > 0 && granted().all(|cell| cell.jobs.is_empty()) {
                faults.push(format!("the role {} is granted here, and no job asks for {reads}", role.name));
            }
            rows.push(Row { role: role.name.clone(), reads: role.reads.clone(), cells });
        }
        for (at, pipeline) in pipelines.iter().enumerate() {
            for job in &pipeline.jobs {
                // One that is declared to let it in is told of already.
                let told = |cell: &Cell| cell.let_in != Some(false) || cell.declared == Some(true);
                let granted = |secret: &String| {
                    rows.iter().any(|row| row.reads.contains(secret) && told(&row.cells[at]))
                };
                faults.extend(job.secrets.iter().filter(|secret| !granted(secret)).map(|secret| {
                    format!("{}: {} asks for {secret}, and no role lets it in", pipeline.name, job.name)
                }));
            }
        }
        let contexts = pipelines.iter().map(|pipeline| pipeline.name.clone()).collect();
        Self { contexts, roles: rows, faults, unseen: Vec::new() }
    }

    fn text(&self) -> String {
        let head: Vec<&str> = ["ROLE"].into_iter().chain(self.contexts.iter().map(String::as_str)).collect();
        let rows: Vec<Vec<String>> = self
            .roles
            .iter()
            .map(|row| {
                let cells = row.cells.iter().map(|cell| match cell.let_in {
                    Some(false) => "-".to_owned(),
                    Some(true) if cell.jobs.is_empty() => "+".to_owned(),
                    Some(true) => cell.jobs.join(", "),
                    None => "?".to_owned(),
                });
                [row.role.clone()].into_iter().chain(cells).map(|cell| plain(&cell)).collect()
            })
            .collect();
        let mut out = table(&head, &rows);
        out += "\n- is not let in; ? is unknown; + would be let in, and no job asks; else the jobs that ask and are let in\n";
        for fault in &self.faults {
            let _ = writeln!(out, "fault: {}", plain(fault));
        }
        for what in &self.unseen {
            let _ = writeln!(out, "not seen: {}", plain(what));
        }
        if self.faults.is_empty() {
            out += if self.unseen.is_empty() { "Whoever" } else { "Of what was seen: whoever" };
            out += " asks is let in as declared, and nobody else is.\n";
        }
        out
    }
}

fn known(entry: &Entry) -> Option<bool> {
    match entry {
        Entry::LetIn => Some(true),
        Entry::Refused(_) => Some(false),
        Entry::Unknown(_) => None,
    }
}
