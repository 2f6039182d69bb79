use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::{Value, json};

use super::text;
use crate::{
    cli::{
        Surroundings,
        output::{self, Format},
        report::FOUND_FAULTS,
    },
    config::{Flags, PipelineFlags},
    doctor::{Because, CHECKS, Judged, Question, Reach, Selection, Verdict, gather, judge},
    failure::Failure,
};

/// What is looked at, and how it is told.
#[derive(Debug, Args)]
pub(super) struct Diagnose {
    /// Only this check, and what it needs; may be said again
    #[arg(long, value_name = "CHECK")]
    only: Vec<String>,

    /// Ask no server
    #[arg(long)]
    offline: bool,

    /// A file with the ID token, instead of the job's own
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token_file", "token_variable"])]
    jwt_file: Option<PathBuf>,

    /// A file with the vault's role, as `bao read -format=json auth/jwt/role/NAME` prints it
    #[arg(long, value_name = "FILE")]
    role_file: Option<PathBuf>,

    /// How the verdicts are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    pipeline: PipelineFlags,
}

pub(super) fn execute(arguments: &Diagnose, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let reach = if arguments.offline { Reach::Here } else { Reach::Session };
    let selection = Selection::named(&arguments.only, reach).map_err(|unknown| {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
        Failure::usage(unknown.to_string(), format!("these are: {}", names.join(", ")))
    })?;
    let mut flags = Flags { pipeline: arguments.pipeline.clone(), ..surroundings.flags.clone() };
    flags.token_file = arguments.jwt_file.clone().or(flags.token_file);
    let question = Question {
        flags: &flags,
        environment: &surroundings.environment,
        clock: &surroundings.clock,
        reach: selection.farthest(),
        role_file: arguments.role_file.as_deref(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::bug("the runtime cannot start", &error))?;
    let evidence = runtime.block_on(gather(question));
    // A name server that does not answer keeps its thread: nobody waits for it.
    runtime.shutdown_background();
    let evidence = evidence?;
    let judged = judge(&evidence, &selection);
    output::print(|out| match arguments.format {
        Format::Text => out.write_all(text::report(&judged).as_bytes()),
        Format::Json => output::json(out, &as_json(&judged)),
    })?;
    Ok(if judged.iter().any(does_not_work) { ExitCode::from(FOUND_FAULTS) } else { ExitCode::SUCCESS })
}

/// A wanted check that an earlier fault keeps from being looked at does not work either.
fn does_not_work(judged: &Judged) -> bool {
    matches!(judged.verdict, Verdict::Fail(..) | Verdict::Skipped(Because::Failed(_)))
}

fn as_json(judged: &[Judged]) -> Value {
    let check = |Judged { check, verdict }: &Judged| {
        let faults: Vec<Value> = verdict
            .faults()
            .iter()
            .map(|fault| json!({"expected": fault.expected, "actual": fault.actual, "advice": fault.advice}))
            .collect();
        let because = match verdict {
            Verdict::Skipped(because) => Some(because),
            _ => None,
        };
        json!({
            "id": check.id,
            "stage": check.stage.word(),
            "verdict": verdict.word(),
            "seen": verdict.seen().map(|seen| &seen.line),
            "details": verdict.seen().map(|seen| &seen.details[..]).unwrap_or_default(),
            "faults": faults,
            "because": because.map(Because::words),
            "page": check.page(),
        })
    };
    json!({"checks": judged.iter().map(check).collect::<Vec<_>>()})
}
