use std::{
    fs,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use super::Blobs;
use crate::sources::lock::is_commit;

/// A git directory as we lay it out: <https://git-scm.com/docs/gitrepository-layout>. Its configuration is ours alone.
pub(super) struct GitDirectory<'a>(pub(super) &'a Path);

/// What a git directory is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout<'a> {
    pub(super) kind: Kind,
    /// What `HEAD` says.
    pub(super) head: &'a str,
    pub(super) url: &'a str,
    pub(super) blobs: Blobs,
    pub(super) format: ObjectFormat,
}

/// Whether a repository has a working tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bare,
    WithWorkingTree,
}

/// How a repository names its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectFormat {
    Sha1,
    Sha256,
}

impl ObjectFormat {
    /// That of an object's name.
    pub(super) fn of(object: &str) -> Self {
        if object.len() == 64 { Self::Sha256 } else { Self::Sha1 }
    }
}

impl GitDirectory<'_> {
    /// Makes all that git wants to find, or puts back what is not as it should be.
    pub(super) fn lay_out(&self, layout: Layout<'_>) -> io::Result<()> {
        for folder in ["objects/pack", "objects/info", "refs/heads", "refs/tags"] {
            fs::create_dir_all(self.0.join(folder))?;
        }
        self.write("config", &configuration(layout))?;
        self.write("HEAD", &format!("{}\n", layout.head))
    }

    /// Writes a file that is not as it should be, in the place of whatever is there.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let (path, new) = (self.0.join(name), self.0.join(format!("{name}.new")));
        let is_there = path.symlink_metadata().is_ok_and(|there| there.is_file());
        if is_there && fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return Ok(());
        }
        fs::write(&new, text)?;
        fs::rename(new, path)
    }

    /// What a full ref names, as far as this repository knows.
    pub(super) fn reference(&self, name: &str) -> Option<String> {
        let loose = fs::read_to_string(self.0.join(name)).ok().map(|text| text.trim().to_owned());
        loose.filter(|text| is_commit(text)).or_else(|| {
            let (_, object) = self.packed().into_iter().find(|(known, _)| known == name)?;
            Some(object)
        })
    }

    /// The refs below a prefix, with what they name.
    pub(super) fn references(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![(self.0.join(prefix), prefix.to_owned())];
        while let Some((folder, name)) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let (path, file) = (entry.path(), entry.file_name());
                let Some(file) = file.to_str() else { continue };
                let name = format!("{name}{file}");
                if path.is_dir() {
                    folders.push((path, format!("{name}/")));
                } else if let Ok(text) = fs::read_to_string(path) {
                    found.push((name, text.trim().to_owned()));
                }
            }
        }
        let packed = self.packed().into_iter().filter(|(name, _)| name.starts_with(prefix));
        let unknown: Vec<_> =
            packed.filter(|(name, _)| !found.iter().any(|(known, _)| known == name)).collect();
        found.extend(unknown);
        found.retain(|(_, object)| is_commit(object));
        found.sort();
        found
    }

    fn packed(&self) -> Vec<(String, String)> {
        let text = fs::read_to_string(self.0.join("packed-refs")).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        pairs
            .filter(|(object, _)| !object.starts_with(['#', '^']))
            .map(|(object, name)| (name.to_owned(), object.to_owned()))
            .collect()
    }

    /// How many bytes its packs have.
    pub(super) fn pack_bytes(&self) -> u64 {
        let files = fs::read_dir(self.0.join("objects/pack")).into_iter().flatten().flatten();
        let packs = files.filter(|file| file.path().extension().is_some_and(|it| it == "pack"));
        packs.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }

    /// Whether every pack is all there: an index ends with its pack's checksum and its own, and so does the pack with its own
    /// (<https://git-scm.com/docs/gitformat-pack>). A repository with refs has a pack.
    pub(super) fn is_whole(&self, format: ObjectFormat) -> bool {
        let length = match format {
            ObjectFormat::Sha1 => 20,
            ObjectFormat::Sha256 => 32,
        };
        let files = fs::read_dir(self.0.join("objects/pack")).into_iter().flatten().flatten();
        let paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
        let with = |extension: &'static str| {
            paths.iter().filter(move |path| path.extension().is_some_and(|it| it == extension))
        };
        let agrees = |index: &PathBuf| {
            let of_index = tail(index, 2 * length).map(|mut both| {
                both.truncate(length);
                both
            });
            of_index.is_ok_and(|checksum| {
                tail(&index.with_extension("pack"), length).is_ok_and(|own| own == checksum)
            })
        };
        let paired = with("pack").all(|pack| pack.with_extension("idx").exists());
        let has_pack = with("idx").next().is_some();
        paired && with("idx").all(agrees) && (has_pack || self.references("refs/").is_empty())
    }

    /// Removes what a git that was killed has left: we alone use this repository now.
    pub(super) fn clear_leavings(&self) -> io::Result<()> {
        let mut folders = vec![self.0.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let (path, name) = (entry.path(), entry.file_name());
                let name = name.to_string_lossy();
                if entry.file_type()?.is_dir() {
                    match name.strip_prefix("tmp_objdir-") {
                        Some(_) => fs::remove_dir_all(&path)?,
                        // Objects by their first byte: nothing but objects is in there, and there are many.
                        None if name.len() == 2 => {}
                        None => folders.push(path),
                    }
                } else if name.ends_with(".lock") || name.starts_with("tmp_") || name.starts_with(".tmp-") {
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(())
    }
}

/// The last bytes of a file.
fn tail(path: &Path, length: usize) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    file.seek(SeekFrom::End(-i64::try_from(length).map_err(io::Error::other)?))?;
    let mut bytes = Vec::with_capacity(length);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How a repository gets the objects of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// As files of its own, so that who writes into one of them writes into no other. File systems that can share what was not written.
    Copied,
    /// As the same files.
    Linked,
}

