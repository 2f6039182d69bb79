use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::all_processes;

/// One text that must not be found, in every form in which it could be written down.
pub(crate) struct Search {
    forms: Vec<Vec<u8>>,
}

/// What a search of all processes came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Who holds it in the arguments.
    pub(crate) arguments: BTreeSet<u32>,
    /// Who holds it in the environment.
    pub(crate) environment: BTreeSet<u32>,
    /// How many environments this user may not read.
    pub(crate) unreadable: usize,
}

impl Search {
    /// As it is, URL-encoded, JSON-escaped, and as base64 at every alignment in both alphabets, of which the `Basic` form is one.
    pub(crate) fn of(text: &str) -> Self {
        let json = serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let url = form.replace('+', "%20");
        let mut forms = vec![text.to_owned(), json.replace('/', "\\/"), json, form, url.to_lowercase(), url];
        for offset in 0..3 {
            let encoded = STANDARD_NO_PAD.encode([&b"\0\0"[..offset], text.as_bytes()].concat());
            // What the text shares with its neighbours is left out.
            let before = [0, 2, 3][offset];
            let after = usize::from(!(offset + text.len()).is_multiple_of(3));
            let certain = encoded[before..encoded.len() - after].to_owned();
            forms.extend([certain.replace('+', "-").replace('/', "_"), certain]);
        }
        Self { forms: forms.into_iter().map(String::into_bytes).collect() }
    }

    /// Also where it is wrapped, as `base64` does.
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        let unwrapped: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        self.forms.iter().any(|form| {
            memchr::memmem::find(bytes, form).is_some() || memchr::memmem::find(&unwrapped, form).is_some()
        })
    }

    /// Looks into the arguments and the environment of everything that runs.
    pub(crate) fn processes(&self) -> Seen {
        let mut seen = Seen::default();
        for pid in all_processes() {
            if fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|bytes| self.is_in(&bytes)) {
                seen.arguments.insert(pid);
            }
            match fs::read(format!("/proc/{pid}/environ")) {
                Ok(bytes) if self.is_in(&bytes) => drop(seen.environment.insert(pid)),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => seen.unreadable += 1,
                _ => {}
            }
        }
        seen
    }

    /// Looks into the files that these processes have open, deleted ones too.
    pub(crate) fn open_files(&self, pids: &[u32]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for pid in pids {
            let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                let holds_it = fs::metadata(&path).is_ok_and(|there| there.is_file())
                    && fs::read(&path).is_ok_and(|bytes| self.is_in(&bytes));
                if holds_it {
                    found.push(fs::read_link(path).unwrap_or_default());
                }
            }
        }
        found
    }

    /// Looks into every file below a folder, its name, and where it is a link, its target.
    pub(crate) fn folder(&self, folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let bytes = match kind {
                _ if kind.is_symlink() => {
                    fs::read_link(&path).map(|to| to.as_os_str().as_bytes().to_vec()).unwrap_or_default()
                }
                _ if kind.is_file() => fs::read(&path).unwrap_or_default(),
                _ => Vec::new(),
            };
            if self.is_in(&bytes) || self.is_in(entry.file_name().as_bytes()) {
                found.push(path.clone());
            }
            if kind.is_dir() {
                found.extend(self.folder(&path));
            }
        }
        found
    }
}
