use std::{collections::BTreeSet, ffi::OsString, fs, path::PathBuf, process::ExitCode};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::show::{Show, summary};
use crate::{
    cli::{
        Surroundings, asked_to_end, block_on,
        output::{self, Format},
        report::{self, note, say},
    },
    failure::{Blame, Failure},
    git::{Git, credential::SOCKET_VARIABLE},
    http::Roots,
    run::Interrupted,
    sources::{
        LOCK_FILE, Lock, Locked,
        fetch::{Fetching, Outcome, Plan},
    },
};

/// The part of `sources fetch` that fetches, where a credential socket answers git.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// What is to be done, as JSON.
    order: PathBuf,
}

/// All that is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) plan: Plan,
    /// The sources that have no URL.
    pub(super) nowhere: Vec<Nowhere>,
    pub(super) format: Format,
    /// The lock to write.
    pub(super) lock: Option<LockUse>,
    /// The credential sockets of the `run` around us.
    pub(super) outer_sockets: Option<String>,
}

/// A source without a URL.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Nowhere {
    pub(super) name: String,
    /// Why what is written for one is none; without it, nothing is written.
    pub(super) why: Option<String>,
}

impl Nowhere {
    /// In words.
    pub(super) fn said(&self) -> &str {
        self.why.as_deref().unwrap_or("it has no URL on this channel")
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LockUse {
    /// The folder that it is in.
    pub(super) project: PathBuf,
    /// The sources of which it keeps what it has; none where all of them are fetched.
    pub(super) kept: BTreeSet<String>,
}

pub(in crate::cli) fn execute(
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<ExitCode, Failure> {
    let unread = |error: &dyn std::error::Error| Failure::bug("the plan cannot be read", error);
    let text = fs::read(&arguments.order).map_err(|error| unread(&error))?;
    let order: Order = serde_json::from_slice(&text).map_err(|error| unread(&error))?;
    carry_out(&order, surroundings)
}

/// Fetches, shows what happens, and says how it ended.
pub(super) fn carry_out(order: &Order, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let environment = &surroundings.environment;
    let sockets = sockets(order, environment.setting(SOCKET_VARIABLE));
    let roots = environment.path("GIT_SSL_CAINFO").map_or(Roots::System, Roots::File);
    let fetching = Fetching::new(
        order.plan.clone(),
        Git::new(environment.all()),
        helper(sockets.as_deref())?,
        sockets,
        roots,
    );
    let show = Show::new(&order.plan, environment.value("CI").is_some());
    let fetched = block_on(async {
        let tell = |name: &str, event| show.tell(name, event);
        let mut done = |outcome: &Outcome| show.done(outcome);
        Ok::<_, Failure>(asked_to_end()?.or(fetching.finish(&tell, &mut done)).await)
    })?;
    show.end();
    let outcomes = match fetched? {
        Ok(outcomes) => outcomes?,
        Err(Interrupted(signal)) => {
            note("interrupted: what was not whole is not there");
            return Ok(report::exit_code(Blame::Signal(signal)));
        }
    };
    let failures = report_failures(order, &outcomes);
    if let Some(lock) = &order.lock {
        update(lock, order, &outcomes, &failures)?;
    }
    say(&summary(&outcomes, order.nowhere.len(), show.elapsed()));
    if order.format == Format::Json {
        output::print(|out| output::json(out, &super::show::as_json(order, &outcomes)))?;
    }
    Ok(failures.into_iter().min_by_key(|blame| rank(*blame)).map_or(ExitCode::SUCCESS, report::exit_code))
}

/// Ours first, then those of the `run` around us.
fn sockets(order: &Order, ours: Option<&str>) -> Option<String> {
    let outer = order.outer_sockets.as_deref();
    match (ours, outer) {
        (Some(ours), Some(outer)) if ours != outer => Some(format!("{ours}:{outer}")),
        (ours, outer) => ours.or(outer).map(str::to_owned),
    }
}

fn helper(sockets: Option<&str>) -> Result<Vec<OsString>, Failure> {
    let program =
        std::env::current_exe().map_err(|error| Failure::bug("buildpass cannot find itself", &error))?;
    let named = format!("{SOCKET_VARIABLE}={}", sockets.unwrap_or_default());
    Ok(vec!["env".into(), named.into(), program.into_os_string(), "git".into(), "credential".into()])
}

/// Each failure in full, when all is over; whose turn it is then.
fn report_failures(order: &Order, outcomes: &[Outcome]) -> Vec<Blame> {
    let nowhere = order.nowhere.iter().map(|nowhere| {
        let hint = match nowhere.why {
            Some(_) => "write it as https://host/path, or as host:path for ssh",
            None => "`buildpass sources list` shows which have one; `--channel` takes another",
        };
        Failure::usage(format!("{}: {}", nowhere.name, nowhere.said()), hint)
    });
    let failed = outcomes.iter().filter_map(|outcome| {
        let failure = outcome.result.as_ref().err()?.clone();
        Some(Failure { what: format!("{}: {}", outcome.name, failure.what), ..failure })
    });
    nowhere.chain(failed).inspect(report::print).map(|failure| failure.blame).collect()
}

/// What a caller should hear first: what waiting does not mend comes before what it may.
fn rank(blame: Blame) -> u8 {
    match blame {
        Blame::Bug | Blame::Signal(_) => 0,
        Blame::Usage => 1,
        Blame::Refused => 2,
        Blame::Unreachable => 3,
    }
}

/// Takes up what was fetched; nothing where something failed, so that a lock is never of two minds.
fn update(lock: &LockUse, order: &Order, outcomes: &[Outcome], failures: &[Blame]) -> Result<(), Failure> {
    if !failures.is_empty() {
        note("sources.lock stays as it is, since not every source was fetched");
        return Ok(());
    }
    let mut new = if lock.kept.is_empty() { Lock::default() } else { Lock::read(&lock.project)? };
    new.keep(|name| lock.kept.contains(name));
    for (item, outcome) in order.plan.items.iter().zip(outcomes) {
        if let Ok(fetched) = &outcome.result {
            let locked = Locked {
                url: item.url.clone(),
                reference: item.reference.clone(),
                commit: fetched.commit.clone(),
            };
            new.put(&item.name, locked);
        }
    }
    new.write(&lock.project).map_err(|error| {
        Failure::usage(
            format!("`{LOCK_FILE}` cannot be written: {error}"),
            "may this user write to the project's folder?",
        )
    })
}
