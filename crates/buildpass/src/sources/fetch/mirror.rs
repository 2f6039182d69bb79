use std::{
    fs::{self, File},
    io,
    path::Path,
    time::Duration,
};

use super::{
    Blobs, History, Plan,
    cache::Held,
    look::Found,
    ours::{GitDirectory, Kind, Layout, ObjectFormat, Sharing, share_objects},
    workplace::Workplace,
};
use crate::git::{Cause, Git, GitFailure, Pins, Task};

/// A bare repository of the cache, held by us.
pub(super) struct Mirror {
    held: Held,
    blobs: Blobs,
    history: History,
    sharing: Sharing,
}

impl Mirror {
    pub(super) fn new(held: Held, plan: &Plan) -> Self {
        // What outlives us is shared with jobs that a build of this one shall not write to.
        let sharing = if plan.cache.is_some() { Sharing::Copied } else { Sharing::Linked };
        Self { held, blobs: plan.blobs, history: plan.history, sharing }
    }

    /// Whether what a fetch that was cut off or a disk has left of it can be used; nothing at all can.
    pub(super) fn is_whole(&self, found: &Found) -> bool {
        GitDirectory(&self.held.path).is_whole(ObjectFormat::of(&found.object))
    }

    /// Readies it for git: laid out by us, without what a git that was killed left there.
    pub(super) fn prepare(&self, url: &str, found: &Found) -> io::Result<()> {
        let directory = GitDirectory(&self.held.path);
        if self.held.path.symlink_metadata().is_ok() {
            directory.clear_leavings()?;
        }
        directory.lay_out(Layout {
            kind: Kind::Bare,
            head: "ref: refs/heads/nothing",
            url,
            blobs: self.blobs,
            format: ObjectFormat::of(&found.object),
        })
    }

    /// Whether it has what was found.
    pub(super) fn has(&self, found: &Found) -> bool {
        GitDirectory(&self.held.path).reference(&found.kept_as()) == Some(found.object.clone())
    }

    /// The arguments with which git fetches what was found.
    pub(super) fn fetch_arguments(&self, found: &Found) -> Vec<String> {
        let mut arguments: Vec<String> =
            ["fetch", "--progress", "--no-write-fetch-head", "--no-recurse-submodules", "--force"]
                .map(str::to_owned)
                .into();
        match self.history {
            History::Whole => {}
            History::Depth(depth) => arguments.extend([format!("--depth={depth}"), "--no-tags".to_owned()]),
        }
        if self.blobs == Blobs::WhenNeeded {
            arguments.push("--filter=blob:none".to_owned());
        }
        arguments.extend(["origin".to_owned(), format!("+{}:{}", found.asked_as(), found.kept_as())]);
        arguments
    }

    /// Gives all its objects to another git directory in the workplace.
    pub(super) async fn share(&self, to: &Path, workplace: &Workplace) -> io::Result<()> {
        let (from, to, sharing) = (self.held.path.clone(), to.to_owned(), self.sharing);
        let workplace = workplace.clone();
        let share = move || {
            // Who is interrupted does not wait for this, and the workplace does.
            let _kept = workplace;
            share_objects(&from.join("objects"), &to.join("objects"), sharing)?;
            match fs::copy(from.join("shallow"), to.join("shallow")) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        };
        tokio::task::spawn_blocking(share).await.map_err(io::Error::other)?
    }

    /// Its tags, with what they name.
    pub(super) fn tags(&self) -> Vec<(String, String)> {
        GitDirectory(&self.held.path).references("refs/tags/")
    }

    /// What the mirror has now: since the server was asked, the ref may have moved.
    pub(super) async fn fetched(
        &self,
        git: &Git,
        found: Found,
        stall: Duration,
    ) -> Result<Found, GitFailure> {
        let kept = found.kept_as();
        match GitDirectory(&self.held.path).reference(&kept) {
            Some(object) if object == found.object => Ok(found),
            None => Err(GitFailure::of(Cause::Corrupt, format!("`{kept}` was fetched and is not there"))),
            Some(object) => {
                let task = Task::bare(git, &self.held.path, &Pins::local(), stall);
                let finished =
                    task.args(["rev-parse", "--verify", &format!("{object}^{{commit}}")]).finish().await?;
                let commit = String::from_utf8_lossy(&finished.stdout).trim().to_owned();
                Ok(Found { reference: found.reference, object, commit })
            }
        }
    }

    /// How many bytes it has.
    pub(super) fn bytes(&self) -> u64 {
        GitDirectory(&self.held.path).pack_bytes()
    }

    /// Throws away what is there: it is not whole.
    pub(super) fn renew(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.held.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What keeps others out.
    pub(super) fn lock(&self) -> &File {
        &self.held.lock
    }

    pub(super) fn path(&self) -> &Path {
        &self.held.path
    }
}
