use std::str::FromStr;

use url::{Host, Url};

/// The URL of a repository that a credential may be sent to: https, or http on loopback, and never with userinfo.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteUrl(Url);

/// Why a text is no such URL; the text is kept without its userinfo.
#[derive(Debug, thiserror::Error)]
#[error("`{url}` is not a repository's URL: {reason}")]
pub struct BadRemoteUrl {
    url: String,
    reason: &'static str,
}

impl RemoteUrl {
    /// The URL, with dot segments resolved.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl BadRemoteUrl {
    /// The text, without userinfo.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What is wrong with it.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl FromStr for RemoteUrl {
    type Err = BadRemoteUrl;

    fn from_str(text: &str) -> Result<Self, BadRemoteUrl> {
        let Ok(mut url) = Url::parse(text) else {
            let without_userinfo = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
            return Err(BadRemoteUrl { url: without_userinfo.to_owned(), reason: "it is not a URL" });
        };
        let has_userinfo = !url.username().is_empty() || url.password().is_some();
        // Both can fail only for URLs without a host, which are refused below.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        let refused = |reason| Err(BadRemoteUrl { url: url.to_string(), reason });
        if has_userinfo {
            return refused("a credential does not belong in a URL");
        }
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return refused("it has no host"),
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if loopback => Ok(Self(url)),
            "http" => refused("plain http shows the credential to everyone on the way"),
            _ => refused("only https takes a token"),
        }
    }
}
