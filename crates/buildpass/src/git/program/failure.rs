use std::time::Duration;

use crate::failure::{Blame, Failure};

/// Work that git could not do.
#[derive(Debug, thiserror::Error)]
#[error("git failed: {cause:?}")]
pub struct GitFailure {
    /// Why, as far as its words tell.
    pub cause: Cause,
    /// Its words.
    said: String,
}

/// Why git failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// 401: the token is dead or for something else, or there is none.
    Unauthorized,
    /// No helper answered, and nobody is there to be asked.
    NoCredential,
    /// 403, with the server's reason.
    Forbidden,
    /// 404: it is not there, or not for this token.
    NotFound,
    /// There is a project, and no repository in it yet.
    Empty,
    /// The server sends elsewhere; we do not follow.
    Redirected,
    /// Another 4xx: the same request gets the same answer.
    Rejected,
    /// There is no such ref or commit.
    NoRef,
    /// ssh let us not in.
    Ssh,
    /// The server cannot prove who it is.
    Untrusted,
    /// Nobody answered, or the answer broke off.
    Unreachable,
    /// 429 or 5xx.
    Unavailable,
    /// Nothing was done for so long.
    Stalled(Duration),
    /// The disk is full.
    DiskFull,
    /// What is on the disk is not whole.
    Corrupt,
    /// A transport that we do not use.
    Protocol,
    /// git could not be started.
    NotStarted,
    /// Something else.
    Other,
}

/// git's words, and what they mean: the first that is found decides. The server's own words come before git's, which are the same
/// for several causes.
const MEANINGS: [(&str, Cause); 54] = [
    ("no space left on device", Cause::DiskFull),
    ("disk quota exceeded", Cause::DiskFull),
    ("file too large", Cause::DiskFull),
    ("http basic: access denied", Cause::Unauthorized),
    ("a repository for this project does not exist yet", Cause::Empty),
    ("the project you were looking for could not be found", Cause::NotFound),
    ("you are not allowed to", Cause::Forbidden),
    ("pulling over http is not allowed", Cause::Forbidden),
    ("git access over http is not allowed", Cause::Forbidden),
    ("gitaly, is not available", Cause::Unavailable),
    ("is temporarily read-only", Cause::Unavailable),
    ("told us to quit", Cause::NoCredential),
    ("could not read username", Cause::NoCredential),
    ("could not read password", Cause::NoCredential),
    ("authentication failed for", Cause::Unauthorized),
    ("returned error: 401", Cause::Unauthorized),
    ("returned error: 403", Cause::Forbidden),
    ("returned error: 404", Cause::NotFound),
    ("returned error: 408", Cause::Unavailable),
    ("returned error: 429", Cause::Unavailable),
    ("returned error: 4", Cause::Rejected),
    ("received http code 4", Cause::Rejected),
    ("returned error: 5", Cause::Unavailable),
    ("returned error: 30", Cause::Redirected),
    ("unable to update url base from redirection", Cause::Redirected),
    ("server certificate verification failed", Cause::Untrusted),
    ("ssl certificate problem", Cause::Untrusted),
    ("certificate subject name", Cause::Untrusted),
    ("no alternative certificate subject name matches", Cause::Untrusted),
    ("couldn't find remote ref", Cause::NoRef),
    ("not our ref", Cause::NoRef),
    ("does not allow request for unadvertised object", Cause::NoRef),
    ("permission denied (publickey", Cause::Ssh),
    ("host key verification failed", Cause::Ssh),
    ("transport '", Cause::Protocol),
    ("could not resolve host", Cause::Unreachable),
    ("failed to connect", Cause::Unreachable),
    ("couldn't connect to server", Cause::Unreachable),
    ("connection timed out", Cause::Unreachable),
    ("connection refused", Cause::Unreachable),
    ("connection reset", Cause::Unreachable),
    ("recv failure", Cause::Unreachable),
    ("empty reply from server", Cause::Unreachable),
    ("unexpected disconnect", Cause::Unreachable),
    ("early eof", Cause::Unreachable),
    ("remote end hung up", Cause::Unreachable),
    ("expected flush after", Cause::Unreachable),
    ("rpc failed", Cause::Unreachable),
    ("operation timed out", Cause::Unreachable),
    ("not found", Cause::NotFound),
    ("does not appear to be a git repository", Cause::NotFound),
    ("not a git repository", Cause::Corrupt),
    ("unable to access", Cause::Unreachable),
    ("corrupt", Cause::Corrupt),
];

impl GitFailure {
    /// One whose cause is known.
    pub fn of(cause: Cause, said: String) -> Self {
        Self { cause, said }
    }

    /// Reads what git said.
    pub(super) fn read(said: String) -> Self {
        let lower = said.to_ascii_lowercase();
        let meaning =
            MEANINGS.iter().find(|(words, _)| lower.contains(words)).map(|(_, cause)| cause.clone());
        Self { cause: meaning.unwrap_or(Cause::Other), said }
    }

