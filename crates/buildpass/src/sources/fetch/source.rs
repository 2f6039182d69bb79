use std::{io, path::Path, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};

use super::{
    Blobs, Event, Fetched, Fetching, Item,
    checkout::{Draft, Means, has_submodules},
    existing::{Existing, Look},
    look::{Found, Wanted, ask_git, not_there},
    mirror::Mirror,
    trouble::Trouble,
    workplace::Workplace,
};
use crate::{
    git::{Cause, GitFailure, Pins, Progress, Quick, RemoteLook, Task, ask_quickly},
    sources::Location,
};

/// One source on its way to the disk.
pub(super) struct OnItsWay<'a> {
    pub(super) fetching: &'a Fetching,
    pub(super) item: &'a Item,
    pub(super) workplace: &'a Workplace,
    pub(super) tell: &'a (dyn Fn(&str, Event) + Sync),
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Credential,
    Nothing,
}

/// What fails for a moment only is tried so many times more.
const TIMES_MORE: usize = 3;

/// Where the quick way takes longer, git's own is no slower.
const QUICK: Duration = Duration::from_secs(10);

/// A git that outlives us has the lock still, and nobody who ends it: it gives a server up by itself, so long after we would have.
const GRACE_SECONDS: u64 = 10;

impl OnItsWay<'_> {
    /// Brings it there.
    pub(super) async fn arrive(&self) -> Result<Fetched, Trouble> {
        self.tell(Event::Started);
        let Fetching { plan, git, .. } = self.fetching;
        let folder = plan.into.join(&self.item.name);
        let disk = |error| Trouble::Disk { path: folder.clone(), source: error };
        let glass = self.workplace.place(&format!("{}.look", self.item.name));
        let look = Look { folder: &folder, git, glass, stall: plan.stall };
        let there = match look.find().await? {
            Existing::Absent => None,
            Existing::Clean(mark) => Some(mark),
            Existing::Changed(change) => return Err(Trouble::Changed { path: folder, change }),
            Existing::Foreign => return Err(Trouble::Foreign(folder)),
        };
        let (url, found) = self.look().await?;
        self.compare_with_lock(&found)?;
        if let Some(mark) = there
            && (mark.commit(), &mark.url) == (&found.commit, &url)
            && mark.is_made_by(plan, &folder)
        {
            return Ok(Fetched { url, commit: found.commit, received_bytes: 0, was_there: true });
        }
        let (draft, found, received_bytes) = self.draft(&url, found).await?;
        if has_submodules(&draft, plan.submodules) {
            let tell = |progress| self.tell(Event::Working(progress));
            let (pins, lock) = (self.pins(&url), self.workplace.lock());
            let means = Means { git, pins: &pins, stall: plan.stall, lock, tell: &tell };
            let fetched = draft.fetch_submodules(&means).await;
            fetched.map_err(|failure| Trouble::submodule(failure, &url, self.item))?;
        }
        draft.mark(git, &url, plan).await?;
        draft.take_place(&folder, self.workplace, &self.item.name).await.map_err(disk)?;
        Ok(Fetched { url, commit: found.commit, received_bytes, was_there: false })
    }

    /// The URL as its server has it, and what the ref names there now.
    async fn look(&self) -> Result<(String, Found), Trouble> {
        let Item { url, reference, .. } = self.item;
        let with_suffix = (url.starts_with("http") && !url.ends_with(".git"))
            .then(|| format!("{}.git", url.trim_end_matches('/')));
        let wanted = match Wanted::of(reference.as_deref()) {
            Wanted::Commit(commit) if with_suffix.is_none() => {
                return Ok((url.clone(), Found::commit(commit)));
            }
            wanted => wanted,
        };
        let chosen = |url: &str, refs: &RemoteLook| match (wanted, Found::among(wanted, refs)) {
            (Wanted::Commit(commit), _) => Ok((url.to_owned(), Found::commit(commit))),
            (_, Some(found)) => Ok((url.to_owned(), found)),
            (_, None) => Err(Trouble::git(not_there(reference.as_deref()), url, self.item)),
        };
        // GitLab has every repository with `.git`, and redirects who asks without; that is one more way around, and not followed.
        let quick = with_suffix.as_ref().unwrap_or(url);
        match self.ask_quickly(quick, wanted, Shown::Credential).await {
            Quick::Refs(refs) => return chosen(quick, &refs),
            // A git older than 2.46 asks as nobody first, and a public repository is for nobody too.
            Quick::Refused(failure) => match self.ask_quickly(quick, wanted, Shown::Nothing).await {
                Quick::Refs(refs) => return chosen(quick, &refs),
                Quick::Refused(_) | Quick::AskGit => return Err(Trouble::git(failure, url, self.item)),
            },
            Quick::AskGit => {}
        }
        let ask = async |url: &str| {
            self.again(async || {
                ask_git(&self.fetching.git, url, wanted, &self.pins(url), self.fetching.plan.stall).await
            })
            .await
        };
        match (ask(url).await, &with_suffix) {
            (Ok(refs), _) => chosen(url, &refs),
            (Err(GitFailure { cause: Cause::Redirected, .. }), Some(with_suffix)) => {
                let refs = ask(with_suffix).await.map_err(|failure| Trouble::git(failure, url, self.item))?;
                chosen(with_suffix, &refs)
            }
            (Err(failure), _) => Err(Trouble::git(failure, url, self.item)),
        }
    }

    async fn ask_quickly(&self, url: &str, wanted: Wanted<'_>, shown: Shown) -> Quick {
        let location = Location::read(url).map(|(location, _)| location);
        let Some(remote) = location.as_ref().ok().and_then(Location::secured) else { return Quick::AskGit };
        let Some(client) = self.fetching.client(remote) else { return Quick::AskGit };
        let refs =
            if let Wanted::Commit(_) = wanted { Wanted::Default.candidates() } else { wanted.candidates() };
        let has_realm = shown == Shown::Credential && !self.item.realms.realms.is_empty();
        let sockets = self.fetching.sockets.as_deref().filter(|_| has_realm);
        let patience = self.fetching.plan.stall.min(QUICK);
        ask_quickly(&client, remote, &refs, sockets, patience).await
    }

    fn compare_with_lock(&self, found: &Found) -> Result<(), Trouble> {
        match &self.item.locked {
            Some(locked) if *locked != found.commit => Err(Trouble::Moved {
                reference: self.item.reference.clone().unwrap_or_else(|| "the default branch".to_owned()),
                locked: locked.clone(),
                found: found.commit.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// A working copy out of the mirror, which gets what it lacks; one that is not whole is made anew, once.
    async fn draft(&self, url: &str, found: Found) -> Result<(Draft, Found, u64), Trouble> {
        let plan = &self.fetching.plan;
        let waiting = || self.tell(Event::Waiting);
        let cache = self.fetching.cache(self.workplace)?;
        let disk = |error| Trouble::Disk { path: cache.path().to_owned(), source: error };
        let held = cache.hold(url, plan.history, plan.blobs, waiting).await.map_err(disk)?;
        let mirror = Mirror::new(held, plan);
        if !mirror.is_whole(&found) {
            self.tell(Event::Mending);
            mirror.renew().map_err(disk)?;
        }
        let (was_there, before) = (mirror.path().exists(), mirror.bytes());
        match self.through(&mirror, url, &found).await {
            Err(Trouble::Git { failure, .. }) if was_there && failure.may_be_ours() => {
                self.tell(Event::Mending);
                mirror.renew().map_err(disk)?;
                let (draft, found) = self.through(&mirror, url, &found).await?;
                Ok((draft, found, mirror.bytes()))
            }
            other => other.map(|(draft, found)| (draft, found, mirror.bytes().saturating_sub(before))),
        }
    }

    async fn through(&self, mirror: &Mirror, url: &str, found: &Found) -> Result<(Draft, Found), Trouble> {
        let Fetching { plan, git, .. } = self.fetching;
        let disk = |path: &Path| {
            let path = path.to_owned();
            move |error: io::Error| Trouble::Disk { path, source: error }
        };
        let git_failed = |failure| Trouble::git(failure, url, self.item);
        mirror.prepare(url, found).map_err(disk(mirror.path()))?;
        let pins = self.pins(url);
        let mut found = found.clone();
        if !mirror.has(&found) {
            let tell = |progress: Progress| self.tell(Event::Working(progress));
            let fetch = async || {
                // Without a cache of the user's, the mirror is in the workplace.
                let lock = if plan.cache.is_some() { mirror.lock() } else { self.workplace.lock() };
                let task = Task::bare(git, mirror.path(), &pins, plan.stall).holding(lock)?;
                task.args(mirror.fetch_arguments(&found)).tell(&tell).finish().await
            };
            self.again(fetch).await.map_err(git_failed)?;
            found = mirror.fetched(git, found, plan.stall).await.map_err(git_failed)?;
            self.compare_with_lock(&found)?;
        }
        let begun = Draft::begin(self.item, url, &found, mirror, (self.workplace, plan.blobs)).await;
        let draft = begun.map_err(disk(&plan.into))?;
        let tell = |progress: Progress| self.tell(Event::Working(progress));
        let pins = if plan.blobs == Blobs::All { Pins::local() } else { pins };
        let means = Means { git, pins: &pins, stall: plan.stall, lock: self.workplace.lock(), tell: &tell };
        let checked_out = draft.check_out(&means).await;
        let checked_out = if plan.blobs == Blobs::All {
            checked_out.map_err(GitFailure::without_server)
        } else {
            checked_out
        };
        checked_out.map_err(git_failed)?;
        Ok((draft, found))
    }

    /// Tries what fails for a moment again, a little later each time.
    async fn again<T>(&self, mut work: impl AsyncFnMut() -> Result<T, GitFailure>) -> Result<T, GitFailure> {
        let mut pauses = ExponentialBuilder::default()
            .with_max_times(TIMES_MORE)
            .with_min_delay(self.fetching.first_pause)
            .with_jitter()
            .build();
        loop {
            match work().await {
                Err(failure) if failure.is_transient() => match pauses.next() {
                    Some(pause) => {
                        self.tell(Event::Again(failure.in_short()));
                        tokio::time::sleep(pause).await;
                    }
                    None => return Err(failure),
                },
                other => return other,
            }
        }
    }

    fn pins(&self, url: &str) -> Pins {
        let seconds = 2 * self.fetching.plan.stall.as_secs() + GRACE_SECONDS;
        let pins = Pins::remote(url, &self.item.realms, &self.fetching.helper);
        pins.with("http.lowSpeedLimit", "1").with("http.lowSpeedTime", &seconds.to_string())
    }

    fn tell(&self, event: Event) {
        (self.tell)(&self.item.name, event);
    }
}
