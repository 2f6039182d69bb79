use std::{collections::BTreeMap, process::ExitCode};

use clap::Args;

use super::{opened::Opened, show};
use crate::{
    access::{Finding, Limits, Manner, Plan},
    cli::{
        Surroundings, block_on,
        output::{self, Format, plain},
        report::say,
        table::table,
    },
    config::AccessFlags,
    failure::{Blame, Failure},
};

/// List tokens that somebody should look at: stored nowhere, not declared any more, not used, ending soon
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// List tokens that were not used for so long
    #[arg(long, value_name = "DURATION", default_value = "30d")]
    unused_for: humantime::Duration,

    /// List tokens that end within this time
    #[arg(long, value_name = "DURATION", default_value = "7d")]
    ending_within: humantime::Duration,

    /// Revoke a token of the list, by GitLab's number; one that is stored is refused
    #[arg(long, value_name = "ID")]
    revoke: Vec<u64>,

    #[command(flatten)]
    access: AccessFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let limits =
        Limits { unused_for: arguments.unused_for.into(), ending_within: arguments.ending_within.into() };
    let findings = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let findings = Finding::all(&opened.declaration, &world, limits)?;
        let wanted = chosen(&findings, &arguments.revoke)?;
        let steps = wanted.iter().map(|finding| finding.end()).collect();
        let plan = Plan { steps, warnings: Vec::new(), breadths: BTreeMap::new() };
        opened.carry_out(&plan, &world, Manner::Overlap, &|step, said| say(&show::done(step, said))).await?;
        let left = findings.iter().filter(|finding| !arguments.revoke.contains(&finding.id));
        Ok(left.cloned().collect::<Vec<_>>())
    }))??;
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &findings),
        Format::Text => out.write_all(text(&findings).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Those that are to be revoked; all of them, or none.
fn chosen<'a>(findings: &'a [Finding], ids: &[u64]) -> Result<Vec<&'a Finding>, Failure> {
    let refused = |what: String, hint: &str| Failure {
        what,
        causes: Vec::new(),
        hint: Some(hint.to_owned()),
        blame: Blame::Refused,
    };
    ids.iter()
        .map(|id| match findings.iter().find(|finding| finding.id == *id) {
            None => {
                Err(refused(format!("the token {id} is not in the list"), "only what is listed is revoked"))
            }
            Some(finding) if finding.stored => Err(refused(
                format!("the token {id} is what jobs are given"),
                "`buildpass access rotate` replaces it, `buildpass access revoke` ends it now",
            )),
            Some(finding) => Ok(finding),
        })
        .collect()
}

fn text(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "Nothing to look at.\n".to_owned();
    }
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            let made = if finding.ours { "buildpass" } else { "somebody else" };
            let cells = [
                finding.id.to_string(),
                finding.name.clone(),
                finding.owner.clone(),
                made.to_owned(),
                if finding.stored { "yes" } else { "no" }.to_owned(),
                finding.because.join("; "),
            ];
            cells.map(|cell| plain(&cell)).to_vec()
        })
        .collect();
    table(&["ID", "NAME", "OWNER", "MADE BY", "STORED", "BECAUSE"], &rows)
}
