use std::str::FromStr;

use url::Url;

use crate::http::{self, Secured};

/// The URL of a repository that a credential may be sent to: https, or http on loopback, and never with userinfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteUrl(Secured);

/// Why a text is no such URL; userinfo is not repeated.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadRemoteUrl(#[from] http::Error);

impl RemoteUrl {
    /// The URL, with dot segments resolved.
    pub fn as_url(&self) -> &Url {
        self.0.as_url()
    }
}

impl FromStr for RemoteUrl {
    type Err = BadRemoteUrl;

    fn from_str(text: &str) -> Result<Self, BadRemoteUrl> {
        Ok(Self(Secured::parse(text)?))
    }
}
