use std::{process::ExitCode, time::Duration};

use clap::Args;

use super::{opened::Opened, show};
use crate::{
    access::{Extent, Manner, Object, Plan},
    cli::{
        Surroundings, block_on, output,
        report::{note, say},
    },
    config::AccessFlags,
    failure::Failure,
};

/// Make new tokens in the place of old ones
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The tokens, by their declared names
    #[arg(required_unless_present = "due")]
    names: Vec<String>,

    /// Those that are due, and what has retired: for a scheduled pipeline
    #[arg(long, conflicts_with = "names")]
    due: bool,

    /// Wait until the old ones' time is over, and revoke them
    #[arg(long)]
    wait: bool,

    /// Let GitLab replace them: the old ones are dead at once, and jobs that hold them fail
    #[arg(long, conflicts_with = "wait")]
    in_place: bool,

    #[command(flatten)]
    access: AccessFlags,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let manner = if arguments.in_place { Manner::InPlace } else { Manner::Overlap };
    let (plan, overlap) = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let plan = match arguments.due {
            true => Plan::build(&opened.declaration, &world, Extent::Tokens)?,
            false => Plan::rotation(&opened.declaration, &world, &arguments.names)?,
        };
        opened.carry_out(&plan, &world, manner, &|step, said| say(&show::done(step, said))).await?;
        let renewed = plan.steps.iter().filter_map(|step| match &step.object {
            Object::Token { name, .. } => opened.declaration.token(name),
            _ => None,
        });
        let overlap = renewed.map(|token| opened.declaration.overlap(token)).max();
        Ok((plan, overlap))
    }))??;
    if let Some(overlap) = overlap.filter(|_| arguments.wait) {
        note(&format!(
            "waiting for {} until the old ones' time is over",
            humantime::format_duration(overlap)
        ));
        block_on(retire(arguments, surroundings, overlap))??;
    }
    let said = if plan.is_empty() { "Nothing is due.".to_owned() } else { show::finished(&plan) };
    output::print(|out| writeln!(out, "{said}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The second half of a rotation, with a session of its own: the first one's may be over by then.
async fn retire(
    arguments: &Arguments,
    surroundings: &Surroundings,
    overlap: Duration,
) -> Result<(), Failure> {
    tokio::time::sleep(overlap + Duration::from_secs(2)).await;
    Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let plan = Plan::build(&opened.declaration, &world, Extent::Tokens)?.endings();
        opened.carry_out(&plan, &world, Manner::Overlap, &|step, said| say(&show::done(step, said))).await
    })
    .await
}
