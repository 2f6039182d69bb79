use std::{fmt::Write, str};

use aws_lc_rs::digest::{Context, SHA256};

use super::{
    keys::SealKey,
    tip::{self, Hash, Tip},
};
use crate::random::hex;

/// One link of the chain, as the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) tip: Tip,
    pub(super) seal: [u8; 32],
}

impl Link {
    /// The link of the line that follows on a tip.
    pub(super) fn behind(tip: Tip, body: &[u8], key: &SealKey) -> Self {
        let tip = Tip { number: tip.number + 1, hash: hash(tip, body) };
        Self { tip, seal: key.seal(&tip.hash.0) }
    }

    /// Puts the link into a JSON object that is not empty, and ends its line.
    pub(super) fn close(self, mut body: String) -> String {
        let Self { tip: Tip { number, hash }, seal } = self;
        body.pop();
        // Writing to a String does not fail.
        let _ = writeln!(body, "{OPEN}{number}{HASH}{hash}{SEAL}{}{CLOSE}", hex(&seal));
        body
    }

    /// A line without its end, as the object that it was and its link; nothing when it has none.
    pub(super) fn split(line: &[u8]) -> Option<(Vec<u8>, Self)> {
        let line = str::from_utf8(line).ok()?;
        let (body, link) = line.rsplit_once(OPEN)?;
        let (number, rest) = link.split_once(HASH)?;
        let (hash, rest) = rest.split_once(SEAL)?;
        let seal = tip::bytes(rest.strip_suffix(CLOSE)?)?;
        // Only digits, so that a number is written in one way.
        let number = number.parse().ok().filter(|parsed: &u64| parsed.to_string() == number)?;
        let tip = Tip { number, hash: Hash(tip::bytes(hash)?) };
        Some((format!("{body}}}").into_bytes(), Self { tip, seal }))
    }

    pub(super) fn is_sealed_by(&self, key: &SealKey) -> bool {
        key.has_sealed(&self.tip.hash.0, &self.seal)
    }
}

/// The hash of the line that follows on a tip.
pub(super) fn hash(before: Tip, body: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&before.hash.0);
    context.update(&(before.number + 1).to_be_bytes());
    context.update(body);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Hash(hash)
}

const OPEN: &str = ",\"chain\":{\"number\":";
const HASH: &str = ",\"hash\":\"";
const SEAL: &str = "\",\"seal\":\"";
const CLOSE: &str = "\"}}";

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn a_link_is_split_off_as_it_was_put_on() {
        let key = SealKey::new(&Zeroizing::new([7; 32]));
        let body = r#"{"type":"request","path":"a,\"chain\":{"}"#.to_owned();
        let before = Tip { number: 41, hash: Hash([3; 32]) };
        let link = Link::behind(before, body.as_bytes(), &key);
        let line = link.close(body.clone());
        let (split, found) = Link::split(line.trim_end().as_bytes()).unwrap();
        assert_eq!((split, found), (body.into_bytes(), link));
        assert!(found.is_sealed_by(&key));
        assert!(!found.is_sealed_by(&SealKey::new(&Zeroizing::new([8; 32]))));
        serde_json::from_str::<serde_json::Value>(&line).unwrap();
        for broken in
            [line.replace(":42,", ":042,"), line.replace("\"}}", "\"}"), line[..line.len() - 20].to_owned()]
        {
            assert_eq!(Link::split(broken.trim_end().as_bytes()), None, "{broken}");
        }
    }
}
