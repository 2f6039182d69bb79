use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{Error, committed};

/// What was fetched once and is to be fetched again: `sources.lock`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock(BTreeMap<String, Locked>);

/// One source of the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Its URL, without userinfo.
    pub url: String,
    /// The ref that was asked for; none is the repository's own default.
    pub reference: Option<String>,
    /// What the ref named.
    pub commit: String,
}

/// The file's name, in the project's root.
pub const LOCK_FILE: &str = "sources.lock";

const LARGEST_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawLock {
    #[serde(default)]
    source: Vec<RawLocked>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawLocked {
    name: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#ref: Option<String>,
    commit: String,
}

impl Lock {
    /// Reads that of a project; one that is absent is empty.
    ///
    /// # Errors
    /// Where it cannot be read, or is no lock.
    pub fn read(project: &Path) -> Result<Self, Error> {
        let path = project.join(LOCK_FILE);
        match committed::read(project, Path::new(LOCK_FILE), LARGEST_BYTES) {
            Ok(Some(text)) => Self::parse(&text)
                .map_err(|message| Error::Lock { path, message: message.replace('\n', " ") }),
            Ok(None) => Ok(Self::default()),
            Err(source) => Err(Error::Unreadable { path, source }),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let raw: RawLock = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let mut lock = Self::default();
        for RawLocked { name, url, r#ref: reference, commit } in raw.source {
            if !is_commit(&commit) {
                return Err(format!("`{}` of `{name}` is no commit", commit.escape_debug()));
            }
            if lock.0.insert(name.clone(), Locked { url, reference, commit }).is_some() {
                return Err(format!("`{name}` is there twice"));
            }
        }
        Ok(lock)
    }

    /// Writes it into a project, whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, project: &Path) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(project)?;
        file.write_all(self.text()?.as_bytes())?;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        file.persist(project.join(LOCK_FILE))?;
        Ok(())
    }

    fn text(&self) -> io::Result<String> {
        let entry = |(name, locked): (&String, &Locked)| RawLocked {
            name: name.clone(),
            url: locked.url.clone(),
            r#ref: locked.reference.clone(),
            commit: locked.commit.clone(),
        };
        let raw = RawLock { source: self.0.iter().map(entry).collect() };
        let entries = toml::to_string(&raw).map_err(io::Error::other)?;
        Ok(format!("# Made by `buildpass sources fetch --update-lock`.\n\n{entries}"))
    }

    /// What is locked under a name.
    pub fn locked(&self, name: &str) -> Option<&Locked> {
        self.0.get(name)
    }

    /// Locks a source.
    pub fn put(&mut self, name: &str, locked: Locked) {
        self.0.insert(name.to_owned(), locked);
    }

    /// Forgets what the project no longer names.
    pub fn keep(&mut self, known: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| known(name));
    }
}

/// All digits of a commit's name, SHA-1 or SHA-256.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|each| matches!(each, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Lock::read(folder.path()).unwrap(), Lock::default());
        let mut lock = Lock::default();
        let commit = "0123456789abcdef0123456789abcdef01234567".to_owned();
        for (name, reference) in [("b", Some("v1 \"2\"".to_owned())), ("a", None)] {
            let url = "https://gitlab.example/g/x.git".to_owned();
            lock.put(name, Locked { url, reference, commit: commit.clone() });
        }
        lock.write(folder.path()).unwrap();
        assert_eq!(Lock::read(folder.path()).unwrap(), lock);
        let text = fs::read_to_string(folder.path().join(LOCK_FILE)).unwrap();
        assert!(text.find("name = \"a\"").unwrap() < text.find("name = \"b\"").unwrap(), "{text}");
    }

    #[test]
    fn what_is_no_lock_is_said() {
        for (text, said) in [
            ("x = 1", "unknown field `x`"),
            ("[[source]]\nname='a'\nurl='u'\ncommit='main'", "`main` of `a` is no commit"),
            ("source = 7", "invalid type"),
        ] {
            let error = Lock::parse(text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
