use std::{fs, path::PathBuf, process::ExitCode};

use clap::Args;

use super::{json::PlanJson, opened::Opened, proposal::Proposal, rights, show};
use crate::{
    access::{Extent, Plan, SavedPlan},
    cli::{
        Surroundings, block_on, ci,
        output::{self, Format},
        report::{FOUND_FAULTS, note},
    },
    config::{AccessFlags, Platform, Written},
    failure::Failure,
    pipeline::ContextFlags,
};

/// Show what differs between what is declared and what is there
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    access: AccessFlags,

    /// End with 5 where something is to be done
    #[arg(long)]
    detailed_exitcode: bool,

    /// Write the plan to a file, for `access apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Print the vault policy and the rights at GitLab that `access` itself needs, and ask nobody
    #[arg(long, conflicts_with_all = ["out", "detailed_exitcode"])]
    policy: bool,

    /// Propose the narrowest grants for a pipeline instead, as TOML to paste, and ask nobody
    #[arg(long, conflicts_with_all = ["out", "policy"])]
    from_ci: bool,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    context: ContextFlags,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let Surroundings { flags, environment, .. } = surroundings;
    if arguments.from_ci {
        return propose(arguments, surroundings);
    }
    if arguments.context != ContextFlags::default() {
        return Err(Failure::usage(
            "flags that say which pipeline are for `--from-ci` alone",
            "add --from-ci, or leave them out",
        ));
    }
    if arguments.policy {
        let (declaration, stored) = Platform::declared(flags, &arguments.access, environment)?;
        let text = rights::text(&declaration, stored.as_ref());
        output::print(|out| out.write_all(text.as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (plan, saved, breadths) = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let plan = Plan::build(&opened.declaration, &world, Extent::Everything)?;
        let saved = SavedPlan::of(&plan, opened.gitlab.address(), &opened.vault);
        Ok((plan, saved, world.breadths))
    }))??;
    if let Some(path) = &arguments.out {
        let path = environment.working_directory().join(path);
        let text = serde_json::to_string_pretty(&saved)
            .map_err(|error| Failure::bug("the plan cannot be written as JSON", &error))?;
        fs::write(&path, text + "\n").map_err(|error| {
            Failure::usage(
                format!("the plan cannot be written to {}: {error}", path.display()),
                "name a file in a folder that this user can write to",
            )
        })?;
        note(&format!("the plan is in {}", path.display()));
    }
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &PlanJson::of(&plan, &breadths)),
        Format::Text => out.write_all(show::text(&plan, &breadths).as_bytes()),
    })?;
    let code = if arguments.detailed_exitcode && !plan.is_empty() { FOUND_FAULTS } else { 0 };
    Ok(ExitCode::from(code))
}

fn propose(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let Surroundings { flags, environment, .. } = surroundings;
    let (files, contexts) = ci::contexts(&arguments.context, surroundings)?;
    let written = Written::read(flags, &arguments.access, environment)?;
    let mut proposal = Proposal::of(&contexts, &files, &written)?;
    if let Some(branch) = ci::guessed_branch(&arguments.context, surroundings, &files)? {
        proposal.doubt(format!(
            "the default branch: `{branch}` is taken, and `--variable CI_DEFAULT_BRANCH=NAME` says it"
        ));
    }
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &proposal),
        Format::Text => out.write_all(proposal.text().as_bytes()),
    })?;
    let code = if arguments.detailed_exitcode && proposal.lacks_something() { FOUND_FAULTS } else { 0 };
    Ok(ExitCode::from(code))
}
