use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::run::mask::{Forms, Masker, Needles};

/// Looks for a token, in every form that the mask knows, where it must not be.
pub(super) struct Search {
    needles: Arc<Needles>,
    pub(super) looked_at: usize,
    pub(super) found_in: Vec<PathBuf>,
}

impl Search {
    pub(super) fn of(token: &str) -> Self {
        let needles = Needles::new(Forms::of(token, &["gitlab-ci-token"]));
        Self { needles: Arc::new(needles), looked_at: 0, found_in: Vec::new() }
    }

    /// A text that a person can read, such as a job's log.
    pub(super) fn text(&mut self, place: &str, text: &[u8]) {
        self.looked_at += 1;
        if self.holds(text) {
            self.found_in.push(PathBuf::from(place));
        }
    }

    /// Every file below a folder.
    pub(super) fn folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.folder(&entry.path()),
                Ok(kind) if kind.is_file() => self.file(&entry.path()),
                _ => {}
            }
        }
    }

    /// The arguments and the environment of every process that we may look at.
    pub(super) fn processes(&mut self) {
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit())) {
                self.file(&entry.path().join("cmdline"));
                self.file(&entry.path().join("environ"));
            }
        }
    }

    /// What cannot be read is not counted.
    fn file(&mut self, path: &Path) {
        if let Ok(bytes) = fs::read(path) {
            self.looked_at += 1;
            if self.holds(&bytes) {
                self.found_in.push(path.to_owned());
            }
        }
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        let mut masker = Masker::new(Arc::clone(&self.needles));
        let mut out = masker.mask(bytes).to_vec();
        out.extend(masker.finish());
        out != bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found() {
        let mut search = Search::of("glpat-made-up-token-000001");
        search.text("a log", b"cloning with glpat-made-up-token-000001");
        search.text(
            "a header",
            b"Authorization: Basic Z2l0bGFiLWNpLXRva2VuOmdscGF0LW1hZGUtdXAtdG9rZW4tMDAwMDAx",
        );
        search.text("nothing", b"cloning");
        assert_eq!(search.found_in, [PathBuf::from("a log"), PathBuf::from("a header")]);
        assert_eq!(search.looked_at, 3);
    }
}
