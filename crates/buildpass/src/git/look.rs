use std::{collections::BTreeMap, io, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use gix_packetline::{
    PacketLineRef,
    blocking_io::encode::{data_to_write, delim_to_write, flush_to_write},
    decode::{self, Stream},
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

use super::{GitFailure, RemoteUrl, credential, is_object_name, is_ref_name};
use crate::http::{Answer, Client, Method, secret_header};

/// What a server says of some of its refs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteLook(BTreeMap<String, KnownRef>);

/// One ref of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownRef {
    /// What it names.
    pub object: String,
    /// The commit behind a tag of its own.
    pub peeled: Option<String>,
    /// The ref that it stands for.
    pub points_to: Option<String>,
}

/// What a quick question came to.
#[derive(Debug)]
pub enum Quick {
    /// The refs.
    Refs(RemoteLook),
    /// GitLab does not take the credential: git would only show it once more.
    Refused(GitFailure),
    /// Nothing that we understand: git shall ask.
    AskGit,
}

impl RemoteLook {
    /// A ref by its full name.
    pub fn reference(&self, name: &str) -> Option<&KnownRef> {
        self.0.get(name)
    }

    /// Reads what `git ls-remote --symref` prints.
    pub fn of_ls_remote(text: &str) -> Self {
        let mut look = Self::default();
        for (value, name) in text.lines().filter_map(|line| line.split_once('\t')) {
            match (value.strip_prefix("ref: "), name.strip_suffix("^{}")) {
                (Some(target), _) => look.entry(name).points_to = full_ref(target),
                (None, Some(name)) => look.entry(name).peeled = object(value),
                (None, None) => look.entry(name).object = object(value).unwrap_or_default(),
            }
        }
        look.0.retain(|_, known| !known.object.is_empty());
        look
    }

    /// Reads the answer to `ls-refs`: <https://git-scm.com/docs/protocol-v2#_ls_refs>.
    fn of_packet_lines(mut bytes: &[u8]) -> Option<Self> {
        let mut look = Self::default();
        loop {
            let Ok(Stream::Complete { line, bytes_consumed }) = decode::streaming(bytes) else { return None };
            bytes = &bytes[bytes_consumed..];
            let data = match line {
                PacketLineRef::Flush => return bytes.is_empty().then_some(look),
                PacketLineRef::Data(data) => std::str::from_utf8(data).ok()?.trim_end(),
                PacketLineRef::Delimiter | PacketLineRef::ResponseEnd => return None,
            };
            let mut words = data.split(' ');
            let (named, name) = (object(words.next()?)?, words.next()?);
            let known = look.entry(name);
            known.object = named;
            for word in words {
                match word.split_once(':') {
                    Some(("symref-target", target)) => known.points_to = Some(full_ref(target)?),
                    Some(("peeled", peeled)) => known.peeled = Some(object(peeled)?),
                    _ => {}
                }
            }
        }
    }

    fn entry(&mut self, name: &str) -> &mut KnownRef {
        self.0.entry(name.to_owned()).or_default()
    }
}

/// A server's word for an object becomes an argument and a line of ours.
fn object(text: &str) -> Option<String> {
    is_object_name(text).then(|| text.to_owned())
}

/// A server's word for a ref becomes a path of ours.
fn full_ref(text: &str) -> Option<String> {
    (text.starts_with("refs/") && is_ref_name(text)).then(|| text.to_owned())
}

/// Asks a server what these refs name, in one request on a connection that others use too: git would start three processes and make a
/// connection for each. Whatever is not plainly an answer is left to git. The credential is that of the helper's sockets.
pub async fn ask_quickly(
    client: &Client,
    url: &RemoteUrl,
    refs: &[String],
    sockets: Option<&str>,
    patience: Duration,
) -> Quick {
    let mut headers = HeaderMap::new();
    let fixed = [("content-type", REQUEST), ("accept", RESULT), ("git-protocol", "version=2")];
    headers
        .extend(fixed.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))));
    if let Some(sockets) = sockets {
        let Some(authorization) = authorization(url.as_url(), sockets).await else { return Quick::AskGit };
        headers.extend(authorization);
    }
    let (Ok(body), Ok(target)) = (question(refs), service(url.as_url())) else { return Quick::AskGit };
    match client.send(Method::Post, target, headers, Some(Zeroizing::new(body)), patience).await {
        Ok(Answer { status: 200, content_type, body, .. }) if content_type == RESULT => {
            RemoteLook::of_packet_lines(&body).map_or(Quick::AskGit, Quick::Refs)
        }
        Ok(answer) if sockets.is_some() => refusal(url, &answer).map_or(Quick::AskGit, Quick::Refused),
        _ => Quick::AskGit,
    }
}

/// GitLab's word on a credential that it does not take, as git reports it. Another server's 401 can ask for another way to say who one
/// is, and its 403 and 404 can be about this question alone: git finds out.
fn refusal(url: &RemoteUrl, answer: &Answer) -> Option<GitFailure> {
    if answer.status != 401 || answer.body.len() > MAX_WORDS_BYTES {
        return None;
    }
    let place = url.as_url().as_str().trim_end_matches('/');
    let words = String::from_utf8_lossy(&answer.body);
    let said: String = words.lines().map(|line| format!("remote: {line}\n")).collect();
    GitFailure::of_refused_token(format!("{said}fatal: Authentication failed for '{place}/'"))
}

const MAX_WORDS_BYTES: usize = 4096;

const REQUEST: &str = "application/x-git-upload-pack-request";
const RESULT: &str = "application/x-git-upload-pack-result";

fn service(url: &Url) -> Result<Url, url::ParseError> {
    Url::parse(&format!("{}/git-upload-pack", url.as_str().trim_end_matches('/')))
}

