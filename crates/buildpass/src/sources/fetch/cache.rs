use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use rustix::fs::{FlockOperation, flock};

use super::{Blobs, History};
use crate::sources::Error;

/// A folder of bare mirrors, one for each URL and way to fetch it, which jobs of one user share.
pub(super) struct Cache {
    folder: PathBuf,
}

/// A mirror's folder, which is ours alone until this is dropped: the kernel gives it free, however a process ends.
pub(super) struct Held {
    pub(super) path: PathBuf,
    pub(super) lock: File,
}

/// How often somebody who waits for a mirror looks.
const LOOK: Duration = Duration::from_millis(50);

impl Cache {
    /// Opens the folder, and makes it where it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let unusable = |source| Error::Folder { path: folder.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
        let folder = folder.canonicalize().map_err(unusable)?;
        let (owner, we) =
            (fs::metadata(&folder).map_err(unusable)?.uid(), rustix::process::geteuid().as_raw());
        if owner != we {
            return Err(Error::CacheOfAnother { path: folder, owner, we });
        }
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// Takes the folder of a mirror as soon as nobody else has it; `waiting` is called where somebody has.
    pub(super) async fn hold(
        &self,
        url: &str,
        history: History,
        blobs: Blobs,
        waiting: impl FnOnce(),
    ) -> io::Result<Held> {
        let name = mirror_name(url, history, blobs);
        let path = self.folder.join(format!("{name}.lock"));
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        let mut waiting = Some(waiting);
        loop {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Held { path: self.folder.join(format!("{name}.git")), lock }),
                Err(rustix::io::Errno::WOULDBLOCK) => {
                    waiting.take().into_iter().for_each(|waiting| waiting());
                    tokio::time::sleep(LOOK).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What a person recognises, and what tells every URL and way from every other.
fn mirror_name(url: &str, history: History, blobs: Blobs) -> String {
    let last =
        url.trim_end_matches('/').trim_end_matches(".git").rsplit(['/', ':']).next().unwrap_or_default();
    let plain = |each: &char| each.is_ascii_alphanumeric() || "-_.".contains(*each);
    let last: String = last.chars().filter(plain).take(60).collect();
    let hash: String =
        digest(&SHA256, url.as_bytes()).as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let depth = match history {
        History::Whole => String::new(),
        History::Depth(depth) => format!("-depth-{depth}"),
    };
    let without = match blobs {
        Blobs::All => "",
        Blobs::WhenNeeded => "-without-blobs",
    };
    format!("{}-{hash}{depth}{without}", last.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_named_after_its_url_and_the_way_it_is_fetched() {
        let name = |url: &str| mirror_name(url, History::Whole, Blobs::All);
        let one = name("https://gitlab.example/g/x.git");
        assert!(one.starts_with("x-") && one.len() == 18, "{one}");
        for other in [
            "https://gitlab.example/h/x.git",
            "git@gitlab.example:g/x.git",
            "https://gitlab.example/g/../x.git",
        ] {
            assert_ne!(name(other), one);
            assert!(!name(other).contains('/') && name(other).starts_with('x'), "{other}");
        }
        let depth = History::Depth(std::num::NonZeroU32::MIN);
        assert!(mirror_name("x", depth, Blobs::WhenNeeded).ends_with("-depth-1-without-blobs"));
    }
}
