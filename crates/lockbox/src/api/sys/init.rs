use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::typed::typed;
use crate::{
    api::{failure::Failure, vault::Vault},
    exchange::{Answer, Fields},
    random,
    seal::Split,
};

pub(super) fn read(vault: &Vault) -> Result<Answer, Failure> {
    Ok(Answer::bare(&json!({ "initialized": vault.disk().header()?.is_some() })))
}

/// The keys and the root token, which are told here once and kept nowhere.
pub(super) async fn initialise(vault: &Vault, fields: &Fields) -> Result<Answer, Failure> {
    let integer = |name: &str| -> Result<i64, Failure> {
        let place = format!("InitRequest.{name}");
        Ok(typed(fields, name, &place, "int")?.and_then(Value::as_i64).unwrap_or_default())
    };
    let (shares, threshold) = (integer("secret_shares")?, integer("secret_threshold")?);
    let split = Split::new(shares, threshold).map_err(Failure::Split)?;
    for (field, keys) in [("pgp_keys", shares), ("root_token_pgp_key", 1)] {
        let given = fields.texts(field)?.unwrap_or_default();
        if !given.is_empty() && i64::try_from(given.len()) != Ok(keys) {
            return Err(Failure::PgpCount);
        }
        if !given.is_empty() {
            return Err(Failure::Pgp(field));
        }
    }
    let initialised = vault.initialise(split).await?;
    let shares = initialised.shares.iter();
    let hex: Vec<_> = shares.clone().map(|share| Zeroizing::new(random::hex(share))).collect();
    let base64: Vec<_> = shares.map(|share| Zeroizing::new(STANDARD.encode(share.as_slice()))).collect();
    Ok(Answer::bare(&json!({
        "keys": hex,
        "keys_base64": base64,
        "root_token": initialised.root_token,
    })))
}
