use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::{
    git::{RemoteUrl, Username},
    secret::BuildToken,
};

/// Where a source lies, without any credential, as git takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    text: String,
    remote: Remote,
}

/// What a location is to a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Remote {
    /// A credential may go there.
    Secured(RemoteUrl),
    /// Plain http to another machine: nothing secret goes there.
    Plain,
    /// ssh has keys, and a folder needs none.
    WithoutTokens,
}

/// A credential that stood in a URL.
#[derive(Debug)]
pub struct OwnCredential {
    /// The user name.
    pub username: Username,
    /// The password.
    pub password: BuildToken,
}

/// A text that is no place of a repository.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is no URL of a repository: {reason}")]
pub struct BadLocation {
    text: String,
    reason: &'static str,
}

impl Location {
    /// Reads a URL, and parts the credential from it that may stand in it.
    ///
    /// # Errors
    /// What is wrong with it; a credential is not repeated.
    pub fn read(text: &str) -> Result<(Self, Option<OwnCredential>), BadLocation> {
        let bad = |reason| BadLocation { text: without_userinfo(text), reason };
        if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
            return Err(bad("it is empty, an option, or has control characters"));
        }
        let without_tokens = |text: &str| Self { text: text.to_owned(), remote: Remote::WithoutTokens };
        let Some((scheme, _)) = text.split_once("://") else {
            return match text.split_once(':') {
                _ if text.starts_with('/') => Ok((without_tokens(text), None)),
                // git's `host:path`; `ext::…` would start a program.
                Some((host, path)) if !host.is_empty() && !host.contains('/') && !path.starts_with(':') => {
                    Ok((without_tokens(text), None))
                }
                _ => Err(bad("it is neither https://host/path nor host:path")),
            };
        };
        let mut url = Url::parse(text).map_err(|_| bad("it cannot be read"))?;
        match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => {}
            "ssh" => {
                let _ = url.set_password(None);
                return Ok((without_tokens(url.as_str()), None));
            }
            "git" | "file" => return Ok((without_tokens(&without_userinfo(text)), None)),
            _ => return Err(bad("git is not asked to fetch over this protocol")),
        }
        let own = own_credential(&url);
        let had_userinfo = !url.username().is_empty() || url.password().is_some();
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        let remote = url.as_str().parse().map_or(Remote::Plain, Remote::Secured);
        // As it was written, where that can be: what people search for is what they wrote.
        let text = if had_userinfo { without_userinfo(text) } else { text.to_owned() };
        Ok((Self { text, remote }, own))
    }

    /// For git.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same, where a credential may go.
    pub fn secured(&self) -> Option<&RemoteUrl> {
        match &self.remote {
            Remote::Secured(url) => Some(url),
            Remote::Plain | Remote::WithoutTokens => None,
        }
    }

    /// Whether it is reached over HTTP, where a server may ask for a token.
    pub fn takes_tokens(&self) -> bool {
        self.remote != Remote::WithoutTokens
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn own_credential(url: &Url) -> Option<OwnCredential> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
    let password = decoded(url.password()?)?;
    let username = decoded(url.username())?.parse().unwrap_or_default();
    Some(OwnCredential { username, password: BuildToken::new(password) })
}

/// The text without what stands between `//` and the last `@` of the host.
fn without_userinfo(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_in_a_url_is_parted_from_it() {
        let (location, own) = Location::read("https://me:made%2Dup@gitlab.example/g/x.git").unwrap();
        assert_eq!(location.as_str(), "https://gitlab.example/g/x.git");
        let own = own.unwrap();
        assert_eq!((own.username.as_str(), own.password.expose()), ("me", "made-up"));
        let (location, own) = Location::read("https://me@gitlab.example/g/x.git").unwrap();
        assert_eq!((location.as_str(), own.is_none()), ("https://gitlab.example/g/x.git", true));
    }

    #[test]
    fn where_no_token_goes_is_known() {
        for (url, text, takes, secured) in [
            ("https://gitlab.example/g/x.git", "https://gitlab.example/g/x.git", true, true),
            ("http://127.0.0.1:1/g/x.git", "http://127.0.0.1:1/g/x.git", true, true),
            ("http://gitlab.example/g/x.git", "http://gitlab.example/g/x.git", true, false),
            ("git@gitlab.example:g/x.git", "git@gitlab.example:g/x.git", false, false),
            ("ssh://git:made-up@gitlab.example/g/x.git", "ssh://git@gitlab.example/g/x.git", false, false),
            ("file:///srv/x.git", "file:///srv/x.git", false, false),
            ("/srv/x.git", "/srv/x.git", false, false),
        ] {
            let (location, _) = Location::read(url).unwrap();
            let found = (location.as_str(), location.takes_tokens(), location.secured().is_some());
            assert_eq!(found, (text, takes, secured));
        }
    }

    #[test]
    fn what_is_no_repository_is_refused_without_its_credential() {
        for url in [
            "",
            "--upload-pack=x",
            "ext::sh -c x",
            "x",
            "../x",
            "fd://3",
            "https://me:made-up@/x",
            "https://a\nb/c",
            "ftp://me:made-up@h/x",
            "https://me:made-up@h x/y",
        ] {
            let said = Location::read(url).unwrap_err().to_string();
            assert!(!said.contains("made-up"), "{said}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_location_holds_a_password(password in "made-up-[a-z@:/?#]{0,12}", host in "[a-z.]{1,9}", scheme in "(https|http|ssh|git)") {
            let url = format!("{scheme}://me:{}@{host}/g/x.git", percent_encoding::utf8_percent_encode(&password, percent_encoding::NON_ALPHANUMERIC));
            match Location::read(&url) {
                Ok((location, _)) => proptest::prop_assert!(!location.as_str().contains("made"), "{location}"),
                Err(error) => proptest::prop_assert!(!error.to_string().contains("made"), "{error}"),
            }
        }
    }
}