    /// The same of work that asked no server: its words mean something else then.
    #[must_use]
    pub fn without_server(self) -> Self {
        match self.cause {
            Cause::DiskFull | Cause::Corrupt | Cause::NotStarted | Cause::Stalled(_) => self,
            _ => Self { cause: Cause::Other, ..self },
        }
    }

    /// Whether the same may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        matches!(self.cause, Cause::Unreachable | Cause::Unavailable | Cause::Stalled(_))
    }

    /// Whether what we have on the disk may be at fault: git has many words for that, and for nothing else.
    pub fn may_be_ours(&self) -> bool {
        matches!(self.cause, Cause::Corrupt | Cause::Other)
    }

    /// The cause alone, in words.
    pub fn in_short(&self) -> String {
        self.cause.words(None).0
    }

    /// What failed at `url`, in words; `credential` is the name of the one that was at hand.
    pub fn explain(&self, url: &str, credential: Option<&str>) -> Failure {
        let (what, hint) = self.cause.words(credential);
        let said = self.said.lines().map(|line| line.trim().trim_end_matches('.'));
        let mut causes: Vec<String> =
            said.filter(|line| !line.is_empty() && *line != "remote:").map(plain).collect();
        // The end of it says why; a page of HTML does not.
        causes.drain(..causes.len().saturating_sub(MOST_LINES));
        Failure { what: format!("{url}: {what}"), causes, hint: Some(hint), blame: self.cause.blame() }
    }
}

const MOST_LINES: usize = 4;

impl Cause {
    /// What failed, and what to do.
    fn words(&self, credential: Option<&str>) -> (String, String) {
        let name = credential.unwrap_or("the token");
        let (what, hint) = match (self, credential) {
            (Self::Unauthorized | Self::NoCredential, None) => (
                "the server wants a credential, and there is none for this URL".to_owned(),
                "is it a private repository? name a secret for its realm with `[[git]]` or `--git`, and the realm with `--realm` where it is on another GitLab".to_owned(),
            ),
            (Self::NoCredential, Some(_)) => (
                format!("the server wants a credential, and {name} was not given for this URL"),
                "within `buildpass run`, the outer one gives it: does its `[[git]]` name this realm, and has the job the secret?".to_owned(),
            ),
            (Self::Unauthorized, Some(_)) => (
                format!("the server refuses {name}"),
                "has it expired or been revoked? it needs the scope `read_repository`; `read_api` is not enough".to_owned(),
            ),
            (Self::Forbidden, _) => (
                format!("{name} may not read this repository"),
                "its member needs the role Reporter or above, and the project its repository open to members".to_owned(),
            ),
            (Self::NotFound, None) => (
                "there is no such repository, or not without a credential".to_owned(),
                "is the URL right? a private repository needs a secret for its realm: `[[git]]` or `--git`".to_owned(),
            ),
            (Self::NotFound, Some(_)) => (
                format!("there is no such repository, or not for {name}"),
                "is the URL right? a group's token reaches the projects of that group and below, a job token those that admit its project".to_owned(),
            ),
            (Self::Empty, _) => ("the project has no repository yet".to_owned(), "push a first commit to it".to_owned()),
            (Self::Redirected, _) => (
                "the server sends elsewhere, which is not followed".to_owned(),
                "name the URL that it sends to; without `.git` at its end GitLab redirects, and to a page for signing in where it wants a credential".to_owned(),
            ),
            (Self::Rejected, _) => (
                "the server rejects the request".to_owned(),
                "its own words say why; is the URL that of a repository?".to_owned(),
            ),
            (Self::NoRef, _) => (
                "the repository has no such branch, tag or commit".to_owned(),
                "a commit is named by all of its digits".to_owned(),
            ),
            (Self::Ssh, _) => (
                "ssh was not let in".to_owned(),
                "is the key of this machine known there, and the host's key known here? a job takes the https URL and a token".to_owned(),
            ),
            (Self::Untrusted, _) => (
                "the server does not prove who it is".to_owned(),
                "name the authority that signed its certificate with GIT_SSL_CAINFO or git's `http.sslCAInfo`".to_owned(),
            ),
            (Self::Unreachable, _) => (
                "nobody answers, or the answer broke off".to_owned(),
                "is the host right, is it up, and may this machine reach it?".to_owned(),
            ),
            (Self::Unavailable, _) => (
                "the server is busy or under repair".to_owned(),
                "try again later".to_owned(),
            ),
            (Self::Stalled(stall), _) => (
                format!("nothing came for {} s", stall.as_secs_f32()),
                "`--stall-timeout` sets how long is waited".to_owned(),
            ),
            (Self::DiskFull, _) => ("the disk is full".to_owned(), "make room, or name another folder with `--into` and `--cache`".to_owned()),
            (Self::Corrupt, _) => (
                "what is on the disk is not whole".to_owned(),
                "remove the repository from the cache".to_owned(),
            ),
            (Self::Protocol, _) => ("git may not use this protocol".to_owned(), "name an https URL".to_owned()),
            (Self::NotStarted, _) => ("git cannot be started".to_owned(), "install git, and put it into the PATH of this job".to_owned()),
            (Self::Other, _) => ("git failed".to_owned(), "its own words say why".to_owned()),
        };
        (what, hint)
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unauthorized
            | Self::NoCredential
            | Self::Forbidden
            | Self::NotFound
            | Self::Redirected
            | Self::Rejected
            | Self::Ssh => Blame::Refused,
            Self::Unreachable | Self::Unavailable | Self::Stalled(_) | Self::Untrusted => Blame::Unreachable,
            Self::Empty
            | Self::NoRef
            | Self::DiskFull
            | Self::Corrupt
            | Self::Protocol
            | Self::NotStarted
            | Self::Other => Blame::Usage,
        }
    }
}

