use std::collections::BTreeSet;
use std::fmt;

use zeroize::Zeroizing;

use super::form::Form;
use super::squeezed::is_break;
use super::{base64_forms, escaped};

/// Shorter than this, a value would be found by chance.
pub(super) const MIN_BYTES: usize = 8;

/// All the ways in which one secret may be written:
///  - as it is; of several lines, each that has eight bytes or more and is no `-----BEGIN …-----` too
///  - in base64, alone or within longer data, in both alphabets, with line breaks anywhere
///  - in the base64 of `user:secret`, as an `Authorization: Basic` header holds it
///  - URL-encoded, and escaped for JSON
#[derive(Clone)]
pub struct Forms {
    pub(super) forms: BTreeSet<Form>,
}

/// The value is too short to be told from ordinary text; whoever gives it to a build says that it is not masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value of fewer than eight bytes cannot be masked")]
pub struct TooShort;

impl Forms {
    /// The forms of `secret`, and of the Basic credentials that each of `users` makes with it. Line breaks around the
    /// secret are no part of it.
    ///
    /// # Errors
    /// When the secret has fewer than eight bytes, line breaks not counted.
    pub fn of(secret: &str, users: &[&str]) -> Result<Self, TooShort> {
        let secret = secret.trim_matches(['\n', '\r']);
        if secret.bytes().filter(|byte| !is_break(*byte)).count() < MIN_BYTES {
            return Err(TooShort);
        }
        let mut forms = BTreeSet::from([Form::exact(secret.as_bytes())]);
        if secret.contains('\n') {
            // A terminal writes each line break as two bytes.
            let unix = Zeroizing::new(secret.replace("\r\n", "\n"));
            let dos = Zeroizing::new(unix.replace('\n', "\r\n"));
            forms.extend([Form::exact(unix.as_bytes()), Form::exact(dos.as_bytes())]);
        }
        forms.extend(telling_lines(secret).map(|line| Form::exact(line.as_bytes())));
        forms.extend(base64_forms::aligned(secret.as_bytes()).map(Form::wrapped));
        forms.extend(users.iter().flat_map(|user| base64_forms::basic(user, secret)).map(Form::wrapped));
        forms.extend(escaped::url(secret).map(|form| Form::exact(form.as_bytes())));
        forms.extend(escaped::json(secret).map(|form| Form::exact(form.as_bytes())));
        Ok(Self { forms })
    }
}

/// The lines that would tell something by themselves, without the indent that a log may change.
fn telling_lines(secret: &str) -> impl Iterator<Item = &str> {
    secret
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| line.len() >= MIN_BYTES && !line.starts_with("-----"))
}

impl fmt::Debug for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forms").field("count", &self.forms.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Forms, TooShort};

    fn texts(secret: &str, users: &[&str]) -> Vec<String> {
        let forms = Forms::of(secret, users).unwrap().forms;
        forms.iter().map(|form| String::from_utf8(form.text().to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_token_has_few_forms() {
        let forms = texts("glpat-made-up-token-000001", &["gitlab-ci-token"]);
        assert_eq!(forms.len(), 5, "{forms:?}");
        for expected in [
            "glpat-made-up-token-000001",
            "Z2xwYXQtbWFkZS11cC10b2tlbi0wMDAwMD",
            "dscGF0LW1hZGUtdXAtdG9rZW4tMDAwMDAx",
            "nbHBhdC1tYWRlLXVwLXRva2VuLTAwMDAwM",
            "Z2l0bGFiLWNpLXRva2VuOmdscGF0LW1hZGUtdXAtdG9rZW4tMDAwMDAx",
        ] {
            assert!(forms.iter().any(|form| form.starts_with(expected)), "{expected} in {forms:?}");
        }
    }

    #[test]
    fn a_short_value_is_refused() {
        for short in ["", "1234567", "1234567\n", "12\n34\n567", "\r\n1234567\r\n"] {
            assert_eq!(Forms::of(short, &["git"]).unwrap_err(), TooShort);
        }
        assert!(Forms::of("12345678", &[]).is_ok());
    }

    #[test]
    fn the_lines_of_a_key_count_one_by_one() {
        let key = "-----BEGIN MADE UP KEY-----\nTWFkZVVwS2V5TGluZTE\n  bGluZTIx\nc2hvcnQ\n-----END MADE UP KEY-----\n";
        let forms = texts(key, &[]);
        for line in ["TWFkZVVwS2V5TGluZTE", "bGluZTIx"] {
            assert!(forms.iter().any(|form| form == line), "{line}");
        }
        for line in ["-----BEGIN MADE UP KEY-----", "c2hvcnQ", "-----END MADE UP KEY-----"] {
            assert!(!forms.iter().any(|form| form == line), "{line}");
        }
    }

    #[test]
    fn debug_tells_nothing() {
        let shown = format!("{:?}", Forms::of("glpat-made-up-token-000001", &["git"]).unwrap());
        assert_eq!(shown, "Forms { count: 5, .. }");
    }
}
