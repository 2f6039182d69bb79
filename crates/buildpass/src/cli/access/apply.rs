use std::{fs, path::Path, path::PathBuf, process::ExitCode};

use clap::Args;

use super::{opened::Opened, show};
use crate::{
    access::{Extent, Manner, Plan, SavedPlan},
    cli::{Surroundings, block_on, output, report::say},
    config::AccessFlags,
    failure::Failure,
};

/// Bring GitLab and the vault to what is declared
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A plan that `access plan --out` has written: refused where anything else is to be done now
    plan: Option<PathBuf>,

    #[command(flatten)]
    access: AccessFlags,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let here = surroundings.environment.working_directory();
    let saved = arguments.plan.as_ref().map(|path| read(&here.join(path))).transpose()?;
    let summary = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let plan = Plan::build(&opened.declaration, &world, Extent::Everything)?;
        if let Some(saved) = &saved {
            saved.still_holds(&SavedPlan::of(&plan, opened.gitlab.address(), &opened.vault))?;
        }
        plan.warnings.iter().for_each(|warning| say(&format!("warning: {warning}")));
        opened.carry_out(&plan, &world, Manner::Overlap, &|step, said| say(&show::done(step, said))).await?;
        Ok(match plan.is_empty() {
            true => show::summary(&plan),
            false => show::finished(&plan),
        })
    }))??;
    output::print(|out| writeln!(out, "{summary}"))?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<SavedPlan, Failure> {
    let wrong = |what: String| {
        Failure::usage(
            format!("{} is no plan: {what}", path.display()),
            "`buildpass access plan --out FILE` writes one",
        )
    };
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let saved: SavedPlan = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    match saved.version {
        SavedPlan::VERSION => Ok(saved),
        other => Err(wrong(format!("it is of the form {other}, and {} is known", SavedPlan::VERSION))),
    }
}
