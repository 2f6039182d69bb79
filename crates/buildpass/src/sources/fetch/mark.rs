use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{Blobs, History, Plan, Submodules, ours::GitDirectory};
use crate::sources::lies_within;

/// What a checkout of ours says of itself: from where and how it was made, and what was in it then. Who finds something else there finds
/// somebody's work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// Where it came from.
    pub(super) url: String,
    history: History,
    blobs: Blobs,
    submodules: Submodules,
    /// The checkout itself, then its submodules and theirs.
    pub(super) repositories: Vec<Standing>,
}

/// How a repository of a checkout stood when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Standing {
    /// Where its files are, from the checkout.
    pub(super) folder: PathBuf,
    /// Where its git directory is, from that of the checkout.
    pub(super) directory: PathBuf,
    /// The commit.
    pub(super) head: String,
    /// A digest of its branches, tags and all else but what a remote has.
    refs: String,
}

/// The mark's file in a checkout's git directory.
const NAME: &str = "buildpass";

const LARGEST_BYTES: u64 = 4 * 1024 * 1024;

impl Mark {
    pub(super) fn new(url: &str, plan: &Plan, repositories: Vec<Standing>) -> Self {
        let Plan { history, blobs, submodules, .. } = *plan;
        Self { url: url.to_owned(), history, blobs, submodules, repositories }
    }

    /// Reads that of a checkout; none where it is none of ours, or not wholly.
    pub(super) fn read(git_directory: &Path) -> Option<Self> {
        if !git_directory.symlink_metadata().ok()?.is_dir() {
            return None;
        }
        let path = git_directory.join(NAME);
        if !path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let mut text = Vec::new();
        File::open(path).ok()?.take(LARGEST_BYTES).read_to_end(&mut text).ok()?;
        let mark: Self = serde_json::from_slice(&text).ok()?;
        let stays = |each: &Standing| lies_within(&each.folder) && lies_within(&each.directory);
        (!mark.repositories.is_empty() && mark.repositories.iter().all(stays)).then_some(mark)
    }

    pub(super) fn write(&self, git_directory: &Path) -> io::Result<()> {
        GitDirectory(git_directory).write(NAME, &serde_json::to_string(self)?)
    }

    /// Whether a plan would make the same of this commit; `folder` is the checkout.
    pub(super) fn is_made_by(&self, plan: &Plan, folder: &Path) -> bool {
        let has_submodules = || folder.join(".gitmodules").symlink_metadata().is_ok();
        (self.history, self.blobs) == (plan.history, plan.blobs)
            && (self.submodules == plan.submodules || !has_submodules())
    }

    /// The commit that it was made at.
    pub(super) fn commit(&self) -> &str {
        self.repositories.first().map_or("", |own| &own.head)
    }
}

impl Standing {
    /// As a repository stands now.
    pub(super) fn of(folder: PathBuf, directory: PathBuf, checkout: &Path) -> Self {
        let now = GitDirectory(&checkout.join(".git").join(&directory)).stands();
        Self { folder, directory, head: now.0, refs: now.1 }
    }

    /// What of its repository is another than it was, in words.
    pub(super) fn difference(&self, checkout: &Path) -> Option<String> {
        let path = checkout.join(".git").join(&self.directory);
        let directory = GitDirectory(&path);
        let (head, refs) = directory.stands();
        let what = if head != self.head {
            Some("it is at another commit".to_owned())
        } else if path.join("worktrees").read_dir().is_ok_and(|mut each| each.next().is_some()) {
            Some("it has a second working tree".to_owned())
        } else if refs != self.refs {
            let stash = directory.reference("refs/stash").map(|_| "there is a stash".to_owned());
            Some(stash.unwrap_or_else(|| "its branches or tags are others".to_owned()))
        } else {
            None
        };
        let named = !self.folder.as_os_str().is_empty();
        what.map(|what| if named { format!("{}: {what}", self.folder.display()) } else { what })
    }
}

impl GitDirectory<'_> {
    /// What its head says, and a digest of its refs.
    fn stands(&self) -> (String, String) {
        let head = std::fs::read_to_string(self.0.join("HEAD")).unwrap_or_default();
        let of_here =
            self.references("refs/").into_iter().filter(|(name, _)| !name.starts_with("refs/remotes/"));
        let lines: String = of_here.map(|(name, object)| format!("{object} {name}\n")).collect();
        let digest = digest(&SHA256, lines.as_bytes());
        (head.trim().to_owned(), digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
