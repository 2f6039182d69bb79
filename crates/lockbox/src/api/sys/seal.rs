use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{status, typed::typed};
use crate::{
    api::{Core, failure::Failure, vault::Vault},
    exchange::{Answer, Fields, Request},
};

/// Takes a share of the root key, or forgets those that were shown.
pub(super) async fn unseal(vault: &Vault, fields: &Fields) -> Result<Answer, Failure> {
    let key =
        typed(fields, "key", "UnsealRequest.key", "string")?.and_then(Value::as_str).unwrap_or_default();
    let reset = typed(fields, "reset", "UnsealRequest.reset", "bool")?.and_then(Value::as_bool);
    let is_open = vault.core().is_some();
    if reset == Some(true) {
        if is_open {
            return Err(Failure::NotSealed);
        }
        vault.forget_shares();
        return status::seal_status(vault);
    }
    if key.is_empty() {
        return Err(Failure::NoShare);
    }
    let share = decode(key).ok_or(Failure::ShareForm)?;
    let header = vault.disk().header()?.ok_or(Failure::NotInitialised)?;
    if is_open {
        return status::seal_status(vault);
    }
    match share.len() {
        0..MIN_SHARE_BYTES => return Err(Failure::ShareTooShort(MIN_SHARE_BYTES)),
        // Alone it is the key itself.
        bytes if header.split.threshold() == 1 && !matches!(bytes, 16 | 24 | 32 | 34..) => {
            return Err(Failure::ShareSize(bytes));
        }
        MIN_SHARE_BYTES..=MAX_SHARE_BYTES => vault.show(share).await?,
        _ => return Err(Failure::ShareTooLong(MAX_SHARE_BYTES)),
    }
    status::seal_status(vault)
}

/// Hexadecimal where that gives a possible share, else base64.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    let hex: Option<Zeroizing<Vec<u8>>> = bytes.collect::<Option<Vec<u8>>>().map(Zeroizing::new);
    let possible = hex.filter(|share| (MIN_SHARE_BYTES..=MAX_SHARE_BYTES).contains(&share.len()));
    possible.or_else(|| STANDARD.decode(text).ok().map(Zeroizing::new))
}

/// A new term for the barrier key.
pub(super) async fn rotate(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    core.store.rotate(request.now).await?;
    Ok(Answer::empty())
}

pub(super) fn key_status(core: &Core) -> Answer {
    let status = core.store.keyring().status();
    Answer::merged(&json!({
        "encryptions": status.encryptions,
        "install_time": status.installed,
        "term": status.term,
    }))
}

const MIN_SHARE_BYTES: usize = 16;
const MAX_SHARE_BYTES: usize = 33;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_hexadecimal_or_base64() {
        assert_eq!(decode(&"0a".repeat(32)).unwrap().len(), 32);
        assert_eq!(decode(&STANDARD.encode([7; 33])).unwrap().len(), 33);
        assert!(decode("aa").is_none());
        assert_eq!(decode("aabb").unwrap().len(), 3);
        assert!(decode("äöü").is_none());
    }
}
