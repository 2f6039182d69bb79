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

#[derive(Deserialize)]
struct NotFound {
    errors: Option<Vec<String>>,
    request_id: Option<String>,
}

/// The vault's own words in an answer; `None` where the answer is not a vault's.
pub(super) fn words(answer: &Answer) -> Option<Vec<String>> {
    let Errors { mut errors, warnings } = serde_json::from_slice(&answer.body).ok()?;
    errors.extend(warnings.unwrap_or_default());
    Some(errors)
}

/// Whether the vault itself says that nothing is there: its 404 has `errors`, or the frame of every answer where a version is gone.
/// Whoever stands in its place has a page or a JSON of their own.
///
/// # Errors
/// When a 404 is not a vault's.
pub(super) fn is_nothing(answer: &Answer) -> Result<bool, Error> {
    if answer.status != 404 {
        return Ok(false);
    }
    match serde_json::from_slice(&answer.body) {
        Ok(NotFound { errors: None, request_id: None }) | Err(_) => Err(not_a_vault(answer)),
        Ok(NotFound { errors, .. }) => {
            Ok(!errors.unwrap_or_default().iter().any(|text| text == NO_NAMESPACE))
        }
    }
}

/// The vault's words where the namespace is not there, whatever is asked.
pub(super) const NO_NAMESPACE: &str = "namespace not found";

/// The vault's own words in one line; `None` where the answer is not a vault's. Only for requests that held no secret.
pub fn said(answer: &Answer) -> Option<String> {
    Some(one_line(&words(answer)?, &[]))
}

/// The body, as what the request asks for.
pub(super) fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|_| not_a_vault(answer))
}

/// The error for an answer that no vault gives: a web page, a proxy's login, nothing.
pub(super) fn not_a_vault(answer: &Answer) -> Error {
    let elsewhere = answer.location.as_deref().and_then(|location| url::Url::parse(location).ok());
    Error::NotAVault {
        status: answer.status,
        content_type: plain(&answer.content_type),
        elsewhere: elsewhere.map(|url| url.origin().ascii_serialization()),
    }
}

/// The vault's errors as one line; Go's multi-line form is folded. What stands between us and the vault may echo what we
/// sent: `secrets` are not repeated.
pub(super) fn one_line(words: &[String], secrets: &[&str]) -> String {
    let folded: Vec<String> =
        words.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let mut text = folded.join("; ");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "[MASKED]");
    }
    match plain(&text) {
        text if text.is_empty() => "no reason given".to_owned(),
        text => text,
    }
}

/// A foreign text for a person's terminal: no control characters, and no longer than anybody reads.
pub(super) fn plain(text: &str) -> String {
    const LONGEST: usize = 500;
    text.chars().filter(|each| !each.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_echoes_is_neither_a_secret_nor_a_command_to_the_terminal() {
        let words = ["bad \u{1b}[31mrequest: eyJ.made.up\u{7}".to_owned(), "x".repeat(2_000)];
        let said = one_line(&words, &["eyJ.made.up"]);
        assert!(said.starts_with("bad [31mrequest: [MASKED]; xxx") && said.chars().count() == 500, "{said}");
        assert_eq!(
            one_line(&["1 error occurred:\n\t* permission denied\n\n".to_owned()], &[]),
            "1 error occurred: * permission denied"
        );
        assert_eq!(one_line(&[], &[]), "no reason given");
    }
}
