use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::random::hex;

/// Where a chain has come to: the number of its last line, and that line's hash. Kept apart from the log, it proves that nothing
/// was cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// The lines of the log so far, those of earlier files included.
    pub number: u64,
    /// The hash of the last of them; zeros when there is none.
    pub hash: Hash,
}

/// The hash of a line, as hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Hash(pub(super) [u8; 32]);

/// The text is no tip.
#[derive(Clone, Copy, Debug, Error)]
#[error("a tip is the number of a line, a colon, and 64 hexadecimal digits")]
pub struct NoTip;

impl fmt::Display for Tip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for Tip {
    type Err = NoTip;

    fn from_str(text: &str) -> Result<Self, NoTip> {
        let (number, hash) = text.split_once(':').ok_or(NoTip)?;
        Ok(Self { number: number.parse().map_err(|_| NoTip)?, hash: Hash(bytes(hash).ok_or(NoTip)?) })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        bytes(&digits).map(Self).ok_or_else(|| de::Error::custom("a hash is 64 hexadecimal digits"))
    }
}

/// The bytes of 64 hexadecimal digits in lower case.
pub(super) fn bytes(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let lower = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != 64 || !digits.bytes().all(lower) {
        return None;
    }
    for (byte, position) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&digits[position..position + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tip_is_read_as_it_is_written() {
        let tip = Tip { number: 17, hash: Hash([0xa7; 32]) };
        assert_eq!(tip.to_string().parse::<Tip>().unwrap(), tip);
        for broken in ["", "17", "17:", ":a7", "x:a7", &tip.to_string()[..60]] {
            broken.parse::<Tip>().unwrap_err();
        }
    }
}
