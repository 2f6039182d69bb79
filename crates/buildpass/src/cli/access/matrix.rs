use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use gitlab_ci::context::Ref;
use serde::Serialize;

use super::{
    asking::{Asking, Numbers, Pipeline, is_of_a_fork, pipelines, project},
    opened::Opened,
};
use crate::{
    access::{Around, Entry, FullPath, KnownRole, ProjectRef, RoleFiles},
    cli::{
        Surroundings, block_on, ci,
        output::{self, Format, plain},
        report::FOUND_FAULTS,
        table::table,
    },
    config::{AccessFlags, Platform},
    failure::Failure,
    pipeline::{Context, ContextFlags, ProjectFiles},
};

/// Say which jobs ask in which kind of pipeline, and whom the vault lets in
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    access: AccessFlags,

    #[command(flatten)]
    context: ContextFlags,

    /// Read the vault's roles and policies from files instead, as its command line prints them, and ask nobody
    #[arg(long, value_name = "DIR")]
    roles: Option<PathBuf>,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
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
    let matrix = match &arguments.roles {
        Some(folder) => of_folder(arguments, folder, (&files, &contexts), surroundings)?,
        None => live(arguments, (&files, &contexts), surroundings)?,
    };
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &matrix),
        Format::Text => out.write_all(matrix.text().as_bytes()),
    })?;
    Ok(if matrix.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

fn live(
    arguments: &Arguments,
    (files, contexts): (&ProjectFiles, &[Context]),
    surroundings: &Surroundings,
) -> Result<Matrix, Failure> {
    block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let (roles, unseen) = KnownRole::all(&opened.declaration, &world, &opened.session).await?;
        let mut numbers: BTreeMap<String, Option<u64>> = BTreeMap::new();
        for path in contexts.iter().filter_map(|context| project(&context.facts)) {
            if let Ok(project) = path.parse::<FullPath>()
                && !numbers.contains_key(path)
            {
                let found = opened.gitlab.project(&ProjectRef::Path(project)).await?;
                numbers.insert(path.to_owned(), found.map(|found| found.id));
            }
        }
        Matrix::joined(&roles, unseen, pipelines(contexts, files, &Numbers::Asked(numbers)))
    }))?
}

/// Nobody is asked: neither the vault nor GitLab.
fn of_folder(
    arguments: &Arguments,
    folder: &Path,
    (files, contexts): (&ProjectFiles, &[Context]),
    surroundings: &Surroundings,
) -> Result<Matrix, Failure> {
    let Surroundings { flags, environment, clock, .. } = surroundings;
    let (declaration, _) = Platform::declared(flags, &arguments.access, environment)?;
    let folder = environment.working_directory().join(folder);
    let now = clock.now();
    let kept = RoleFiles::read(&folder, &declaration.auth_mount, now)?;
    let numbers = Numbers::said(contexts);
    let mut around = Around { numbers: numbers.clone(), ..Around::default() };
    for facts in contexts.iter().map(|context| &context.facts).filter(|facts| facts.protected == Some(true)) {
        match &facts.reference {
            Some(Ref::Branch(name)) => drop(around.branches.insert(name.clone())),
            Some(Ref::Tag(name)) => drop(around.tags.insert(name.clone())),
            None => {}
        }
    }
    let (roles, mut unseen) = block_on(KnownRole::of_files(&declaration, &around, &kept, now))??;
    let ours = contexts.iter().map(|context| &context.facts).filter(|facts| !is_of_a_fork(facts));
    let unnumbered: BTreeSet<&str> =
        ours.filter_map(project).filter(|path| !numbers.contains_key(*path)).collect();
    unseen.extend(unnumbered.into_iter().map(|path| {
        format!("the number of {path}: a role that names its path is taken to name its number (`--variable CI_PROJECT_ID=N` says it)")
    }));
    Matrix::joined(&roles, unseen, pipelines(contexts, files, &Numbers::Said(numbers)))
}

impl Matrix {
    fn joined(
        roles: &[KnownRole],
        mut unseen: Vec<String>,
        (pipelines, refused): (Vec<Pipeline>, Vec<String>),
    ) -> Result<Self, Failure> {
        if pipelines.is_empty() {
            return Err(Failure::usage(refused.join("; "), "`buildpass ci matrix` says more of it"));
        }
        unseen.extend(refused);
        Ok(Self { unseen, ..Self::of(roles, &pipelines) })
    }

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
