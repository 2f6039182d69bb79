use blahaj::{Share, Sharks};
use zeroize::Zeroizing;

use super::{RootKey, Split, WrongRootKey};

/// The root key in its shares; a single share is the key itself.
pub(crate) fn deal(key: &RootKey, split: Split) -> Vec<Zeroizing<Vec<u8>>> {
    if split == Split::WHOLE {
        return vec![Zeroizing::new(key.bytes().to_vec())];
    }
    let dealer = Sharks(split.threshold()).dealer(key.bytes());
    dealer.take(usize::from(split.shares())).map(|share| Zeroizing::new(Vec::from(&share))).collect()
}

/// The root key from as many shares as open it.
///
/// # Errors
/// When the shares do not fit together. Shares of another key give another key, which opens nothing.
pub(crate) fn combine(shares: &[Zeroizing<Vec<u8>>], split: Split) -> Result<RootKey, WrongRootKey> {
    if split == Split::WHOLE {
        return RootKey::of(shares.first().ok_or(WrongRootKey)?);
    }
    let shares: Vec<Share> = shares
        .iter()
        .map(|share| Share::try_from(share.as_slice()))
        .collect::<Result<_, _>>()
        .map_err(|_| WrongRootKey)?;
    let sharks = Sharks(split.threshold());
    let key = Zeroizing::new(sharks.recover(&shares).map_err(|_| WrongRootKey)?);
    RootKey::of(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_shares_as_the_threshold_open() {
        let split = Split::new(5, 3).unwrap();
        let key = RootKey::draw();
        let shares = deal(&key, split);
        assert_eq!(shares.len(), 5);
        for chosen in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
            let chosen: Vec<_> = chosen.iter().map(|at: &usize| shares[*at].clone()).collect();
            assert_eq!(combine(&chosen, split).unwrap().bytes(), key.bytes());
        }
        assert!(combine(&shares[..2], split).is_err());
    }
}
