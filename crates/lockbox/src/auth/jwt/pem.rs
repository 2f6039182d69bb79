use base64::{Engine as _, engine::general_purpose::STANDARD};
use thiserror::Error;

use super::{key::VerifyingKey, x509};

/// Why a text holds no public key.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum PemError {
    #[error("data does not contain any valid public keys")]
    None,
    #[error("unexpected trailing data after parsed PEM block")]
    Trailing,
    #[error("x509: malformed certificate")]
    Malformed,
}

/// The public key in a PEM text, or the one of the certificate in it; what the block is called does not count.
///
/// # Errors
/// When there is none.
pub(super) fn key(text: &str) -> Result<VerifyingKey, PemError> {
    let (der, rest) = block(text).ok_or(PemError::None)?;
    if !rest.trim().is_empty() {
        return Err(PemError::Trailing);
    }
    let of_certificate = || x509::public_key(&der).and_then(VerifyingKey::der);
    VerifyingKey::der(&der).or_else(of_certificate).ok_or(PemError::Malformed)
}

/// The first block, and what follows it.
fn block(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut rest = text;
    loop {
        let begin = rest.find(BEGIN).filter(|at| *at == 0 || rest[..*at].ends_with('\n'));
        let Some(begin) = begin else {
            let (_, after) = rest.split_once(BEGIN)?;
            rest = after;
            continue;
        };
        rest = &rest[begin + BEGIN.len()..];
        if let Some(found) = body(rest) {
            return Some(found);
        }
    }
}

fn body(begun: &str) -> Option<(Vec<u8>, &str)> {
    let (line, body) = begun.split_once('\n')?;
    let label = line.trim_end().strip_suffix("-----")?;
    let end = format!("-----END {label}-----");
    let at = body.find(&end).filter(|at| *at == 0 || body[..*at].ends_with('\n'))?;
    let (inside, after) = (&body[..at], &body[at + end.len()..]);
    let (line, after) = after.split_once('\n').unwrap_or((after, ""));
    if !line.trim().is_empty() {
        return None;
    }
    let base64: String = inside.lines().filter(|line| !line.contains(": ")).map(str::trim).collect();
    Some((STANDARD.decode(base64).ok()?, after))
}

const BEGIN: &str = "-----BEGIN ";

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    fn pem(label: &str) -> String {
        format!("-----BEGIN {label}-----\n{KEY}\n-----END {label}-----\n")
    }

    #[test]
    fn a_key_is_found_whatever_it_is_called() {
        for text in [
            pem("PUBLIC KEY"),
            pem("CERTIFICATE"),
            format!("text before\n{}", pem("PUBLIC KEY")),
            pem("PUBLIC KEY").replace('\n', "\r\n"),
        ] {
            assert!(key(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_holds_no_key_is_refused_in_gos_words() {
        for (text, expected) in [
            (String::new(), PemError::None),
            ("x".to_owned(), PemError::None),
            (pem("PUBLIC KEY").replace('\n', ""), PemError::None),
            (pem("PUBLIC KEY").replace("END", "ENDE"), PemError::None),
            (pem("PUBLIC KEY").repeat(2), PemError::Trailing),
            (pem("PUBLIC KEY").replace(KEY, ""), PemError::Malformed),
            (pem("PUBLIC KEY").replace(KEY, "AAAA"), PemError::Malformed),
        ] {
            assert_eq!(key(&text).err(), Some(expected), "{text}");
        }
    }
}
