use std::collections::{BTreeMap, BTreeSet};

use gitlab_ci::{Answer, plan::Job};
use serde_json::{Value, json};

use crate::{
    cli::{
        ci::{explain, jobs, json, snippet},
        output,
    },
    pipeline::{Context, ProjectFiles, Reading},
};

use super::{Rows, Stories};

/// Jobs and pipelines, and who gets what where.
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

/// A pipeline.
pub(super) struct Column {
    pub(super) name: String,
    /// What was asked, in one line.
    pub(super) about: String,
    pub(super) created: Value,
    /// Why GitLab would refuse the configuration here.
    pub(super) invalid: Option<String>,
}

pub(super) struct Row {
    pub(super) job: String,
    /// One for each column.
    pub(super) cells: Vec<Cell>,
}

/// A job in a pipeline.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) included: Value,
    pub(super) tokens: Option<Vec<String>>,
    pub(super) secrets: Option<Vec<String>>,
    pub(super) reason: Option<String>,
    /// The whole story, for whoever wants it.
    pub(super) story: String,
}

impl Cell {
    fn absent() -> Self {
        Self { included: json!(false), tokens: None, secrets: None, reason: None, story: String::new() }
    }

    /// Does the job run here, or may it?
    fn may_run(&self) -> bool {
        self.included != json!(false)
    }

    /// Does it get something here, or may it?
    pub(super) fn gets_something(&self) -> bool {
        let something = |names: &Option<Vec<String>>| names.as_ref().is_none_or(|names| !names.is_empty());
        self.may_run() && (something(&self.tokens) || something(&self.secrets))
    }

    pub(super) fn gets_secret(&self) -> bool {
        self.may_run() && self.secrets.as_ref().is_none_or(|names| !names.is_empty())
    }

    /// In a table.
    pub(super) fn words(&self) -> String {
        if !self.may_run() {
            return "-".to_owned();
        }
        let unknown = || vec!["?".to_owned()];
        let mut words = self.secrets.clone().unwrap_or_else(unknown);
        if words.is_empty() {
            words = self.tokens.clone().unwrap_or_else(unknown);
        }
        let held = if words.is_empty() { "+".to_owned() } else { words.join(", ") };
        if self.included == json!(true) { held } else { format!("? {held}") }
    }
}

impl Grid {
    pub(super) fn of(contexts: &[Context], files: &ProjectFiles, rows: Rows, stories: Stories) -> Self {
        let mut columns = Vec::new();
        let mut found: Vec<BTreeMap<String, Cell>> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut version = String::new();
        for context in contexts {
            let name = context.name.clone().unwrap_or_else(|| "this pipeline".to_owned());
            version = json::version(context.facts.version);
            match Reading::of(context, files) {
                Ok(mut reading) => {
                    columns.push(Column {
                        name,
                        about: jobs::heading(&reading, context),
                        created: json::flag(&reading.plan.created),
                        invalid: None,
                    });
                    let jobs = reading.plan.jobs.clone();
                    let mut cells = BTreeMap::new();
                    for job in &jobs {
                        if seen.insert(job.name.clone()) {
                            names.push(job.name.to_string());
                        }
                        cells.insert(job.name.to_string(), cell(job, &mut reading, files, stories));
                    }
                    found.push(cells);
                }
                Err(rejected) => {
                    columns.push(Column {
                        name,
                        about: format!(
                            "GitLab refuses the configuration: {}",
                            output::plain(&rejected.invalid.message)
                        ),
                        created: json!(false),
                        invalid: Some(rejected.invalid.message.clone()),
                    });
                    found.push(BTreeMap::new());
                }
            }
        }
        let all = names.into_iter().map(|job| {
            let cell = |cells: &BTreeMap<String, Cell>| cells.get(&job).cloned().unwrap_or_else(Cell::absent);
            Row { cells: found.iter().map(cell).collect(), job: output::plain(&job) }
        });
        let wanted = |row: &Row| rows == Rows::All || row.cells.iter().any(Cell::gets_something);
        let rows = all.filter(wanted).collect();
        let title = format!("Who gets what, as GitLab {version} reads the configuration");
        Self { title, version, columns, rows }
    }
}

fn cell(job: &Job, reading: &mut Reading, files: &ProjectFiles, stories: Stories) -> Cell {
    let tokens = job.id_tokens.known().map(|all| all.iter().map(|it| it.name.to_string()).collect());
    let secrets = job.secrets.known().map(|all| all.iter().map(|it| it.name.to_string()).collect());
    let reason = job.included.reason().or(job.id_tokens.reason()).or(job.secrets.reason());
    let mut cell = Cell {
        included: json::flag(&job.included),
        tokens,
        secrets,
        reason: reason.map(ToString::to_string),
        story: String::new(),
    };
    let has_something = cell.tokens.as_ref().is_none_or(|it| !it.is_empty())
        || cell.secrets.as_ref().is_none_or(|it| !it.is_empty());
    let worth_it = has_something || matches!(job.included, Answer::Unknown(_));
    if worth_it && stories == Stories::Told {
        let passages = explain::passages(job, None, reading, files);
        cell.story = snippet::render(&passages, &reading.sources);
    }
    cell
}
