use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{opened::Opened, show};
use crate::{
    access::{EndedTokens, Finding, LeftBehind, Limits, Manner, Plan},
    cli::{
        Surroundings, block_on,
        output::{self, Format, plain},
        report::say,
        table::table,
    },
    config::AccessFlags,
    failure::{Blame, Failure},
};

/// List tokens that somebody should look at: stored nowhere, not declared any more, not used, ending soon; and bot users left behind
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

    /// List bot users whose tokens have all ended so long ago; GitLab itself removes them after 30 days
    #[arg(long, value_name = "DURATION", default_value = "31d")]
    bots_after: humantime::Duration,

    /// Remove a bot user of the list, by GitLab's number; for administrators of GitLab
    #[arg(long, value_name = "ID")]
    remove_bot: Vec<u64>,

    #[command(flatten)]
    access: AccessFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// What somebody should look at.
#[derive(Serialize)]
struct Swept {
    tokens: Vec<Finding>,
    bots: Vec<LeftBehind>,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let limits =
        Limits { unused_for: arguments.unused_for.into(), ending_within: arguments.ending_within.into() };
    let swept = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let (declaration, gitlab) = (&opened.declaration, &opened.gitlab);
        let ended = EndedTokens::gather(&world, gitlab).await?;
        let mut findings = Finding::all(declaration, &world, limits)?;
        findings.extend(Finding::expired(declaration, &world, &ended));
        let around = (&world, &ended);
        let mut bots = LeftBehind::all(declaration, around, gitlab, arguments.bots_after.into()).await?;
        let wanted = chosen(&findings, &arguments.revoke)?;
        let removed = leaving(&bots, &arguments.remove_bot)?;
        let steps = wanted.iter().map(|finding| finding.end()).collect();
        let plan = Plan { steps, warnings: Vec::new() };
        opened.carry_out(&plan, &world, Manner::Overlap, &|step, said| say(&show::done(step, said))).await?;
        for bot in removed {
            gitlab.remove_bot(&bot.bot()).await?;
            say(&plain(&format!("Removed the bot user {}.", bot.username)));
        }
        bots.retain(|bot| !arguments.remove_bot.contains(&bot.user_id));
        let left = findings.into_iter().filter(|finding| !arguments.revoke.contains(&finding.id));
        Ok(Swept { tokens: left.collect(), bots })
    }))??;
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &swept),
        Format::Text => out.write_all(text(&swept).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Those that are to be revoked; all of them, or none.
fn chosen<'a>(findings: &'a [Finding], ids: &[u64]) -> Result<Vec<&'a Finding>, Failure> {
    ids.iter()
        .map(|id| match findings.iter().find(|finding| finding.id == *id) {
            None => {
                Err(refused(format!("the token {id} is not in the list"), "only what is listed is revoked"))
            }
            Some(finding) if finding.stored => Err(refused(
                format!("the token {id} is what jobs are given"),
                "`buildpass access rotate` replaces it, `buildpass access revoke` ends it now",
            )),
            Some(finding) if finding.ended => {
                Err(refused(format!("the token {id} has ended by itself"), "nothing is left to revoke"))
            }
            Some(finding) => Ok(finding),
        })
        .collect()
}

/// Those bot users that are to be removed; all of them, or none.
fn leaving<'a>(bots: &'a [LeftBehind], ids: &[u64]) -> Result<Vec<&'a LeftBehind>, Failure> {
    let one = |id: &u64| {
        let found = bots.iter().find(|bot| bot.user_id == *id);
        found.ok_or_else(|| {
            refused(
                format!("the bot user {id} is not in the list"),
                "only what is listed is removed: `--bots-after 0d` lists every bot user without a living token",
            )
        })
    };
    ids.iter().map(one).collect()
}

fn refused(what: String, hint: &str) -> Failure {
    Failure { what, causes: Vec::new(), hint: Some(hint.to_owned()), blame: Blame::Refused }
}

fn text(Swept { tokens, bots }: &Swept) -> String {
    let mut out = String::new();
    if tokens.is_empty() && bots.is_empty() {
        out.push_str("Nothing to look at.\n");
    }
    if !tokens.is_empty() {
        out.push_str(&tokens_table(tokens));
    }
    if !tokens.is_empty() && !bots.is_empty() {
        out.push('\n');
    }
    if !bots.is_empty() {
        out.push_str(&bots_table(bots));
    }
    out
}

fn made_by(ours: bool) -> String {
    if ours { "buildpass" } else { "somebody else" }.to_owned()
}

fn bots_table(bots: &[LeftBehind]) -> String {
    let row = |bot: &LeftBehind| {
        let cells = [
            bot.user_id.to_string(),
            bot.username.clone(),
            bot.owner.clone(),
            made_by(bot.ours),
            bot.because.clone(),
        ];
        cells.map(|cell| plain(&cell)).to_vec()
    };
    table(&["ID", "BOT USER", "MEMBER OF", "MADE BY", "BECAUSE"], &bots.iter().map(row).collect::<Vec<_>>())
}

fn tokens_table(findings: &[Finding]) -> String {
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            let cells = [
                finding.id.to_string(),
                finding.name.clone(),
                finding.owner.clone(),
                made_by(finding.ours),
                if finding.stored { "yes" } else { "no" }.to_owned(),
                finding.because.join("; "),
            ];
            cells.map(|cell| plain(&cell)).to_vec()
        })
        .collect();
    table(&["ID", "NAME", "OWNER", "MADE BY", "STORED", "BECAUSE"], &rows)
}
