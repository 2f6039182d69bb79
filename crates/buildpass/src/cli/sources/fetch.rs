use std::{
    collections::BTreeSet,
    ffi::OsString,
    io::Write,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;

use super::work::{self, LockUse, Nowhere, Order};
use crate::{
    cli::{
        Surroundings, block_on,
        output::Format,
        report::{self, note},
    },
    config::{self, Settings, SourceCredentials, SourceFlags},
    failure::Failure,
    git::credential::SOCKET_VARIABLE,
    run::{self, Ended, IdTokenForCmd},
    sources::{
        Error, Location, Lock, Resolved,
        fetch::{Blobs, History, Item, Plan, Submodules},
        link_on_the_way,
    },
};

/// Fetch all sources of this build, side by side, each at its ref
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceFlags,

    /// The folder that gets one for each source
    #[arg(long, value_name = "DIR")]
    into: PathBuf,

    /// A folder of bare mirrors, shared by the jobs of this user: only what it lacks is transferred
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,

    /// How many sources are fetched at the same time
    #[arg(long, value_name = "N", default_value = "16")]
    jobs: NonZeroUsize,

    /// Fetch so many commits of the history, and no more
    #[arg(long, value_name = "N")]
    depth: Option<NonZeroU32>,

    /// Leave out the files that are not checked out
    #[arg(long)]
    without_blobs: bool,

    /// Fetch submodules too, by the same rules for credentials
    #[arg(long)]
    submodules: bool,

    /// Take the commits of sources.lock, and fail where a tag or branch has moved
    #[arg(long, conflicts_with = "update_lock")]
    locked: bool,

    /// Write the commits that were fetched into sources.lock
    #[arg(long)]
    update_lock: bool,

    /// How long nothing may come before it is given up
    #[arg(long, value_name = "DURATION", default_value = "60s")]
    stall_timeout: humantime::Duration,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// The sources to fetch; all where none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let Surroundings { flags, environment, .. } = surroundings;
    let config = config::sources(flags, &arguments.sources, environment)?;
    // Each has one folder, however often it is named.
    let mut seen = BTreeSet::new();
    let names: Vec<String> =
        arguments.names.iter().filter(|name| seen.insert(name.as_str())).cloned().collect();
    let mut resolved = config.resolve(&names)?;
    if let Some(unknown) =
        resolved.iter().find(|each| each.location.is_none() && config.list.entry(&each.name).is_none())
    {
        return Err(no_source(unknown, &config.list).into());
    }
    resolved.iter().flat_map(|source| &source.notes).for_each(|text| note(text));
    let submodules =
        if arguments.submodules { config::Submodules::Fetched } else { config::Submodules::LeftOut };
    let credentials = SourceCredentials::find(flags, environment, &config, &mut resolved, submodules)?;
    credentials.notes.iter().for_each(|text| note(text));
    let locked = if arguments.locked { Some(Lock::read(&config.project)?) } else { None };
    let kept: BTreeSet<String> = match &arguments.names[..] {
        [] => BTreeSet::new(),
        _ => config.list.entries().iter().map(|entry| entry.name.clone()).collect(),
    };
    if arguments.update_lock && !kept.is_empty() {
        // Before anything is fetched, rather than afterwards.
        Lock::read(&config.project)?;
    }
    let plan = arguments.plan(surroundings);
    let mut folders = std::iter::once(&plan.into).chain(&plan.cache);
    if let Some(link) = folders.find_map(|folder| link_on_the_way(&config.project, folder)) {
        return Err(Error::Linked(link).into());
    }
    let mut order = Order {
        plan,
        nowhere: Vec::new(),
        format: arguments.format,
        lock: arguments.update_lock.then(|| LockUse { project: config.project.clone(), kept }),
        outer_sockets: environment.setting(SOCKET_VARIABLE).map(str::to_owned),
    };
    for (source, realms) in resolved.iter().zip(credentials.realms) {
        let Some(url) = source.location.as_ref().map(Location::as_str) else {
            let why = source.unreadable.clone();
            order.nowhere.push(Nowhere { name: source.name.clone(), why });
            continue;
        };
        let locked = locked.as_ref().map(|lock| commit(lock, source, url)).transpose()?;
        order.plan.items.push(Item {
            name: source.name.clone(),
            url: url.to_owned(),
            reference: source.reference.clone(),
            credential: source.credential.clone(),
            realms,
            locked,
        });
    }
    match credentials.settings {
        Some(settings) => work_within_run(&order, settings, surroundings),
        None => work::carry_out(&order, surroundings),
    }
}

