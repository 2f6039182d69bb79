use std::{
    collections::HashMap,
    ffi::OsString,
    fs,
    sync::{Mutex, OnceLock},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::{Event, Item, Outcome, Plan, cache::Cache, source::OnItsWay, workplace::Workplace};
use crate::{
    failure::Failure,
    git::{Git, RemoteUrl},
    http::{Client, Roots, Tls},
    sources::Error,
};

/// All sources of a plan on their way.
pub struct Fetching {
    pub(super) plan: Plan,
    pub(super) git: Git,
    /// The credential helper that git is told to ask.
    pub(super) helper: Vec<OsString>,
    /// The sockets behind that helper.
    pub(super) sockets: Option<String>,
    /// How long the first pause is before something is tried again.
    pub(super) first_pause: Duration,
    roots: Roots,
    cache: OnceLock<Cache>,
    clients: Mutex<HashMap<String, Option<Client>>>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(500);

impl Fetching {
    /// Readies a plan; `helper` answers git, and `sockets` are those behind it. Servers are vouched for by `roots`.
    pub fn new(plan: Plan, git: Git, helper: Vec<OsString>, sockets: Option<String>, roots: Roots) -> Self {
        let (cache, clients) = (OnceLock::new(), Mutex::default());
        Self { plan, git, helper, sockets, first_pause: FIRST_PAUSE, roots, cache, clients }
    }

    /// Fetches all of them, so many at the same time; one that fails does not stop the others. `tell` hears what happens to each, and
    /// `done` what became of it.
    ///
    /// # Errors
    /// When nothing can be fetched at all.
    pub async fn finish(
        self,
        tell: &(dyn Fn(&str, Event) + Sync),
        done: &mut dyn FnMut(&Outcome),
    ) -> Result<Vec<Outcome>, Error> {
        if let Some(item) = self.plan.items.iter().find(|item| !is_folder_name(&item.name)) {
            return Err(Error::NoFolderName(item.name.clone()));
        }
        self.git.check().await?;
        let into = &self.plan.into;
        let unusable = |source| Error::Folder { path: into.clone(), source };
        fs::create_dir_all(into).map_err(unusable)?;
        let workplace = Workplace::take(into)?;
        self.cache(&workplace)?;
        let one = async |(at, item): (usize, &Item)| {
            let start = Instant::now();
            let way = OnItsWay { fetching: &self, item, workplace: &workplace, tell };
            let result = way.arrive().await.map_err(Failure::from);
            (at, Outcome { name: item.name.clone(), took: start.elapsed(), result })
        };
        let jobs = self.plan.jobs.get();
        let mut arriving = stream::iter(self.plan.items.iter().enumerate()).map(one).buffer_unordered(jobs);
        let mut outcomes = Vec::new();
        while let Some((at, outcome)) = arriving.next().await {
            done(&outcome);
            outcomes.push((at, outcome));
        }
        outcomes.sort_by_key(|(at, _)| *at);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// The cache of the plan, or one that is gone with the workplace.
    pub(super) fn cache(&self, workplace: &Workplace) -> Result<&Cache, Error> {
        if let Some(cache) = self.cache.get() {
            return Ok(cache);
        }
        let folder = self.plan.cache.clone().unwrap_or_else(|| workplace.place("cache"));
        let cache = Cache::open(&folder)?;
        Ok(self.cache.get_or_init(|| cache))
    }

    /// One client a server, so that all its sources share connections; none where its certificates cannot be used.
    pub(super) fn client(&self, url: &RemoteUrl) -> Option<Client> {
        let origin = url.as_url().origin().ascii_serialization();
        let mut clients = self.clients.lock().ok()?;
        let tls = || Tls { roots: self.roots.clone(), client: None, server_name: None };
        clients.entry(origin).or_insert_with(|| Client::build(&tls(), url.as_url()).ok()).clone()
    }
}

/// Whether a folder of this name lies where it seems to, and nowhere else.
fn is_folder_name(name: &str) -> bool {
    let odd = |each: char| each == '/' || each.is_control();
    let taken = |known: &str| name.eq_ignore_ascii_case(known);
    !name.is_empty()
        && name.len() < 200
        && !name.contains(odd)
        && !name.starts_with('-')
        && ![".", "..", ".git", ".buildpass"].into_iter().any(taken)
}
