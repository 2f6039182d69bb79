use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Split, combine};
use crate::random;

/// The key that opens a lockbox: 32 bytes, wiped at its end, never shown by Debug.
#[derive(Clone)]
pub struct RootKey(Zeroizing<[u8; 32]>);

/// The keyring was wrapped by another root key, or was changed.
#[derive(Clone, Copy, Debug, Error)]
#[error("cipher: message authentication failed")]
pub(crate) struct WrongRootKey;

/// The text is no key.
#[derive(Clone, Copy, Debug, Error)]
#[error("a key is 32 bytes in base64")]
pub struct NoKey;

impl RootKey {
    pub(crate) fn draw() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }

    /// # Errors
    /// When it is not 32 bytes long.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, WrongRootKey> {
        bytes.try_into().map(|bytes| Self(Zeroizing::new(bytes))).map_err(|_| WrongRootKey)
    }

    /// The key that a file of one line holds.
    ///
    /// # Errors
    /// When it is not 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, NoKey> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| NoKey)?);
        Self::of(&bytes).map_err(|_| NoKey)
    }

    /// The key that shares make together; those of another key make another one, which opens nothing.
    ///
    /// # Errors
    /// When they do not fit together.
    pub fn from_shares(shares: &[Zeroizing<Vec<u8>>], split: Split) -> Result<Self, NoKey> {
        combine(shares, split).map_err(|_| NoKey)
    }

    /// The key as its file holds it.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.0))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn wrap(&self, plain: Zeroizing<Vec<u8>>) -> Vec<u8> {
        let nonce = random::bytes::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(PURPOSE), &mut sealed)
            .expect("a keyring is shorter than the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// # Errors
    /// When another key wrapped it.
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, WrongRootKey> {
        let (nonce, sealed) = wrapped.split_at_checked(NONCE_LEN).ok_or(WrongRootKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| WrongRootKey)?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let length = self
            .cipher()
            .open_in_place(nonce, Aad::from(PURPOSE), &mut opened)
            .map_err(|_| WrongRootKey)?
            .len();
        opened.truncate(length);
        Ok(opened)
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*self.0).expect("an AES-256 key has 32 bytes"))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey([REDACTED])")
    }
}

const PURPOSE: &[u8] = b"lockbox keyring";