/// `ls-refs` for what begins with these names.
fn question(refs: &[String]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    data_to_write(b"command=ls-refs\n", &mut body)?;
    data_to_write(concat!("agent=buildpass/", env!("CARGO_PKG_VERSION"), "\n").as_bytes(), &mut body)?;
    delim_to_write(&mut body)?;
    data_to_write(b"peel\n", &mut body)?;
    data_to_write(b"symrefs\n", &mut body)?;
    for name in refs {
        data_to_write(format!("ref-prefix {name}\n").as_bytes(), &mut body)?;
    }
    flush_to_write(&mut body)?;
    Ok(body)
}

/// What git's helper answers for this URL, as a header; none where it has no answer.
async fn authorization(url: &Url, sockets: &str) -> Option<HeaderMap> {
    let path = url.path().trim_start_matches('/');
    let host = url.authority();
    let asked = format!("protocol={}\nhost={host}\npath={path}\n", url.scheme());
    let answer = credential::ask_meanwhile(sockets, &asked).await?;
    let answer = std::str::from_utf8(&answer).ok()?;
    let value = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let pair = Zeroizing::new(format!("{}:{}", value("username")?, value("password")?));
    let header = Zeroizing::new(format!("Basic {}", *Zeroizing::new(STANDARD.encode(pair.as_bytes()))));
    secret_header("authorization", &header).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "0123456789012345678901234567890123456789";
    const TAG: &str = "abcdefabcdefabcdefabcdefabcdefabcdefabcd";

    fn answer(lines: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in lines {
            data_to_write(line.as_bytes(), &mut bytes).unwrap();
        }
        flush_to_write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn gitlabs_word_on_a_credential_is_final_and_nobody_elses_is() {
        let url: RemoteUrl = "https://gitlab.example/g/x.git".parse().unwrap();
        let answered = |status, body: &str| Answer {
            status,
            content_type: "text/plain".to_owned(),
            location: None,
            retry_after: None,
            next_page: None,
            total: None,
            date: None,
            body: Zeroizing::new(body.as_bytes().to_vec()),
        };
        let gitlabs = "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or \
                       you're required to use a token instead of a password.";
        let failure = refusal(&url, &answered(401, gitlabs)).unwrap();
        assert_eq!(failure.cause, crate::git::Cause::Unauthorized);
        for other in [
            answered(401, "Unauthorized"),
            answered(401, ""),
            answered(403, gitlabs),
            answered(404, "not found"),
            answered(503, gitlabs),
            answered(401, &gitlabs.repeat(100)),
        ] {
            assert!(refusal(&url, &other).is_none(), "{}", other.status);
        }
    }

    #[test]
    fn both_ways_to_ask_say_the_same() {
        let quick = answer(&[
            &format!("{MAIN} HEAD symref-target:refs/heads/main\n"),
            &format!("{TAG} refs/tags/v1 peeled:{MAIN}\n"),
        ]);
        let quick = RemoteLook::of_packet_lines(&quick).unwrap();
        let text = format!(
            "ref: refs/heads/main\tHEAD\n{MAIN}\tHEAD\n{TAG}\trefs/tags/v1\n{MAIN}\trefs/tags/v1^{{}}\n"
        );
        assert_eq!(quick, RemoteLook::of_ls_remote(&text));
        assert_eq!(quick.reference("HEAD").unwrap().points_to.as_deref(), Some("refs/heads/main"));
        assert_eq!(quick.reference("refs/tags/v1").unwrap().peeled.as_deref(), Some(MAIN));
    }

    #[test]
    fn what_names_neither_an_object_nor_a_ref_is_not_taken() {
        let other = "0123456789abcdef";
        for line in [
            format!("{other} HEAD\n"),
            format!("{} HEAD\n", MAIN.to_uppercase().replace('0', "A")),
            format!("{TAG} refs/tags/v1 peeled:{other}\n"),
            format!("{TAG} refs/tags/v1 peeled:--upload-pack=x\n"),
            format!("{MAIN} HEAD symref-target:../../config\n"),
            format!("{MAIN} HEAD symref-target:refs/../config\n"),
            format!("{MAIN} HEAD symref-target:main\n"),
            format!("{MAIN} HEAD symref-target:refs/heads/x:y\n"),
        ] {
            assert_eq!(RemoteLook::of_packet_lines(&answer(&[&line])), None, "{line}");
        }
        let text = format!(
            "ref: refs/../config\tHEAD\n{MAIN}\tHEAD\n{TAG}\trefs/tags/v1\n{other}\trefs/tags/v1^{{}}\n{other}\trefs/tags/v2\n"
        );
        let look = RemoteLook::of_ls_remote(&text);
        assert_eq!(look.reference("HEAD").unwrap().points_to, None);
        assert_eq!(look.reference("refs/tags/v1").unwrap().peeled, None);
        assert_eq!(look.reference("refs/tags/v2"), None);
    }

    #[test]
    fn what_is_not_plainly_an_answer_is_none() {
        let whole = answer(&[&format!("{MAIN} HEAD\n")]);
        assert!(RemoteLook::of_packet_lines(&whole).is_some());
        for length in 0..whole.len() {
            assert_eq!(RemoteLook::of_packet_lines(&whole[..length]), None);
        }
        for other in
            [&b"<html>"[..], b"0008NAK\n0000", &[whole.as_slice(), b"x"].concat(), b"000cERR no\n0000"]
        {
            assert_eq!(RemoteLook::of_packet_lines(other), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = RemoteLook::of_packet_lines(&bytes);
            let _ = RemoteLook::of_ls_remote(&String::from_utf8_lossy(&bytes));
        }
    }
}
