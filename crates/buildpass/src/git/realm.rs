use std::{fmt, str::FromStr};

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::{BadRemoteUrl, RemoteUrl};

/// Scheme, host, port and path prefix that one credential is for; it goes nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Realm(RemoteUrl);

/// Why a text is no realm.
#[derive(Debug, thiserror::Error)]
pub enum BadRealm {
    /// It is no URL that a credential may be sent to.
    #[error(transparent)]
    Url(#[from] BadRemoteUrl),
    /// It is one, and does not name a place.
    #[error("`{url}` is not a realm: {reason}")]
    NoPlace {
        /// The text.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Whether a URL lies in a realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Same scheme, host and port, and below the path prefix.
    Inside,
    /// Elsewhere.
    Outside,
}

impl Realm {
    /// Judges a URL, as the helper will judge the request that git makes of it. The prefix ends at a segment: `/group` covers `/group/x` and
    /// not `/group-evil`.
    pub fn judge(&self, url: &RemoteUrl) -> Reach {
        let (ours, theirs) = (self.0.as_url(), url.as_url());
        let same_place = ours.origin() == theirs.origin();
        let one_less = |path: &'_ str| path.strip_suffix('/').unwrap_or(path).to_owned();
        let is_below =
            |rest: &str| percent_decode_str(&one_less(rest)).decode_utf8().is_ok_and(|rest| stays(&rest));
        let whole = one_less(theirs.path()) == one_less(ours.path());
        let inside = whole || theirs.path().strip_prefix(ours.path()).is_some_and(is_below);
        if same_place && inside && theirs.query().is_none() { Reach::Inside } else { Reach::Outside }
    }

    /// Judges a request as git describes it: decoded, and sent as it stands. Nothing is parsed or mended, since what a parser
    /// of URLs takes for ours, git may send elsewhere.
    pub fn judge_request(&self, protocol: &str, host: &str, path: &str) -> Reach {
        let url = self.0.as_url();
        let mut names = vec![url.authority().to_owned()];
        names.extend(url.port().is_none().then(|| format!("{}:{}", url.authority(), self.port())));
        let same_place = protocol == url.scheme() && names.iter().any(|name| host.eq_ignore_ascii_case(name));
        let prefix = url.path().trim_start_matches('/');
        let path = path.strip_suffix('/').unwrap_or(path);
        // A realm may be one repository, whose own path has no slash at its end.
        let whole = !path.is_empty() && Some(path) == prefix.strip_suffix('/');
        let below = whole || path.strip_prefix(prefix).is_some_and(stays);
        if same_place && below { Reach::Inside } else { Reach::Outside }
    }

    /// Whether all of `self` lies in `other`.
    pub fn lies_in(&self, other: &Self) -> bool {
        other.judge(&self.0) == Reach::Inside
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        self.0.as_url().host_str().unwrap_or_default()
    }

    /// The port, the scheme's own where none is written.
    pub fn port(&self) -> u16 {
        self.0.as_url().port_or_known_default().unwrap_or_default()
    }

    /// The realm as git's configuration writes it, with a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_url().as_str()
    }
}

/// Whether a decoded path stays below the prefix that it stands behind, whoever reads it.
fn stays(rest: &str) -> bool {
    let odd = |each: char| each.is_control() || "\\%?#".contains(each);
    !rest.contains(odd) && rest.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

impl FromStr for Realm {
    type Err = BadRealm;

    fn from_str(text: &str) -> Result<Self, BadRealm> {
        let refused = |reason| BadRealm::NoPlace { url: text.to_owned(), reason };
        let with_slash = if text.ends_with('/') { text.to_owned() } else { format!("{text}/") };
        let url: RemoteUrl = with_slash.parse()?;
        if url.as_url().query().is_some() {
            return Err(refused("it has a query"));
        }
        if url.as_url().path().contains('%') || url.as_url().path().contains("//") {
            return Err(refused("its path has an escaped character or an empty segment"));
        }
        Ok(Self(url))
    }
}

impl TryFrom<String> for Realm {
    type Error = BadRealm;

    fn try_from(text: String) -> Result<Self, BadRealm> {
        text.parse()
    }
}

impl From<Realm> for String {
    fn from(realm: Realm) -> Self {
        realm.as_str().to_owned()
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(realm: &str, url: &str) -> Reach {
        realm.parse::<Realm>().unwrap().judge(&url.parse().unwrap())
    }

    #[test]
    fn a_realm_covers_what_lies_below_it() {
        for url in [
            "https://gitlab.com/gitlab-org/security/x.git",
            "https://gitlab.com:443/gitlab-org/security/a/b.git/info/refs",
            "https://gitlab.com/gitlab-org/security",
            "https://gitlab.com/gitlab-org/security/",
            "https://gitlab.com/gitlab-org/security/x.git/",
            "https://gitlab.com/gitlab-org/security/a%20b.git",
        ] {
            assert_eq!(reach("https://gitlab.com/gitlab-org/security/", url), Reach::Inside, "{url}");
            assert_eq!(reach("https://gitlab.com/gitlab-org/security", url), Reach::Inside, "{url}");
        }
    }

    #[test]
    fn everything_else_lies_outside() {
        for url in [
            "https://gitlab.com/gitlab-org/security-evil/x.git",
            "https://gitlab.com/gitlab-org/security.git",
            "https://gitlab.com/gitlab-org/security/../evil.git",
            "https://gitlab.com/gitlab-org/security/%2e%2e/evil.git",
            "https://gitlab.com/gitlab-org%2Fsecurity/x.git",
            "https://gitlab.com/GitLab-org/security/x.git",
            "https://gitlab.com:8443/gitlab-org/security/x.git",
            "https://gitlab.com.evil.example/gitlab-org/security/x.git",
            "https://evil.example/gitlab-org/security/x.git",
            "https://gitlab.com/gitlab-org/security//x.git",
            "https://gitlab.com/gitlab-org/security/a//x.git",
            "https://gitlab.com/gitlab-org/security/..%2fevil/x.git",
            "https://gitlab.com/gitlab-org/security/%5cx.git",
            "https://gitlab.com/gitlab-org/security//",
            "https://gitlab.com/gitlab-org/security/x.git//",
            "https://gitlab.com/gitlab-org/security/x.git?a",
        ] {
            assert_eq!(reach("https://gitlab.com/gitlab-org/security/", url), Reach::Outside, "{url}");
        }
    }

    #[test]
    fn a_whole_server_is_a_realm() {
        assert_eq!(reach("https://gitlab.com/", "https://gitlab.com/x.git"), Reach::Inside);
        let whole: Realm = "https://gitlab.com".parse().unwrap();
        assert!(whole.lies_in(&whole) && !whole.lies_in(&"https://gitlab.com/g".parse().unwrap()));
        assert!(
            "https://gitlab.com/g/h"
                .parse::<Realm>()
                .unwrap()
                .lies_in(&"https://gitlab.com/g".parse().unwrap())
        );
    }

    #[test]
    fn a_realm_holds_no_credential_and_no_plain_http() {
        assert!("https://u:made-up@gitlab.com/g".parse::<Realm>().is_err());
        assert!("http://gitlab.com/g".parse::<Realm>().is_err());
        assert!("http://127.0.0.1:8080/g".parse::<Realm>().is_ok());
        assert!("ssh://git@gitlab.com/g".parse::<Realm>().is_err());
    }

    proptest::proptest! {
        #[test]
        fn only_the_same_origin_is_ever_inside(url in "https?://[a-z.]{1,9}(:[0-9]{1,4})?/[a-z%2ef./]{0,20}") {
            let realm: Realm = "https://gitlab.com/g/".parse().unwrap();
            if let Ok(url) = url.parse::<RemoteUrl>() && realm.judge(&url) == Reach::Inside {
                proptest::prop_assert_eq!(url.as_url().origin().ascii_serialization(), "https://gitlab.com");
                proptest::prop_assert!(url.as_url().path().starts_with("/g/"));
            }
        }
    }
}
