use std::fmt;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::random::hex;

/// What the log is written with. Both are secrets of the server, derived from what seals its storage.
pub(crate) struct AuditKeys {
    pub(crate) salt: Salt,
    pub(crate) seal: SealKey,
}

/// Replaces texts by HMACs, so that equal texts can be found without being read.
pub(crate) struct Salt(hmac::Key);

/// Seals the lines of a log, and checks their seals.
pub struct SealKey(hmac::Key);

impl AuditKeys {
    /// The keys of these secrets.
    pub(crate) fn new(salt: &Zeroizing<[u8; 32]>, seal: &Zeroizing<[u8; 32]>) -> Self {
        Self { salt: Salt(hmac::Key::new(hmac::HMAC_SHA256, salt.as_slice())), seal: SealKey::new(seal) }
    }
}

impl Salt {
    /// What stands in the log for a text; `sys/audit-hash` gives the same.
    pub(crate) fn hash(&self, text: &str) -> String {
        format!("hmac-sha256:{}", hex(hmac::sign(&self.0, text.as_bytes()).as_ref()))
    }
}

impl SealKey {
    /// The key of this secret.
    #[must_use]
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice()))
    }

    pub(super) fn seal(&self, hash: &[u8; 32]) -> [u8; 32] {
        let mut seal = [0; 32];
        seal.copy_from_slice(hmac::sign(&self.0, hash).as_ref());
        seal
    }

    pub(super) fn has_sealed(&self, hash: &[u8; 32], seal: &[u8; 32]) -> bool {
        hmac::verify(&self.0, hash, seal).is_ok()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey([REDACTED])")
    }
}

impl fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKeys([REDACTED])")
    }
}
