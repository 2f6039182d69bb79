use zeroize::Zeroizing;

use super::secret::Secret;
use crate::{
    clock::Moment,
    json::written,
    storage::{StorageError, json},
};

/// A secret as its entry holds it: what is known about it, and the value of its newest version when that is small.
///
/// What is said about the newest version stands in front, ready to be given, so that one look at one entry answers who
/// reads it.
#[derive(Debug)]
pub(super) struct Entry {
    bytes: Zeroizing<Vec<u8>>,
    deletion: Option<Moment>,
    /// Where what is said about the newest version ends.
    said_until: usize,
    /// Where what is known ends, and the value begins.
    known_until: usize,
}

/// The newest version, and what stands with it.
pub(super) struct Newest<'a> {
    /// What is said about it beside its value, as JSON.
    pub(super) said: &'a str,
    /// When it is deleted, if it is.
    pub(super) deletion: Option<Moment>,
    pub(super) value: &'a [u8],
}

/// A secret that was looked into.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) secret: Secret,
    value: Option<Zeroizing<Vec<u8>>>,
}

impl Entry {
    /// # Errors
    /// When the entry is none.
    pub(super) fn read(bytes: Zeroizing<Vec<u8>>) -> Result<Self, StorageError> {
        let (deletion, said, known) = head(&bytes).ok_or_else(|| unreadable("it is too short"))?;
        let deletion = Some(deletion).filter(|nanos| *nanos != NEVER).map(Moment::at_nano);
        let (said_until, known_until) =
            (HEAD.saturating_add(said), HEAD.saturating_add(said).saturating_add(known));
        if known_until > bytes.len() {
            return Err(unreadable("it is too short"));
        }
        Ok(Self { bytes, deletion, said_until, known_until })
    }

    /// The newest version, if its value stands here and was written as the secret is found.
    pub(super) fn newest(&self) -> Option<Newest<'_>> {
        let said =
            std::str::from_utf8(&self.bytes[HEAD..self.said_until]).ok().filter(|said| !said.is_empty())?;
        let value = Some(&self.bytes[self.known_until..]).filter(|value| !value.is_empty())?;
        Some(Newest { said, deletion: self.deletion, value })
    }

    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(self) -> Result<Kept, StorageError> {
        let known = &self.bytes[self.said_until..self.known_until];
        let secret = serde_json::from_slice(known).map_err(|error| unreadable(&error.to_string()))?;
        let value = &self.bytes[self.known_until..];
        let value = (!value.is_empty()).then(|| Zeroizing::new(value.to_vec()));
        Ok(Kept { secret, value })
    }
}

impl Kept {
    /// A new one, without a version.
    pub(super) fn new(secret: Secret) -> Self {
        Self { secret, value: None }
    }

    /// The value of the newest version, if it stands here.
    pub(super) fn value(&self) -> Option<&[u8]> {
        self.value.as_ref().map(|value| value.as_slice())
    }

    pub(super) fn drop_value(&mut self) {
        self.value = None;
    }

    /// Takes the value of a new version if it is small, and gives back the one that stood here.
    pub(super) fn take_in(&mut self, value: Option<Zeroizing<Vec<u8>>>) -> Option<Zeroizing<Vec<u8>>> {
        std::mem::replace(&mut self.value, value)
    }

    /// # Errors
    /// When JSON cannot say it.
    pub(super) fn entry(&self) -> Result<Zeroizing<Vec<u8>>, StorageError> {
        let newest = self.secret.version(0).filter(|(_, version)| version.is_plainly_written());
        let said = newest.map(|(number, version)| written(&self.secret.describe(number, version)));
        let said =
            said.transpose().map_err(|error| StorageError::Write(error.to_string()))?.unwrap_or_default();
        let deletion = newest.and_then(|(_, version)| version.deletion).map_or(NEVER, Moment::nanos);
        let known = json(&self.secret)?;
        let value = self.value().unwrap_or_default();
        let length =
            |length: usize| u32::try_from(length).map_err(|error| StorageError::Write(error.to_string()));
        let mut entry = Zeroizing::new(Vec::with_capacity(HEAD + said.len() + known.len() + value.len()));
        entry.extend_from_slice(&deletion.to_be_bytes());
        entry.extend_from_slice(&length(said.len())?.to_be_bytes());
        entry.extend_from_slice(&length(known.len())?.to_be_bytes());
        entry.extend_from_slice(said.as_bytes());
        entry.extend_from_slice(&known);
        entry.extend_from_slice(value);
        Ok(entry)
    }
}

/// Whether a value is small enough to stand with what is known about its secret, which lists read too.
pub(super) fn is_small(value: &[u8]) -> bool {
    value.len() <= MAX_VALUE_BYTES
}

fn head(bytes: &[u8]) -> Option<(u64, usize, usize)> {
    let (deletion, rest) = bytes.split_first_chunk()?;
    let (said, rest) = rest.split_first_chunk()?;
    let known = rest.first_chunk()?;
    let length = |bytes: &[u8; 4]| usize::try_from(u32::from_be_bytes(*bytes)).ok();
    Some((u64::from_be_bytes(*deletion), length(said)?, length(known)?))
}

fn unreadable(problem: &str) -> StorageError {
    StorageError::Read(format!("a secret cannot be read: {problem}"))
}

/// When the newest version is deleted, and two lengths.
const HEAD: usize = 8 + 4 + 4;
const NEVER: u64 = u64::MAX;
const MAX_VALUE_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::v2::{path::SecretPath, settings::Settings};

    fn kept(path: &str) -> Kept {
        let mut secret = Secret::new(Moment::at_second(5));
        secret.add(&SecretPath::from(path), &Settings::default(), Moment::at_second(6));
        Kept { secret, value: Some(Zeroizing::new(b"null".to_vec())) }
    }

    #[test]
    fn the_newest_version_stands_in_front() {
        let mut kept = kept("a");
        kept.secret.versions.get_mut(&1).unwrap().delete(Moment::at_second(7));
        let entry = Entry::read(kept.entry().unwrap()).unwrap();
        let newest = entry.newest().unwrap();
        assert_eq!((newest.value, newest.deletion), (&b"null"[..], Some(Moment::at_second(7))));
        assert!(newest.said.starts_with(r#"{"created_time":"1970-01-01T00:00:06Z","#), "{}", newest.said);
        let back = entry.open().unwrap();
        assert_eq!((back.value(), back.secret.current), (Some(&b"null"[..]), 1));
    }

    #[test]
    fn without_its_value_and_under_another_spelling_it_does_not() {
        for mut kept in [kept("a"), kept("a//b")] {
            if kept.secret.versions[&1].is_plainly_written() {
                kept.drop_value();
            }
            assert!(Entry::read(kept.entry().unwrap()).unwrap().newest().is_none());
        }
        assert!(
            Entry::read(Kept::new(Secret::new(Moment::at_second(5))).entry().unwrap())
                .unwrap()
                .newest()
                .is_none()
        );
    }

    #[test]
    fn what_is_no_entry_is_an_error() {
        let entry = kept("a").entry().unwrap();
        for length in 0..entry.len() - 4 {
            assert!(Entry::read(Zeroizing::new(entry[..length].to_vec())).is_err(), "{length}");
        }
        for broken in [[0xff; 16].to_vec(), [&[0; 12][..], &[0, 0, 0, 2], b"[]"].concat()] {
            assert!(Entry::read(Zeroizing::new(broken)).and_then(Entry::open).is_err());
        }
    }
}
