use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::http::{self, PlainHttp, Secured};

/// Where one node of the vault is reached: https, or http on loopback or where the user allowed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Secured);

impl Address {
    /// Proves an address.
    ///
    /// # Errors
    /// When it is no URL, not http(s), or plain http where that is not allowed.
    pub fn parse(text: &str, plain: PlainHttp) -> Result<Self, http::Error> {
        let address = Secured::parse_allowing(text.trim().trim_end_matches('/'), plain)?;
        if address.as_url().query().is_some() {
            return Err(http::Error::Url { url: text.to_owned(), reason: "a vault's address has no query" });
        }
        Ok(Self(address))
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.0.origin()
    }

    /// The address itself.
    pub fn as_url(&self) -> &Url {
        self.0.as_url()
    }

    /// The URL of an API path below `/v1/`; every segment is escaped.
    pub fn api(&self, path: &str) -> Url {
        let mut url = self.0.as_url().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path.split('/'));
        }
        url
    }

    /// Whether a URL that the vault named lies on this node.
    pub(super) fn serves(&self, location: &Url) -> bool {
        self.0.as_url().origin() == location.origin()
    }
}

impl TryFrom<String> for Address {
    type Error = http::Error;

    fn try_from(text: String) -> Result<Self, http::Error> {
        // Only a proven address is ever written out, so that plain http has been judged already.
        Self::parse(&text, PlainHttp::Anywhere)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_url().as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_paths_are_escaped_segment_by_segment() {
        let address = Address::parse("https://v.example/vault/", PlainHttp::LoopbackOnly).unwrap();
        assert_eq!(address.api("ci/data/a b/c?d").as_str(), "https://v.example/vault/v1/ci/data/a%20b/c%3Fd");
        assert_eq!(address.to_string(), "https://v.example/vault");
    }

    #[test]
    fn the_default_port_is_no_other_address() {
        let address = Address::parse("https://v.example", PlainHttp::LoopbackOnly).unwrap();
        assert!(address.serves(&"https://v.example:443/v1/x".parse().unwrap()));
        assert!(!address.serves(&"https://v.example:8200/v1/x".parse().unwrap()));
        assert!(!address.serves(&"http://v.example/v1/x".parse().unwrap()));
    }
}
