mod built_in;

mod grid;

mod html;

mod markdown;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use self::grid::{Cell, Grid};
use super::gather;
use crate::{
    cli::{Surroundings, output, table::table},
    failure::Failure,
    pipeline::{Context, ContextFlags, NamedContext, ProjectFiles},
};

/// Say who gets what in which kind of pipeline
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Show all jobs, not only those that get something in one of the pipelines
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    context: ContextFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: MatrixFormat,
}

/// How a matrix is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a merge request.
    Markdown,
    /// A page of its own, for a reviewer.
    Html,
}

/// Whether each cell comes with the whole story, which only a page has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stories {
    Told,
    LeftOut,
}

/// Which jobs are rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    All,
    WithSomething,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let (files, contexts) = contexts(&arguments.context, surroundings)?;
    let rows = if arguments.all { Rows::All } else { Rows::WithSomething };
    let stories = if arguments.format == MatrixFormat::Html { Stories::Told } else { Stories::LeftOut };
    let grid = Grid::of(&contexts, &files, rows, stories);
    output::print(|out| match arguments.format {
        MatrixFormat::Text => out.write_all(text(&grid).as_bytes()),
        MatrixFormat::Json => output::json(out, &as_json(&grid)),
        MatrixFormat::Markdown => out.write_all(markdown::page(&grid).as_bytes()),
        MatrixFormat::Html => out.write_all(html::page(&grid).as_bytes()),
    })?;
    let all_invalid = grid.columns.iter().all(|column| column.invalid.is_some());
    Ok(if all_invalid { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// The project's files and the kinds of pipeline that are compared: those of buildpass.toml, without any those of every project, or the one
/// that is named.
pub(in crate::cli) fn contexts(
    flags: &ContextFlags,
    surroundings: &Surroundings,
) -> Result<(ProjectFiles, Vec<Context>), Failure> {
    let here = surroundings.environment.working_directory();
    let files = Context::files(flags, &gather::project(surroundings), here)?;
    let of_job = gather::of_job(surroundings);
    let contexts = match (gather::contexts(surroundings)?, &flags.context) {
        (_, Some(_)) => vec![gather::context(flags, surroundings)?.1],
        (named, None) => {
            let of_each = flags.reference.is_some()
                || flags.pipeline_source.is_some()
                || flags.protected
                || flags.unprotected;
            if of_each {
                return Err(Failure::usage(
                    "a matrix has pipelines of its own, each with its ref, source and protection",
                    "leave `--ref`, `--pipeline-source`, `--protected` and `--unprotected` out, or name one with `--context`",
                ));
            }
            let stated = match named.is_empty() {
                true => built_in::contexts(flags, &of_job, files.project()),
                false => named,
            };
            let one = |named: &NamedContext| {
                let flags = built_in::beneath(flags, named);
                Context::new(&flags, Some(named), &of_job, files.project(), here)
            };
            stated.iter().map(one).collect::<Result<Vec<_>, _>>()?
        }
    };
    Ok((files, contexts))
}

/// Which branch was taken for the default one although nothing here says that it is.
pub(in crate::cli) fn guessed_branch(
    flags: &ContextFlags,
    surroundings: &Surroundings,
    files: &ProjectFiles,
) -> Result<Option<&'static str>, Failure> {
    let is_stated = flags.context.is_some() || !gather::contexts(surroundings)?.is_empty();
    let known = built_in::default_branch(flags, &gather::of_job(surroundings), files.project());
    Ok((!is_stated && known.is_none()).then_some(built_in::GUESS))
}

fn text(grid: &Grid) -> String {
    let mut head = vec!["JOB"];
    head.extend(grid.columns.iter().map(|column| column.name.as_str()));
    let rows: Vec<Vec<String>> = grid
        .rows
        .iter()
        .map(|row| [row.job.clone()].into_iter().chain(row.cells.iter().map(Cell::words)).collect())
        .collect();
    let mut out = format!("{}\n\n", grid.title);
    out += &table(&head, &rows);
    out += "\n- is not in the pipeline; ? is unknown; + is in the pipeline and gets nothing\n";
    for column in &grid.columns {
        out += &format!("{}: {}\n", column.name, column.about);
    }
    out
}

fn as_json(grid: &Grid) -> Value {
    let contexts: Vec<Value> = grid
        .columns
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "about": column.about,
                "created": column.created,
                "error": column.invalid,
            })
        })
        .collect();
    let rows: Vec<Value> = grid
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<Value> = grid
                .columns
                .iter()
                .zip(&row.cells)
                .map(|(column, cell)| {
                    json!({
                        "context": column.name,
                        "included": cell.included,
                        "id_tokens": cell.tokens,
                        "secrets": cell.secrets,
                        "reason": cell.reason,
                    })
                })
                .collect();
            json!({"job": row.job, "contexts": cells})
        })
        .collect();
    json!({"gitlab_version": grid.version, "contexts": contexts, "jobs": rows})
}
