use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Blobs, Item, Submodules,
    look::Found,
    mirror::Mirror,
    ours::{GitDirectory, Kind, Layout, ObjectFormat},
    workplace::Workplace,
};
use crate::git::{Git, GitFailure, Pins, Progress, Task};

/// The folder of a source, as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// Nothing is there.
    Absent,
    /// A checkout of ours without changes.
    Clean {
        /// The commit.
        commit: String,
        /// Where it came from.
        url: String,
    },
    /// A checkout of ours that somebody has changed.
    Changed(String),
    /// Something that is not ours.
    Foreign,
}

/// The file in a checkout's git directory that says that it is ours, and where it came from.
const MARK: &str = "buildpass";

impl Existing {
    /// Looks without reading the configuration that is there: anybody may have written it.
    pub(super) async fn find(
        folder: &Path,
        git: &Git,
        workplace: &Workplace,
        name: &str,
        stall: Duration,
    ) -> io::Result<Result<Self, GitFailure>> {
        let directory = folder.join(".git");
        match folder.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(Self::Absent)),
            Err(error) => return Err(error),
            Ok(there) if there.is_dir() && directory.join(MARK).is_file() => {}
            Ok(there) if there.is_dir() && fs::read_dir(folder)?.next().is_none() => {
                return Ok(Ok(Self::Absent));
            }
            Ok(_) => return Ok(Ok(Self::Foreign)),
        }
        let line =
            |name: &str| fs::read_to_string(directory.join(name)).unwrap_or_default().trim().to_owned();
        let (head, url) = (line("HEAD"), line(MARK));
        let looking_glass = workplace.place(&format!("{name}.look"));
        fs::create_dir_all(&looking_glass)?;
        let ours = GitDirectory(&looking_glass);
        ours.lay_out(Layout {
            kind: Kind::WithWorkingTree,
            head: &head,
            url: "",
            blobs: Blobs::All,
            format: ObjectFormat::of(&head),
        })?;
        ours.write("objects/info/alternates", &format!("{}\n", directory.join("objects").display()))?;
        match fs::copy(directory.join("index"), looking_glass.join("index")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let status = Task::new(git, folder, &Pins::local(), stall)
            .args([
                "--git-dir".as_ref(),
                looking_glass.as_os_str(),
                "--work-tree".as_ref(),
                folder.as_os_str(),
            ])
            .args(["status", "--porcelain", "-z", "--ignore-submodules=all", "--untracked-files=normal"])
            .finish()
            .await;
        fs::remove_dir_all(&looking_glass)?;
        Ok(status.map(|status| match status.stdout.split(|byte| *byte == 0).next() {
            Some(first) if !first.is_empty() => {
                Self::Changed(String::from_utf8_lossy(first).trim().to_owned())
            }
            _ => Self::Clean { commit: head, url },
        }))
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
        directory.write(MARK, &format!("{url}\n"))?;
        let mut refs = mirror.tags();
        if let Some(branch) = found.reference.as_ref().and_then(|name| name.strip_prefix("refs/heads/")) {
            refs.push((format!("refs/remotes/origin/{branch}"), found.object.clone()));
        }
        refs.sort();
        let lines: String = refs.iter().map(|(name, object)| format!("{object} {name}\n")).collect();
        directory.write("packed-refs", &lines)?;
        mirror.share(&path).await?;
        Ok(draft)
    }

    fn git_directory(&self) -> PathBuf {
        self.folder.join(".git")
    }

    /// Writes the files.
    pub(super) async fn check_out(
        &self,
        git: &Git,
        pins: &Pins,
        stall: Duration,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), GitFailure> {
        let task = Task::new(git, &self.folder, pins, stall).env("GIT_LFS_SKIP_SMUDGE", "1");
        task.args(["read-tree", "--reset", "-u", "-v", "HEAD"]).tell(tell).finish().await.map(drop)
    }

    /// Fetches its submodules, and theirs, by the same rules for credentials.
    pub(super) async fn fetch_submodules(
        &self,
        git: &Git,
        pins: &Pins,
        stall: Duration,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), GitFailure> {
        let task = Task::new(git, &self.folder, pins, stall)
            .env("GIT_LFS_SKIP_SMUDGE", "1")
            .env("GIT_PROTOCOL_FROM_USER", "0");
        task.args(["submodule", "update", "--init", "--recursive", "--progress", "--jobs=4"])
            .tell(tell)
            .finish()
            .await
            .map(drop)
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
            tokio::task::spawn_blocking(move || fs::remove_dir_all(old))
                .await
                .map_err(io::Error::other)??;
        }
        Ok(())
    }
}

/// Whether submodules are wanted, and there are some.
pub(super) fn has_submodules(draft: &Draft, submodules: Submodules) -> bool {
    submodules == Submodules::Fetched && draft.folder.join(".gitmodules").is_file()
}
