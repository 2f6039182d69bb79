use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::key::VerifyingKey;

/// The public keys in a PEM text, if there is one at all.
pub(super) fn keys(text: &str) -> Option<Vec<VerifyingKey>> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, body) = begun.split_once("-----")?;
        let (body, after) = body.split_once("-----END ")?;
        rest = after;
        if matches!(label, "PUBLIC KEY" | "RSA PUBLIC KEY") {
            let der = STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()?;
            keys.push(VerifyingKey::der(&der)?);
        }
    }
    if keys.is_empty() { None } else { Some(keys) }
}
