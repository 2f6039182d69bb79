use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// What a Git request offers to prove who it is.
pub(crate) enum Credential {
    /// No `Authorization` header.
    None,
    /// HTTP Basic; with a token as the password, GitLab accepts any user name.
    Basic {
        /// The user name.
        user: String,
        /// The password, or the access token in its place.
        password: String,
    },
    /// A header that Git over HTTP does not read.
    Other,
}

impl Credential {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Self::None;
        };
        value.to_str().ok().and_then(Self::basic).unwrap_or(Self::Other)
    }

    /// The word for the journal.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic { .. } => "basic",
            Self::Other => "other",
        }
    }

    fn basic(header: &str) -> Option<Self> {
        let (scheme, encoded) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        Some(Self::Basic { user: user.to_owned(), password: password.to_owned() })
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Credential {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, header.parse().unwrap());
        Credential::of(&headers)
    }

    #[test]
    fn a_password_may_hold_colons_and_is_not_shown() {
        let credential = of(&format!("basic {}", BASE64_STANDARD.encode("ci:made:up")));
        assert!(
            matches!(&credential, Credential::Basic { user, password } if user == "ci" && password == "made:up")
        );
        assert_eq!(format!("{credential:?}"), "basic");
    }

    #[test]
    fn what_is_not_basic_is_another_thing() {
        for header in ["Bearer abc", "Basic", "Basic !!!", "Basic YWJj"] {
            assert!(matches!(of(header), Credential::Other), "{header}");
        }
    }
}
