use std::fmt;

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use zeroize::Zeroizing;

use super::{Naming, Session, key::Key};
use crate::random;

/// How the leases of tokens are called: `path/h…`, or `path/…` and shorter where the token's id was chosen.
///
/// The last part is the digest that the token is kept under, enciphered: nobody can guess an id and look for it there, and
/// it leads back to the token without being kept. A digest has no pattern that could show through from block to block.
pub(super) struct LeaseNames {
    there: EncryptingKey,
    back: DecryptingKey,
}

/// What a lease's name leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    Token(Key),
    /// A token whose id was chosen: one of few.
    Chosen,
}

impl LeaseNames {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = || UnboundCipherKey::new(&AES_256, key).expect("an AES-256 key has 32 bytes");
        Self {
            there: EncryptingKey::ecb(key()).expect("AES has this mode"),
            back: DecryptingKey::ecb(key()).expect("AES has this mode"),
        }
    }

    /// The last part of a lease's name; the path that issued the token comes before it.
    pub(super) fn name(&self, session: &Session) -> String {
        let mut name = session.key.bytes();
        // Two whole blocks are always enciphered.
        let _ = self.there.encrypt(&mut name);
        match session.token.naming {
            Naming::Drawn => format!("h{}", random::hex(&name)),
            Naming::Chosen => random::hex(&name[..CHOSEN_BYTES]),
        }
    }

    /// What the last part of a lease's name leads to.
    pub(super) fn named(&self, name: &str) -> Option<Named> {
        match name.strip_prefix('h') {
            Some(digits) => {
                let mut bytes = Zeroizing::new(bytes_of(digits)?);
                let key = self.back.decrypt(&mut bytes, DecryptionContext::None).ok()?;
                <[u8; 32]>::try_from(&*key).ok().map(|key| Named::Token(Key::from(key)))
            }
            None => (bytes_of(name)?.len() == CHOSEN_BYTES).then_some(Named::Chosen),
        }
    }
}

impl fmt::Debug for LeaseNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeaseNames([REDACTED])")
    }
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

const CHOSEN_BYTES: usize = 20;