impl Arguments {
    fn plan(&self, surroundings: &Surroundings) -> Plan {
        let here = surroundings.environment.working_directory();
        Plan {
            items: Vec::new(),
            into: here.join(&self.into),
            cache: self.cache.as_ref().map(|cache| here.join(cache)),
            jobs: self.jobs,
            history: self.depth.map_or(History::Whole, History::Depth),
            blobs: if self.without_blobs { Blobs::WhenNeeded } else { Blobs::All },
            submodules: if self.submodules { Submodules::Fetched } else { Submodules::LeftOut },
            stall: self.stall_timeout.into(),
        }
    }
}

fn no_source(unknown: &Resolved, list: &crate::sources::SourceList) -> Error {
    let likeness = |name: &&str| strsim::jaro_winkler(&unknown.name, name);
    let names = list.entries().iter().map(|entry| entry.name.as_str());
    let nearest = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let nearest = nearest.filter(|name| likeness(name) > 0.7).map(str::to_owned);
    Error::NoSource { name: unknown.name.clone(), nearest }
}

/// The commit that a source has to be.
fn commit(lock: &Lock, source: &Resolved, url: &str) -> Result<String, Failure> {
    let hint = "`buildpass sources fetch --update-lock` takes it up";
    let Some(locked) = lock.locked(&source.name) else {
        return Err(Failure::usage(format!("`{}` is not in sources.lock", source.name), hint));
    };
    if locked.url != url || locked.reference != source.reference {
        let reference =
            |reference: &Option<String>| reference.clone().unwrap_or_else(|| "its default branch".to_owned());
        return Err(Failure::usage(
            format!(
                "sources.lock has `{}` from {} at {}, and the build takes it from {url} at {}",
                source.name,
                locked.url,
                reference(&locked.reference),
                reference(&source.reference)
            ),
            hint,
        ));
    }
    Ok(locked.commit.clone())
}

/// As the command of a `run` of its own: git gets its credentials as in any job, and all of it ends as one.
fn work_within_run(
    order: &Order,
    settings: Settings,
    surroundings: &Surroundings,
) -> Result<ExitCode, Failure> {
    let environment = &surroundings.environment;
    if let Some(vault) = &settings.vault {
        vault.check(&surroundings.clock)?;
    }
    let folder = environment.path("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp"));
    let program =
        std::env::current_exe().map_err(|error| Failure::bug("buildpass cannot find itself", &error))?;
    // What is to be done has no secret in it, and is more than an argument can hold.
    let unwritten = |error: std::io::Error| {
        Failure::usage(
            format!("`{}` cannot be written to: {error}", folder.display()),
            "name another folder with TMPDIR",
        )
    };
    let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(unwritten)?;
    let text =
        serde_json::to_vec(order).map_err(|error| Failure::bug("the plan cannot be written", &error))?;
    file.write_all(&text).and_then(|()| file.flush()).map_err(unwritten)?;
    let command = vec![
        program.clone().into_os_string(),
        OsString::from("fetch-sources"),
        file.path().as_os_str().to_owned(),
    ];
    let config = run::Config {
        vault: settings.vault,
        gitlab: settings.gitlab,
        secrets: settings.secrets,
        withheld: settings.withheld,
        filled: settings.filled,
        git: settings.git,
        lead: settings.lead,
        id_token: IdTokenForCmd::Removed(settings.id_token_variable),
        environment: run::Environment::inherited(environment.all(), surroundings.core_limit),
        folder: folder.clone(),
        program,
        command,
    };
    let ended = block_on(config.run(note))?;
    match ended {
        Err(run::Error::Interrupted(signal)) => Ok(report::of_end(Ended::Signal(signal))),
        ended => Ok(report::of_end(ended?)),
    }
}
