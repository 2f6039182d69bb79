use serde::{Deserialize, de::DeserializeOwned};

use super::Error;
use crate::http::Answer;

#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<String>,
    #[serde(default)]
    warnings: Option<Vec<String>>,
}

/// The vault's own words in an answer; `None` where the answer is not a vault's.
pub(super) fn words(answer: &Answer) -> Option<Vec<String>> {
    let Errors { mut errors, warnings } = serde_json::from_slice(&answer.body).ok()?;
    errors.extend(warnings.unwrap_or_default());
    Some(errors)
}

/// The body, as what the request asks for.
pub(super) fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|_| not_a_vault(answer))
}

/// The error for an answer that no vault gives: a web page, a proxy's login, nothing.
pub(super) fn not_a_vault(answer: &Answer) -> Error {
    Error::NotAVault { status: answer.status, content_type: answer.content_type.clone() }
}

/// The vault's errors as one line; Go's multi-line form is folded.
pub(super) fn one_line(words: &[String]) -> String {
    let folded: Vec<String> =
        words.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    match folded.join("; ") {
        text if text.is_empty() => "no reason given".to_owned(),
        text => text,
    }
}