/// A server's words, with nothing in them that moves a cursor.
fn plain(line: &str) -> String {
    line.chars().map(|each| if each.is_control() { '\u{fffd}' } else { each }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gits_words_are_read() {
        for (said, cause) in [
            (
                "remote: HTTP Basic: Access denied. If a password was provided …\nfatal: Authentication failed for 'https://h/g/x.git/'",
                Cause::Unauthorized,
            ),
            (
                "remote: The project you were looking for could not be found or you don't have permission to view it.\nfatal: repository 'https://h/g/x.git/' not found",
                Cause::NotFound,
            ),
            (
                "remote: You are not allowed to download code from this project.\nfatal: unable to access 'https://h/g/x.git/': The requested URL returned error: 403",
                Cause::Forbidden,
            ),
            (
                "remote: A repository for this project does not exist yet.\nfatal: repository 'x' not found",
                Cause::Empty,
            ),
            (
                "fatal: unable to access 'https://h/g/x.git/': The requested URL returned error: 410",
                Cause::Rejected,
            ),
            (
                "fatal: unable to access 'https://h/g/x.git/': The requested URL returned error: 408",
                Cause::Unavailable,
            ),
            ("fatal: credential helper '!f' told us to quit", Cause::NoCredential),
            (
                "fatal: unable to access 'https://h/g/x.git/': The requested URL returned error: 503",
                Cause::Unavailable,
            ),
            ("fatal: unable to access 'https://h/': Could not resolve host: h", Cause::Unreachable),
            (
                "fatal: unable to access 'https://h/': SSL certificate problem: unable to get local issuer certificate",
                Cause::Untrusted,
            ),
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                Cause::NoCredential,
            ),
            ("fatal: couldn't find remote ref refs/heads/x", Cause::NoRef),
            (
                "fatal: remote error: upload-pack: not our ref 0123456789012345678901234567890123456789",
                Cause::NoRef,
            ),
            (
                "error: unable to write file x: No space left on device\nfatal: unpack-objects failed",
                Cause::DiskFull,
            ),
            (
                "error: packfile ./objects/pack/pack-1.pack does not match index\nfatal: bad object HEAD",
                Cause::Other,
            ),
            ("fatal: the remote end hung up unexpectedly\nfatal: early EOF", Cause::Unreachable),
            (
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                Cause::Ssh,
            ),
            ("fatal: something new", Cause::Other),
        ] {
            assert_eq!(GitFailure::read(said.to_owned()).cause, cause, "{said}");
        }
    }

    #[test]
    fn a_refusal_is_not_tried_again_and_a_broken_connection_is() {
        let transient = |said: &str| GitFailure::read(said.to_owned()).is_transient();
        assert!(transient("fatal: the remote end hung up unexpectedly"));
        assert!(transient("The requested URL returned error: 502"));
        for refused in [
            "returned error: 401",
            "returned error: 403",
            "returned error: 404",
            "unable to access 'https://h/': The requested URL returned error: 400",
            "SSL certificate problem: x",
        ] {
            assert!(!transient(refused), "{refused}");
        }
    }

    #[test]
    fn every_explanation_says_what_to_do() {
        let failure = GitFailure::read("fatal: Authentication failed for 'https://h/g/x.git/'".to_owned());
        let with = failure.explain("https://h/g/x.git", Some("SECURITY_PRIVATE_TOKEN"));
        assert_eq!(with.what, "https://h/g/x.git: the server refuses SECURITY_PRIVATE_TOKEN");
        let without = failure.explain("https://h/g/x.git", None);
        assert!(without.what.contains("there is none for this URL"), "{without:?}");
        assert_eq!(with.blame, Blame::Refused);
    }
}
