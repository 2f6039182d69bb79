mod code_quality;

mod sarif;

mod text;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use gitlab_ci::yaml::Sources;
use serde_json::{Value, json};

use super::gather;
use crate::{
    cli::{
        Surroundings,
        output::{self, Format},
        report::FOUND_FAULTS,
    },
    config::Stated,
    failure::Failure,
    pipeline::{
        ContextFlags, Rejected,
        check::{Evaluated, Expectations, Finding, Subject, check, of_refusal, pipelines},
    },
};

/// Find what is wrong with tokens and secrets in a pipeline that GitLab accepts
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What only the token opens: the beginning of URLs [default: the realms of buildpass.toml, else URLs with /security/]
    #[arg(long, value_name = "URL")]
    private_url: Vec<String>,

    /// A command that fetches what only the token opens
    #[arg(long, value_name = "WORD")]
    private_command: Vec<String>,

    #[command(flatten)]
    context: ContextFlags,

    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// The Static Analysis Results Interchange Format, 2.1.0.
    Sarif,
    /// A report of GitLab's Code Quality.
    GitlabCodeQuality,
}

/// Where GitLab keeps what is not public yet.
const PRIVATE_BY_DEFAULT: &str = "/security/";

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let (files, context) = gather::context(&arguments.context, surroundings)?;
    let stated = Stated::load(&surroundings.flags, &surroundings.environment)?;
    let private = if arguments.private_url.is_empty() { &stated.realms } else { &arguments.private_url };
    let by_default = [PRIVATE_BY_DEFAULT.to_owned()];
    let private = if private.is_empty() { by_default.as_slice() } else { private.as_slice() };
    let expectations = Expectations {
        audiences: stated.audiences,
        id_token: stated.id_token,
        private: private.to_vec(),
        fetching: arguments.private_command.clone(),
    };
    let mut sources = Sources::new();
    let mut evaluated = Vec::new();
    let mut refused = None;
    for (name, exposure, facts) in pipelines(&context.facts) {
        match gitlab_ci::evaluate(&context.configuration, &files, &facts, &mut sources) {
            Ok(plan) => evaluated.push(Evaluated { name, exposure, facts, plan }),
            Err(invalid) => refused = Some(invalid),
        }
    }
    let found = match refused {
        Some(invalid) => match of_refusal(&invalid, &sources) {
            Some(finding) => vec![finding],
            None => {
                let format = if arguments.format == CheckFormat::Text { Format::Text } else { Format::Json };
                return gather::reject(&Rejected { invalid, sources }, format);
            }
        },
        None => check(&Subject { pipelines: &evaluated, sources: &sources, expectations: &expectations }),
    };
    output::print(|out| match arguments.format {
        CheckFormat::Text => out.write_all(text::report(&found, &sources).as_bytes()),
        CheckFormat::Json => output::json(out, &as_json(&found, &sources)),
        CheckFormat::Sarif => output::json(out, &sarif::report(&found, &sources)),
        CheckFormat::GitlabCodeQuality => output::json(out, &code_quality::report(&found, &sources)),
    })?;
    let fails = found.iter().any(|finding| finding.severity.fails());
    Ok(if fails { ExitCode::from(FOUND_FAULTS) } else { ExitCode::SUCCESS })
}

fn as_json(found: &[Finding], sources: &Sources) -> Value {
    let place = |place: gitlab_ci::yaml::Place| json!({"file": sources.source(place.file).name, "line": place.line, "column": place.column});
    let findings: Vec<Value> = found
        .iter()
        .map(|finding| {
            let notes: Vec<Value> = finding
                .notes
                .iter()
                .map(|note| json!({"text": note.text, "place": note.place.map(place)}))
                .collect();
            json!({
                "rule": finding.rule,
                "severity": finding.severity.word(),
                "message": finding.message,
                "place": finding.place.map(place),
                "help": finding.help,
                "notes": notes,
            })
        })
        .collect();
    json!({"findings": findings})
}

/// The same for the same finding when lines above it come or go.
fn fingerprint(finding: &Finding, sources: &Sources) -> String {
    let line = finding.place.map(|place| {
        let source = sources.source(place.file);
        let text = source.text.lines().nth(place.line as usize - 1).unwrap_or_default();
        format!("{}\0{}", source.name, text.trim())
    });
    let whole = format!("{}\0{}\0{}", finding.rule, finding.message, line.unwrap_or_default());
    // FNV-1a, twice over different starts: an identifier, not a secret.
    let hash = |start: u64| {
        whole.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    format!("{:016x}{:016x}", hash(0xcbf2_9ce4_8422_2325), hash(0x9747_b28c_8422_2325))
}
