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
        let bad = |reason| BadLocation { text: without_any_credential(text), reason };
        if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
            return Err(bad("it is empty, an option, or has control characters"));
        }
        let without_tokens = |text: &str| Self { text: text.to_owned(), remote: Remote::WithoutTokens };
        let Some((scheme, _)) = text.split_once("://") else {
            return match text.split_once(':') {
                _ if text.starts_with('/') => Ok((without_tokens(text), None)),
                Some((host, _)) if SCHEMES.iter().any(|scheme| host.eq_ignore_ascii_case(scheme)) => {
                    Err(bad("`//` belongs behind its scheme"))
                }
                Some((_, path)) if path.contains('@') => {
                    Err(bad("host:path takes no password: ssh has keys"))
                }
                // git's `host:path`; `ext::…` would start a program.
                Some((host, path)) if !host.is_empty() && !host.contains('/') && !path.starts_with(':') => {
                    Ok((without_tokens(text), None))
                }
                _ => Err(bad("it is neither https://host/path nor host:path")),
            };
        };
        if has_cut_password(text) {
            return Err(bad(
                "in a password, `/`, `?`, `#`, `\\` and `@` are written as %2F, %3F, %23, %5C and %40",
            ));
        }
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

    /// Its scheme, as git understands it.
    pub fn transport(&self) -> &str {
        match self.text.split_once("://") {
            Some((scheme, _)) => scheme,
            None if self.text.starts_with('/') => "file",
            None => "ssh",
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

const SCHEMES: [&str; 6] = ["http", "https", "ssh", "git", "ftp", "file"];

fn own_credential(url: &Url) -> Option<OwnCredential> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
    let username = decoded(url.username())?;
    let Some(password) = url.password() else {
        // A token is often written as the user's name, without a password; servers take it as the password of anybody.
        let password = BuildToken::new(is_token(&username).then_some(username)?);
        return Some(OwnCredential { username: Username::default(), password });
    };
    let (username, password) = (username.parse().unwrap_or_default(), decoded(password)?);
    Some(OwnCredential { username, password: BuildToken::new(password) })
}

/// Whether a user name is rather a token.
fn is_token(name: &str) -> bool {
    let has_digit = name.contains(|each: char| each.is_ascii_digit());
    PREFIXES.iter().any(|prefix| name.contains(prefix))
        || (name.len() >= 16 && has_digit && !name.contains(['.', '+', '@']))
}

/// Of the tokens that GitLab gives people, groups and jobs, behind an instance's own prefix or not:
/// <https://docs.gitlab.com/security/tokens/#token-prefixes>
const PREFIXES: [&str; 3] = ["glpat-", "gldt-", "glcbt-"];

/// Whether a character that ends the host stands within a password, so that what follows it is taken for a path.
pub(crate) fn has_cut_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let with_port = authority.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    (with_port || authority.contains('@')) && path.contains('@')
}

/// For messages: the text without whatever may be a credential in it.
fn without_any_credential(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    match rest.rsplit_once('@') {
        Some((_, host)) if scheme.is_empty() => format!("…@{host}"),
        Some((_, host)) => format!("{scheme}://…@{host}"),
        None => text.to_owned(),
    }
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
    fn a_token_in_the_place_of_a_user_name_is_a_credential() {
        for text in [
            "glpat-made-up-0123456789",
            "glpat-made-up-0123456789:",
            "0123456789abcdef%2D",
            // One of thirty has no digit; those that say where they lead have dots.
            "glpat-made-up-and-no-digit",
            "glpat-made-up-and-made-longer.01.0w0123456",
        ] {
            let (location, own) = Location::read(&format!("https://{text}@gitlab.example/g/x.git")).unwrap();
            assert_eq!(location.as_str(), "https://gitlab.example/g/x.git");
            let own = own.unwrap();
            let token = text.trim_end_matches(':').replace("%2D", "-");
            assert_eq!((own.username.as_str(), own.password.expose()), ("gitlab-ci-token", token.as_str()));
        }
        for name in ["me", "me:", "gitlab-ci-token", "gitlab+deploy-token-1234", "somebody.1234@example"] {
            let url = format!("https://{}@gitlab.example/g/x.git", name.replace('@', "%40"));
            let (location, own) = Location::read(&url).unwrap();
            assert_eq!(
                (location.as_str(), own.is_none()),
                ("https://gitlab.example/g/x.git", true),
                "{name}"
            );
        }
    }

    #[test]
    fn a_password_that_makes_another_url_is_refused_and_not_repeated() {
        for url in [
            "https://me:made/up@h/x",
            "https://me:made?up@h/x",
            "https://me:made#up@h/x",
            "https://me:made\\up@h/x",
            "https://me:12/made-up@h/x",
            "https://me:/made-up@h/x",
            "https://me:ma@de/up@h/x",
            "https:/me:made-up@h/x",
            "https:me:made-up@h/x",
            "HTTPS:/made-up@h/x",
            "me:made-up@h:x",
            "made-up@h",
        ] {
            let said = Location::read(url).unwrap_err().to_string();
            assert!(!said.contains("made") && !said.contains("up") && said.contains("@h"), "{url}: {said}");
        }
        for url in
            ["https://h:8080/x.git", "https://h/@scope/x.git", "https://[::1]/@scope/x.git", "git@h:g/x.git"]
        {
            assert_eq!(Location::read(url).unwrap().0.as_str(), url);
        }
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
