use zeroize::Zeroizing;

use super::secret::Secret;
use crate::storage::{StorageError, json};

/// A secret as its entry holds it: what is known about it, and the value of its newest version when that is small, so
/// that one look finds both.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) secret: Secret,
    bytes: Zeroizing<Vec<u8>>,
    value_at: usize,
}

impl Kept {
    /// # Errors
    /// When the entry is none.
    pub(super) fn read(bytes: Zeroizing<Vec<u8>>) -> Result<Self, StorageError> {
        let unreadable = |problem: &str| StorageError::Read(format!("a secret cannot be read: {problem}"));
        let length = bytes.first_chunk().map(|head| u32::from_be_bytes(*head)).unwrap_or_default();
        let value_at = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(HEAD);
        let known = bytes.get(HEAD..value_at).ok_or_else(|| unreadable("it is too short"))?;
        let secret = serde_json::from_slice(known).map_err(|error| unreadable(&error.to_string()))?;
        Ok(Self { secret, bytes, value_at })
    }

    /// A new one, without a version.
    pub(super) fn new(secret: Secret) -> Self {
        Self { secret, bytes: Zeroizing::default(), value_at: 0 }
    }

    pub(super) fn drop_value(&mut self) {
        self.bytes.truncate(self.value_at);
    }

    /// The value of the newest version, if it stands here.
    pub(super) fn value(&self) -> Option<&[u8]> {
        self.bytes.get(self.value_at..).filter(|value| !value.is_empty())
    }
}

/// The entry of a secret, with the value of its newest version or without.
///
/// # Errors
/// When JSON cannot say it.
pub(super) fn entry(secret: &Secret, value: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, StorageError> {
    let known = json(secret)?;
    let length = u32::try_from(known.len()).map_err(|error| StorageError::Write(error.to_string()))?;
    let value = value.unwrap_or_default();
    let mut entry = Zeroizing::new(Vec::with_capacity(HEAD + known.len() + value.len()));
    entry.extend_from_slice(&length.to_be_bytes());
    entry.extend_from_slice(&known);
    entry.extend_from_slice(value);
    Ok(entry)
}

/// Whether a value is small enough to stand with what is known about its secret, which lists read too.
pub(super) fn is_small(value: &[u8]) -> bool {
    value.len() <= MAX_VALUE_BYTES
}

/// The length of what is known.
const HEAD: usize = 4;
const MAX_VALUE_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;

    #[test]
    fn a_value_stands_behind_what_is_known() {
        let secret = Secret::new(Moment::at_second(5));
        let kept = Kept::read(entry(&secret, Some(b"null")).unwrap()).unwrap();
        assert_eq!((kept.value(), kept.secret.created), (Some(&b"null"[..]), Moment::at_second(5)));
        assert_eq!(Kept::read(entry(&secret, None).unwrap()).unwrap().value(), None);
        for broken in [&b""[..], b"\0\0", b"\0\0\0\x09{}", b"\0\0\0\x02[]", b"\xff\xff\xff\xff"] {
            assert!(Kept::read(Zeroizing::new(broken.to_vec())).is_err());
        }
    }
}
