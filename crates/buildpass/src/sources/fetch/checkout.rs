use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Blobs, Item, Plan, Submodules,
    existing::standings,
    look::Found,
    mark::Mark,
    mirror::Mirror,
    ours::{GitDirectory, Kind, Layout, ObjectFormat},
    trouble::Trouble,
    workplace::Workplace,
};
use crate::git::{Git, GitFailure, Pins, Progress, Task};

/// What git works with in a draft.
pub(super) struct Means<'a> {
    pub(super) git: &'a Git,
    pub(super) pins: &'a Pins,
    pub(super) stall: Duration,
    /// What keeps others out of the workplace.
    pub(super) lock: &'a File,
    pub(super) tell: &'a (dyn Fn(Progress) + Sync),
}

impl<'a> Means<'a> {
    fn task(&self, folder: &Path) -> Result<Task<'a>, GitFailure> {
        let task = Task::new(self.git, folder, self.pins, self.stall).holding(self.lock)?;
        Ok(task.env("GIT_LFS_SKIP_SMUDGE", "1").tell(self.tell))
    }
}

/// A working copy that is being made, beside the place that it will take.
pub(super) struct Draft {
    folder: PathBuf,
}

impl Draft {
    /// Lays it out, with all objects of the mirror.
    pub(super) async fn begin(
        item: &Item,
        url: &str,
        found: &Found,
        mirror: &Mirror,
        (workplace, blobs): (&Workplace, Blobs),
    ) -> io::Result<Self> {
        let folder = workplace.place(&format!("{}.new", item.name));
        if folder.symlink_metadata().is_ok() {
            fs::remove_dir_all(&folder)?;
        }
        let draft = Self { folder };
        let path = draft.git_directory();
        let directory = GitDirectory(&path);
        directory.lay_out(Layout {
            kind: Kind::WithWorkingTree,
            head: &found.commit,
            url,
            blobs,
            format: ObjectFormat::of(&found.object),
        })?;
        let mut refs = mirror.tags();
        if let Some(branch) = found.reference.as_ref().and_then(|name| name.strip_prefix("refs/heads/")) {
            refs.push((format!("refs/remotes/origin/{branch}"), found.object.clone()));
        }
        refs.sort();
        let lines: String = refs.iter().map(|(name, object)| format!("{object} {name}\n")).collect();
        directory.write("packed-refs", &lines)?;
        mirror.share(&path, workplace).await?;
        Ok(draft)
    }

    fn git_directory(&self) -> PathBuf {
        self.folder.join(".git")
    }

    /// Writes the files.
    pub(super) async fn check_out(&self, means: &Means<'_>) -> Result<(), GitFailure> {
        let task = means.task(&self.folder)?.args(["read-tree", "--reset", "-u", "-v", "HEAD"]);
        task.finish().await.map(drop)
    }

    /// Fetches its submodules, and theirs, by the same rules for credentials.
    pub(super) async fn fetch_submodules(&self, means: &Means<'_>) -> Result<(), GitFailure> {
        let task = means.task(&self.folder)?.env("GIT_PROTOCOL_FROM_USER", "0");
        let update = ["submodule", "update", "--init", "--recursive", "--progress", "--jobs=4"];
        task.args(update).finish().await.map(drop)
    }

    /// Says in it that it is ours and whole, and how it stands.
    pub(super) async fn mark(&self, git: &Git, url: &str, plan: &Plan) -> Result<(), Trouble> {
        let repositories = standings(&self.folder, git, plan.stall).await?;
        let written = Mark::new(url, plan, repositories).write(&self.git_directory());
        written.map_err(|error| Trouble::Disk { path: self.folder.clone(), source: error })
    }

    /// Takes the place that is meant for it; what was there goes.
    pub(super) async fn take_place(self, of: &Path, workplace: &Workplace, name: &str) -> io::Result<()> {
        let old = workplace.place(&format!("{name}.old"));
        if of.symlink_metadata().is_ok() {
            fs::rename(of, &old)?;
        }
        if let Err(error) = fs::rename(&self.folder, of) {
            // Better the old one than none.
            let _ = fs::rename(&old, of);
            return Err(error);
        }
        if old.exists() {
            let workplace = workplace.clone();
            let remove = move || {
                let _kept = workplace;
                fs::remove_dir_all(old)
            };
            tokio::task::spawn_blocking(remove).await.map_err(io::Error::other)??;
        }
        Ok(())
    }
}

/// Whether submodules are wanted, and there are some.
pub(super) fn has_submodules(draft: &Draft, submodules: Submodules) -> bool {
    submodules == Submodules::Fetched && draft.folder.join(".gitmodules").is_file()
}