/// Gives `to` all objects of `from`.
pub(super) fn share_objects(from: &Path, to: &Path, sharing: Sharing) -> io::Result<()> {
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        fs::create_dir_all(to.join(&folder))?;
        for entry in fs::read_dir(from.join(&folder))? {
            let entry = entry?;
            let relative = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(relative);
                continue;
            }
            let (source, target) = (entry.path(), to.join(&relative));
            let linked = sharing == Sharing::Linked && fs::hard_link(&source, &target).is_ok();
            if !linked && target.symlink_metadata().is_err() {
                fs::copy(&source, &target)?;
            }
        }
    }
    Ok(())
}

fn configuration(layout: Layout<'_>) -> String {
    let Layout { kind, url, blobs, format, .. } = layout;
    let quoted = url.replace('\\', "\\\\").replace('"', "\\\"");
    let (bare, refspec) = match kind {
        Kind::Bare => ("true", ""),
        Kind::WithWorkingTree => ("false", "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"),
    };
    let (promise, of_remote) = match blobs {
        Blobs::All => ("", ""),
        Blobs::WhenNeeded => {
            ("\tpartialClone = origin\n", "\tpromisor = true\n\tpartialCloneFilter = blob:none\n")
        }
    };
    let names = match format {
        ObjectFormat::Sha1 => "",
        ObjectFormat::Sha256 => "\tobjectFormat = sha256\n",
    };
    let extensions = format!("{promise}{names}");
    let (version, extensions) =
        if extensions.is_empty() { (0, extensions) } else { (1, format!("[extensions]\n{extensions}")) };
    format!(
        "[core]\n\trepositoryFormatVersion = {version}\n\tbare = {bare}\n\tlogAllRefUpdates = false\n\
         {extensions}[remote \"origin\"]\n\turl = \"{quoted}\"\n{refspec}{of_remote}"
    )
}
