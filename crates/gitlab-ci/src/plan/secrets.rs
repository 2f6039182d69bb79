use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::job::{Provider, Secret};
use super::spot::{Spot, boolean};
use super::vault;
use crate::invalid::Invalid;
use crate::yaml::Place;

const PROVIDERS: [&str; 6] = [
    "vault",
    "azure_key_vault",
    "gcp_secret_manager",
    "akeyless",
    "gitlab_secrets_manager",
    "aws_secrets_manager",
];

/// The secrets of a job; `tokens` are the names of its ID tokens.
///
/// # Errors
/// Where GitLab would refuse one.
pub(super) fn secrets(job: &Spot<'_, '_>, tokens: &[&Arc<str>]) -> Result<Vec<Secret>, Invalid> {
    let Some(spot) = job.key("secrets") else { return Ok(Vec::new()) };
    spot.entries()?
        .map(|(entry, secret)| one(&entry.key, entry.place, &secret, tokens))
        .collect::<Result<Vec<_>, _>>()
        .map(|secrets| {
            let around = |mut secret: Secret| {
                secret.content = secret.content.beneath(spot.value.via.as_ref());
                secret
            };
            secrets.into_iter().map(around).collect()
        })
}

fn one(name: &Arc<str>, place: Place, spot: &Spot<'_, '_>, tokens: &[&Arc<str>]) -> Result<Secret, Invalid> {
    spot.allow_keys(&[&PROVIDERS, &["file", "token"]])?;
    let mapping = spot.hash()?;
    let mut named = PROVIDERS.iter().filter(|provider| mapping.value(provider).is_some());
    let (Some(provider), None) = (named.next(), named.next()) else {
        return Err(
            spot.invalid(&format!("config must use exactly one of these keys: {}", PROVIDERS.join(", ")))
        );
    };
    let provider = match (*provider, mapping.value(provider)) {
        ("vault", Some(value)) => Provider::Vault(vault::secret(&spot.below("vault", value))?),
        (other, _) => Provider::Other(other.into()),
    };
    let file = match spot.key("file") {
        Some(file) => boolean(file.value).ok_or_else(|| file.invalid("config should be a boolean value"))?,
        None => true,
    };
    let token = match spot.key("token") {
        Some(token) => {
            let text = token.value.node.text().ok_or_else(|| token.attribute("should be a string"))?;
            Some((Arc::from(text), token.place()))
        }
        None => None,
    };
    if token.is_none() && matches!(&provider, Provider::Other(other) if &**other == "gcp_secret_manager") {
        return Err(spot.invalid("token is required with gcp secrets manager"));
    }
    let logs_in_with = match &token {
        Some((written, _)) => {
            variable(written).and_then(|name| tokens.iter().find(|token| ****token == *name))
        }
        None => tokens.first(),
    };
    let logs_in_with = logs_in_with.map(|name| Arc::clone(name));
    Ok(Secret { name: name.clone(), place, content: spot.value.clone(), provider, file, token, logs_in_with })
}

/// The variable that a text is, where it is nothing else.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let inside = name.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    Some(inside.unwrap_or(name))
}
