use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use zeroize::Zeroizing;

use super::keyring::KeyringError;
use crate::{clock::Moment, random};

/// One barrier key: from when on it seals, and how often it did.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) number: u32,
    pub(super) installed: Moment,
    pub(super) sealings: AtomicU64,
    derive: hmac::Key,
}

impl Term {
    pub(super) fn new(number: u32, key: &[u8; 32], installed: Moment, sealings: u64) -> Self {
        let derive = hmac::Key::new(hmac::HMAC_SHA256, key);
        Self { number, installed, sealings: AtomicU64::new(sealings), derive }
    }

    /// Sealed for its place: opened at any other, it is refused.
    pub(super) fn seal(&self, place: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let nonce = random::bytes::<NONCE_LEN>();
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut sealed = Vec::with_capacity(HEAD + length + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&self.number.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        for part in parts {
            sealed.extend_from_slice(part);
        }
        let tag = self
            .cipher(place)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut sealed[HEAD..],
            )
            .expect("an entry is shorter than the cipher's limit");
        sealed.extend_from_slice(tag.as_ref());
        self.sealings.fetch_add(1, Ordering::Relaxed);
        sealed
    }

    /// # Errors
    /// When it was sealed for another place, by another key, or changed since.
    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let nonce = sealed.get(4..HEAD).ok_or(KeyringError::Changed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyringError::Changed)?;
        let mut opened = Zeroizing::new(sealed[HEAD..].to_vec());
        let length = self
            .cipher(place)
            .open_in_place(nonce, Aad::from(place), &mut opened)
            .map_err(|_| KeyringError::Changed)?
            .len();
        opened.truncate(length);
        Ok(opened)
    }

    /// Every entry has a key of its own, so that no key ever sees many nonces.
    fn cipher(&self, place: &[u8]) -> LessSafeKey {
        let key = hmac::sign(&self.derive, place);
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).expect("an AES-256 key has 32 bytes"))
    }
}

/// The number of the term, then the nonce.
const HEAD: usize = 4 + NONCE_LEN;
