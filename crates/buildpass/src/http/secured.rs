use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::Error;

/// A URL that a secret may be sent to: https, or plain http on this machine; never with userinfo or a fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secured(Url);

/// Whether plain http may leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// To loopback alone.
    LoopbackOnly,
    /// Anywhere: the user said that the way is safe.
    Anywhere,
}

impl Secured {
    /// Proves a URL; plain http goes to loopback alone.
    ///
    /// # Errors
    /// What is wrong with it; userinfo is not repeated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_allowing(text, PlainHttp::LoopbackOnly)
    }

    /// Proves a URL.
    ///
    /// # Errors
    /// What is wrong with it; userinfo is not repeated.
    pub fn parse_allowing(text: &str, plain: PlainHttp) -> Result<Self, Error> {
        let Ok(mut url) = Url::parse(text) else {
            let without_userinfo = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
            return Err(Error::Url { url: without_userinfo.to_owned(), reason: "it is not a URL" });
        };
        let had_userinfo = !url.username().is_empty() || url.password().is_some();
        if had_userinfo && url.set_username("").is_ok() && url.set_password(None).is_ok() {
            return Err(Error::Url { url: url.into(), reason: "a credential does not belong in a URL" });
        }
        let refused = |reason| Err(Error::Url { url: text.to_owned(), reason });
        match url.scheme() {
            "https" => {}
            "http" if plain == PlainHttp::Anywhere || is_loopback(&url) => {}
            "http" => return Err(Error::PlainHttp(text.to_owned())),
            _ => return refused("it is neither https nor http"),
        }
        if !url.has_host() || url.fragment().is_some() {
            return refused("it has no host, or a fragment");
        }
        Ok(Self(url))
    }

    /// The URL.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Scheme, host and port, as text.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Adds a pair to the query.
    pub fn append_query(&mut self, name: &str, value: &str) {
        self.0.query_pairs_mut().append_pair(name, value);
    }
}

impl TryFrom<String> for Secured {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        // Only a proven URL is ever written out, so that plain http has been judged already.
        Self::parse_allowing(&text, PlainHttp::Anywhere)
    }
}

impl From<Secured> for String {
    fn from(url: Secured) -> Self {
        url.0.into()
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Secured::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn https_goes_anywhere_and_plain_http_to_loopback() {
        for good in [
            "https://v.example",
            "https://v.example:8200/",
            "http://127.0.0.1:8200",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert!(Secured::parse(good).is_ok(), "{good}");
        }
        assert!(refused("http://v.example").contains("plain http to another machine"));
        assert!(Secured::parse_allowing("http://v.example", PlainHttp::Anywhere).is_ok());
    }

    #[test]
    fn what_is_no_address_is_said() {
        assert_eq!(refused("vault.example"), "`vault.example` cannot be used: it is not a URL");
        assert_eq!(
            refused("ftp://v.example"),
            "`ftp://v.example` cannot be used: it is neither https nor http"
        );
    }

    #[test]
    fn userinfo_is_refused_and_not_repeated() {
        let said = refused("https://me:made-up-password@v.example");
        assert!(
            said.contains("a credential does not belong in a URL") && !said.contains("made-up-password"),
            "{said}"
        );
    }
}
