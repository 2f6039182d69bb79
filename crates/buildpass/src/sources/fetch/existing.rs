use std::{
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Blobs,
    mark::{Mark, Standing},
    ours::{GitDirectory, Kind, Layout, ObjectFormat},
    trouble::Trouble,
};
use crate::git::{Git, Pins, Task};

/// The folder of a source, as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// Nothing is there.
    Absent,
    /// A checkout of ours, as we made it.
    Clean(Mark),
    /// A checkout of ours that somebody has worked in.
    Changed(String),
    /// Something that is not ours.
    Foreign,
}

/// A look into the folder of a source. No configuration that is there is read: anybody may have written it.
pub(super) struct Look<'a> {
    pub(super) folder: &'a Path,
    pub(super) git: &'a Git,
    /// A git directory of our own, through which git looks.
    pub(super) glass: PathBuf,
    pub(super) stall: Duration,
}

/// What git sees in a working tree.
struct Seen {
    /// The first file that is another, or new.
    changed: Option<String>,
    /// Where submodules are.
    gitlinks: Vec<PathBuf>,
}

impl Look<'_> {
    pub(super) async fn find(&self) -> Result<Existing, Trouble> {
        match self.folder.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Existing::Absent),
            Err(error) => return Err(self.disk(error)),
            Ok(there) if there.is_dir() => {}
            Ok(_) => return Ok(Existing::Foreign),
        }
        let Some(mark) = Mark::read(&self.folder.join(".git")) else {
            return Ok(if self.is_empty(self.folder) { Existing::Absent } else { Existing::Foreign });
        };
        for standing in &mark.repositories {
            if let Some(change) = self.change(standing, &mark).await? {
                return Ok(Existing::Changed(change));
            }
        }
        Ok(Existing::Clean(mark))
    }

    /// What somebody has done in one repository of the checkout.
    async fn change(&self, standing: &Standing, mark: &Mark) -> Result<Option<String>, Trouble> {
        if let Some(difference) = standing.difference(self.folder) {
            return Ok(Some(difference));
        }
        let files = self.folder.join(&standing.folder);
        let name = standing.folder.display().to_string();
        let is_ours = |own: &Path| {
            let ours = self.folder.join(".git").join(&standing.directory);
            matches!((own.canonicalize(), ours.canonicalize()), (Ok(own), Ok(ours)) if own == ours)
        };
        if !git_directory_of(&files).is_some_and(|own| is_ours(&own)) {
            return Ok(Some(format!("{name}: its .git is another")));
        }
        self.set_up_glass(standing).map_err(|error| self.disk(error))?;
        let seen = self.see(&files).await;
        fs::remove_dir_all(&self.glass).map_err(|error| self.disk(error))?;
        let Seen { changed, gitlinks } = seen?;
        let within = |path: &Path| standing.folder.join(path);
        let is_known = |path: &PathBuf| mark.repositories.iter().any(|each| each.folder == within(path));
        let unknown = gitlinks.into_iter().find(|path| !is_known(path) && !self.is_empty(&files.join(path)));
        let changed =
            changed.map(|changed| if name.is_empty() { changed } else { format!("{name}: {changed}") });
        Ok(changed.or_else(|| unknown.map(|path| format!("{}: a submodule", within(&path).display()))))
    }

    /// Looks through the glass.
    async fn see(&self, files: &Path) -> Result<Seen, Trouble> {
        let status = ["status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all"];
        let said = self.ask(files, &status).await?;
        let changed = said.split(|byte| *byte == 0).next().filter(|first| !first.is_empty());
        let changed = changed.map(|first| String::from_utf8_lossy(first).trim().to_owned());
        let has_submodules = files.join(".gitmodules").symlink_metadata().is_ok();
        let gitlinks = if has_submodules { gitlinks(&self.ask(files, &LIST).await?) } else { Vec::new() };
        Ok(Seen { changed, gitlinks })
    }

    fn set_up_glass(&self, standing: &Standing) -> io::Result<()> {
        let directory = self.folder.join(".git").join(&standing.directory);
        if self.glass.symlink_metadata().is_ok() {
            fs::remove_dir_all(&self.glass)?;
        }
        fs::create_dir_all(&self.glass)?;
        let glass = GitDirectory(&self.glass);
        glass.lay_out(Layout {
            kind: Kind::WithWorkingTree,
            head: &standing.head,
            url: "",
            blobs: Blobs::All,
            format: ObjectFormat::of(&standing.head),
        })?;
        glass.write("objects/info/alternates", &format!("{}\n", directory.join("objects").display()))?;
        match fs::copy(directory.join("index"), self.glass.join("index")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn ask(&self, files: &Path, arguments: &[&str]) -> Result<Vec<u8>, Trouble> {
        let finished = Task::new(self.git, files, &Pins::local(), self.stall)
            .args(["--git-dir".as_ref(), self.glass.as_os_str(), "--work-tree".as_ref(), files.as_os_str()])
            .args(arguments)
            .finish()
            .await;
        let unseen = |failure| Trouble::Unseen { path: self.folder.to_owned(), failure };
        Ok(finished.map_err(|failure| unseen(failure.without_server()))?.stdout)
    }

    /// Whether nothing is there that could be lost.
    fn is_empty(&self, folder: &Path) -> bool {
        match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    fn disk(&self, source: io::Error) -> Trouble {
        Trouble::Disk { path: self.folder.to_owned(), source }
    }
}

/// All repositories of a checkout as they stand: its own, its submodules, and theirs.
pub(super) async fn standings(checkout: &Path, git: &Git, stall: Duration) -> Result<Vec<Standing>, Trouble> {
    let disk = |error| Trouble::Disk { path: checkout.to_owned(), source: error };
    let top = checkout.join(".git").canonicalize().map_err(disk)?;
    let (mut standings, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        let files = checkout.join(&folder);
        let own = git_directory_of(&files).and_then(|own| own.canonicalize().ok());
        let Some(directory) = own.and_then(|own| Some(own.strip_prefix(&top).ok()?.to_owned())) else {
            continue;
        };
        if files.join(".gitmodules").symlink_metadata().is_ok() {
            let listed = Task::new(git, &files, &Pins::local(), stall).args(LIST).finish().await;
            let listed = listed.map_err(|failure| Trouble::Unseen { path: files.clone(), failure })?;
            folders.extend(gitlinks(&listed.stdout).into_iter().map(|path| folder.join(path)));
        }
        standings.push(Standing::of(folder, directory, checkout));
    }
    Ok(standings)
}

const LIST: [&str; 3] = ["ls-files", "--stage", "-z"];

/// The submodules in what `ls-files --stage` lists: a mode, an object and a stage each, and behind a tab the path.
fn gitlinks(listed: &[u8]) -> Vec<PathBuf> {
    let entries = listed.split(|byte| *byte == 0).filter(|entry| entry.starts_with(b"160000 "));
    let path = |entry: &[u8]| {
        let tab = entry.iter().position(|byte| *byte == b'\t')?;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(&entry[tab + 1..])))
    };
    entries.filter_map(path).collect()
}

/// Where the git directory of a working tree is, by its own word.
fn git_directory_of(files: &Path) -> Option<PathBuf> {
    let own = files.join(".git");
    if own.symlink_metadata().ok()?.is_dir() {
        return Some(own);
    }
    let text = fs::read_to_string(own).ok()?;
    Some(files.join(text.strip_prefix("gitdir: ")?.trim_end_matches('\n')))
}
