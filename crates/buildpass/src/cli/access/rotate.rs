use std::{collections::BTreeSet, process::ExitCode, time::Duration};

use clap::Args;

use super::{opened::Opened, show};
use crate::{
    access::{Extent, Manner, Object, Plan, Token, Verb, World},
    cli::{
        Surroundings, block_on, output,
        report::{note, say},
    },
    config::AccessFlags,
    failure::Failure,
    run::AskedToEnd,
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

/// Old tokens that live a little longer.
struct Waited {
    /// The declared names of those that took their place.
    names: Vec<String>,
    /// GitLab's numbers of the old ones.
    ids: BTreeSet<u64>,
    /// How long until the time of the last one is over.
    left: Duration,
    /// Whoever asked us to end when everything was under way still wants it.
    asked: AskedToEnd,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    block_on(rotate(arguments, surroundings))??;
    Ok(ExitCode::SUCCESS)
}

async fn rotate(arguments: &Arguments, surroundings: &Surroundings) -> Result<(), Failure> {
    let manner = if arguments.in_place { Manner::InPlace } else { Manner::Overlap };
    let (plan, waited) = Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        let plan = match arguments.due {
            true => Plan::build(&opened.declaration, &world, Extent::Tokens)?,
            false => Plan::rotation(&opened.declaration, &world, &arguments.names)?,
        };
        let rotated = plan.steps.iter().filter_map(|step| match &step.object {
            Object::Token { name, .. } if step.verb == Verb::Rotate => opened.declaration.token(name),
            _ => None,
        });
        let rotated: Vec<&Token> = rotated.collect();
        if arguments.wait {
            lasts_long_enough(opened, &rotated, &world)?;
        }
        opened.carry_out(&plan, &world, manner, &|step, said| say(&show::done(step, said))).await?;
        let waited = match arguments.wait && !rotated.is_empty() {
            true => {
                let names = rotated.iter().map(|token| token.name.to_string()).collect();
                Some(Waited::of(names, &opened.look().await?, opened))
            }
            false => None,
        };
        Ok((plan, waited))
    })
    .await?;
    let said = if plan.is_empty() { "Nothing is due.".to_owned() } else { show::finished(&plan) };
    output::print(|out| writeln!(out, "{said}"))?;
    match waited.filter(|waited| !waited.ids.is_empty()) {
        Some(waited) => retire(arguments, surroundings, waited).await,
        None => Ok(()),
    }
}

/// The end needs a login of its own: refused before anything is done where that could not be.
fn lasts_long_enough(opened: &Opened, rotated: &[&Token], world: &World) -> Result<(), Failure> {
    let overlap = rotated.iter().map(|token| opened.declaration.overlap(token)).max();
    let (Some(overlap), Some(until)) = (overlap, opened.lasts_until) else { return Ok(()) };
    if world.now + overlap + CLOCKS_MAY_DIFFER < until {
        return Ok(());
    }
    Err(Failure::usage(
        format!(
            "the old tokens' time is over in {}, and the ID token ends at {}: nobody could log in to revoke them",
            humantime::format_duration(overlap),
            humantime::format_rfc3339_seconds(until)
        ),
        "leave out `--wait`: the next `rotate --due` or `apply` revokes them",
    ))
}

impl Waited {
    fn of(names: Vec<String>, world: &World, opened: &Opened) -> Self {
        let notes = world.stored.iter().filter(|(name, _)| names.iter().any(|each| each == name.as_str()));
        let retiring: Vec<_> =
            notes.filter_map(|(_, stored)| stored.note.as_ref()).flat_map(|note| &note.retiring).collect();
        let living = |id: u64| world.tokens.values().flatten().any(|view| view.id == id);
        let ids = retiring.iter().map(|each| each.id).filter(|id| living(*id)).collect();
        let end = retiring.iter().map(|each| each.at).max();
        let left = end.and_then(|end| end.duration_since(world.now).ok()).unwrap_or_default();
        Self { names, ids, left, asked: opened.asked.clone() }
    }
}

/// How long after its time a token is ended: the two clocks need not agree to the second.
const CLOCKS_MAY_DIFFER: Duration = Duration::from_secs(2);

/// The second half of a rotation, with sessions of its own: the first one's may be over by then. Says what it revoked.
async fn retire(
    arguments: &Arguments,
    surroundings: &Surroundings,
    mut waited: Waited,
) -> Result<(), Failure> {
    let ids = waited.ids.clone();
    let listed = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    while !waited.ids.is_empty() {
        note(&format!(
            "waiting for {} to revoke {listed}; Ctrl-C is safe: the next apply revokes them",
            humantime::format_duration(Duration::from_secs(waited.left.as_secs()))
        ));
        waited.asked.or(tokio::time::sleep(waited.left + CLOCKS_MAY_DIFFER)).await?;
        waited = Opened::with(&arguments.access, surroundings, async |opened| {
            let world = opened.look().await?;
            let plan = Plan::build(&opened.declaration, &world, Extent::Tokens)?.endings(&waited.names, &ids);
            opened
                .carry_out(&plan, &world, Manner::Overlap, &|step, said| say(&show::done(step, said)))
                .await?;
            let mut waited = Waited::of(waited.names.clone(), &opened.look().await?, opened);
            waited.ids.retain(|id| ids.contains(id));
            Ok(waited)
        })
        .await?;
    }
    output::print(|out| writeln!(out, "Revoked after their time: {listed}."))
}
