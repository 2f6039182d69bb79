use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::key::VerifyingKey;

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<PublishedKey>,
}

#[derive(Deserialize)]
struct PublishedKey {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

/// The keys of a set that can verify a signature; the others are for somebody else.
///
/// # Errors
/// When the text is no key set at all.
pub(super) fn parse(text: &[u8]) -> Result<Vec<VerifyingKey>, serde_json::Error> {
    let set: KeySet = serde_json::from_slice(text)?;
    Ok(set.keys.into_iter().filter_map(key).collect())
}

fn key(published: PublishedKey) -> Option<VerifyingKey> {
    if published.purpose.is_some_and(|purpose| purpose == "enc") {
        return None;
    }
    let number = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let id = published.kid.filter(|id| !id.is_empty());
    match published.kty.as_str() {
        "RSA" => VerifyingKey::rsa(id, &number(&published.n)?, &number(&published.e)?),
        "EC" => VerifyingKey::elliptic(id, &published.crv, &number(&published.x)?, &number(&published.y)?),
        "OKP" if published.crv == "Ed25519" => VerifyingKey::edwards(id, &number(&published.x)?),
        _ => None,
    }
}
