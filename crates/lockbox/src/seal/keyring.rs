use std::{collections::BTreeMap, sync::atomic::Ordering};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use super::{Place, RootKey, WrongRootKey, term::Term};
use crate::{clock::Moment, random};

/// The barrier keys by term, of which the newest seals, and the key under which names become places.
#[derive(Debug)]
pub(crate) struct Keyring {
    names: hmac::Key,
    terms: BTreeMap<u32, Term>,
    written: Written,
}

/// Why a keyring or an entry could not be opened.
#[derive(Clone, Debug, Error)]
pub(crate) enum KeyringError {
    #[error(transparent)]
    RootKey(#[from] WrongRootKey),
    #[error("an entry was changed, or stands in another place")]
    Changed,
    #[error("an entry was sealed in term {0}, of which there is no key")]
    UnknownTerm(u32),
    #[error("the keyring is of another version of lockbox")]
    Unreadable,
}

/// The newest barrier key, for whoever watches over its age.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyStatus {
    pub(crate) term: u32,
    pub(crate) installed: Moment,
    pub(crate) encryptions: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    names: WrittenKey,
    terms: Vec<WrittenTerm>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrittenTerm {
    number: u32,
    key: WrittenKey,
    installed_nanos: u64,
    encryptions: u64,
}

#[derive(Clone, Serialize, Deserialize)]
struct WrittenKey(String);

impl Keyring {
    pub(crate) fn draw(now: Moment) -> Self {
        let first = WrittenTerm::draw(1, now);
        let written = Written { names: WrittenKey::draw(), terms: vec![first] };
        Self::read(written).expect("a keyring that was drawn can be read")
    }

    /// The same with one more term, which seals from now on.
    pub(crate) fn rotated(&self, now: Moment) -> Self {
        let mut written = self.counted();
        let number = written.terms.last().map_or(1, |term| term.number.saturating_add(1));
        written.terms.push(WrittenTerm::draw(number, now));
        Self::read(written).expect("a keyring that was drawn can be read")
    }

    pub(crate) fn wrap(&self, root: &RootKey) -> Vec<u8> {
        let plain = serde_json::to_vec(&self.counted()).expect("a keyring is text and numbers");
        root.wrap(Zeroizing::new(plain))
    }

    /// # Errors
    /// When the root key is another one's, or the keyring is none.
    pub(crate) fn unwrap(wrapped: &[u8], root: &RootKey) -> Result<Self, KeyringError> {
        let plain = root.unwrap(wrapped)?;
        let written = serde_json::from_slice(&plain).map_err(|_| KeyringError::Unreadable)?;
        Self::read(written)
    }

    pub(crate) fn status(&self) -> KeyStatus {
        let newest = self.newest();
        let encryptions = newest.sealings.load(Ordering::Relaxed);
        KeyStatus { term: newest.number, installed: newest.installed, encryptions }
    }

    pub(crate) fn place(&self, path: &str) -> Place {
        Place::of(&self.names, path)
    }

    pub(crate) fn unlisted(&self, path: &str) -> Place {
        Place::unlisted(&self.names, path)
    }

    pub(crate) fn folder(&self, folder: &str) -> [u8; 16] {
        Place::folder(&self.names, folder)
    }

    /// What proves that a backup is as it was made; a rotation leaves it as it is.
    pub(crate) fn backup_key(&self) -> hmac::Key {
        // No name of an entry begins like that.
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&self.names, b"backup").as_ref())
    }

    pub(crate) fn seal(&self, place: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        self.newest().seal(place, parts)
    }

    /// # Errors
    /// When it was sealed for another place, by a key that is not here, or changed since.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let number = sealed.first_chunk().map(|head| u32::from_be_bytes(*head));
        let number = number.ok_or(KeyringError::Changed)?;
        self.terms.get(&number).ok_or(KeyringError::UnknownTerm(number))?.open(place, sealed)
    }

    fn read(written: Written) -> Result<Self, KeyringError> {
        let names = hmac::Key::new(hmac::HMAC_SHA256, &*written.names.bytes()?);
        let mut terms = BTreeMap::new();
        for term in &written.terms {
            let installed = Moment::at_nano(term.installed_nanos);
            terms.insert(
                term.number,
                Term::new(term.number, &*term.key.bytes()?, installed, term.encryptions),
            );
        }
        if terms.is_empty() { Err(KeyringError::Unreadable) } else { Ok(Self { names, terms, written }) }
    }

    fn counted(&self) -> Written {
        let mut written = self.written.clone();
        for term in &mut written.terms {
            if let Some(used) = self.terms.get(&term.number) {
                term.encryptions = used.sealings.load(Ordering::Relaxed);
            }
        }
        written
    }

    fn newest(&self) -> &Term {
        self.terms.last_key_value().expect("a keyring has a term").1
    }
}

impl WrittenTerm {
    fn draw(number: u32, now: Moment) -> Self {
        Self { number, key: WrittenKey::draw(), installed_nanos: now.nanos(), encryptions: 0 }
    }
}

impl WrittenKey {
    fn draw() -> Self {
        Self(STANDARD.encode(*Zeroizing::new(random::bytes::<32>())))
    }

    fn bytes(&self) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let decoded = Zeroizing::new(STANDARD.decode(&self.0).map_err(|_| KeyringError::Unreadable)?);
        decoded.as_slice().try_into().map(Zeroizing::new).map_err(|_| KeyringError::Unreadable)
    }
}

impl Drop for WrittenKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for WrittenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[REDACTED]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000;

    #[test]
    fn an_entry_is_opened_at_its_place_alone() {
        let keyring = Keyring::draw(Moment::at_second(NOW));
        let sealed = keyring.seal(b"here", &[b"se", b"cret"]);
        assert_eq!(*keyring.open(b"here", &sealed).unwrap(), b"secret");
        assert!(matches!(keyring.open(b"there", &sealed), Err(KeyringError::Changed)));
        for position in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[position] ^= 1;
            assert!(keyring.open(b"here", &flipped).is_err(), "{position}");
            assert!(keyring.open(b"here", &sealed[..position]).is_err(), "{position}");
        }
    }

    #[test]
    fn a_rotation_seals_anew_and_still_opens_what_was() {
        let before = Keyring::draw(Moment::at_second(NOW));
        let old = before.seal(b"p", &[b"old"]);
        let after = before.rotated(Moment::at_second(NOW + 5));
        assert_eq!((after.status().term, after.status().encryptions), (2, 0));
        assert_eq!(*after.open(b"p", &old).unwrap(), b"old");
        let new = after.seal(b"p", &[b"new"]);
        assert!(matches!(before.open(b"p", &new), Err(KeyringError::UnknownTerm(2))));
        assert_eq!(before.place("a/b"), after.place("a/b"));
    }

    #[test]
    fn the_root_key_alone_opens_the_keyring() {
        let root = RootKey::draw();
        let wrapped = Keyring::draw(Moment::at_second(NOW)).wrap(&root);
        assert!(Keyring::unwrap(&wrapped, &root).is_ok());
        assert!(matches!(Keyring::unwrap(&wrapped, &RootKey::draw()), Err(KeyringError::RootKey(_))));
        assert!(Keyring::unwrap(&wrapped[1..], &root).is_err());
    }

    #[test]
    fn no_key_is_in_the_debug_output() {
        let keyring = Keyring::draw(Moment::at_second(NOW));
        let shown = format!("{keyring:?}");
        assert!(
            !shown.contains(&keyring.written.names.0) && !shown.contains(&keyring.written.terms[0].key.0)
        );
    }
}
