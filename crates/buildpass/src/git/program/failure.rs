use crate::{
    explain::{self, GitCause as Cause, Row, Stage, rows},
    failure::{Blame, Failure},
};

/// Work that git could not do.
#[derive(Debug, thiserror::Error)]
#[error("git failed: {cause:?}")]
pub struct GitFailure {
    /// Why, as far as its words tell.
    pub cause: Cause,
    /// What they mean.
    row: Option<&'static Row>,
    /// Its words.
    said: String,
}

impl GitFailure {
    /// One whose cause is known.
    pub fn of(cause: Cause, said: String) -> Self {
        Self { cause, row: None, said }
    }

    /// Where these are GitLab's own words for a credential that it does not take.
    pub(in crate::git) fn of_refused_token(said: String) -> Option<Self> {
        Some(Self::read(said)).filter(|failure| failure.row.is_some_and(|row| row.name == ACCESS_DENIED))
    }

    /// Reads what git said.
    pub(super) fn read(said: String) -> Self {
        let row = explain::find(Stage::Git, &said);
        Self { cause: row.and_then(|row| row.cause).unwrap_or(Cause::Other), row, said }
    }

    /// The same of work that asked no server: its words mean something else then.
    #[must_use]
    pub fn without_server(self) -> Self {
        match self.cause {
            Cause::DiskFull | Cause::Corrupt | Cause::NotStarted | Cause::Stalled(_) => self,
            _ => Self { cause: Cause::Other, row: None, ..self },
        }
    }

    /// Whether the same may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        // Who stalls had all the time that the user gives it.
        matches!(self.cause, Cause::Unreachable | Cause::Unavailable)
    }

    /// Whether what we have on the disk may be at fault: git has many words for that, and for nothing else.
    pub fn may_be_ours(&self) -> bool {
        matches!(self.cause, Cause::Corrupt | Cause::Other)
    }

    /// The cause alone, in words.
    pub fn in_short(&self) -> String {
        self.what(None)
    }

    /// What failed at `url`, in words; `credential` is the name of the one that was at hand.
    pub fn explain(&self, url: &str, credential: Option<&str>) -> Failure {
        let said = self.said.lines().map(|line| line.trim().trim_end_matches('.'));
        let mut causes: Vec<String> =
            said.filter(|line| !line.is_empty() && *line != "remote:").map(plain).collect();
        // The end of it says why; a page of HTML does not.
        causes.drain(..causes.len().saturating_sub(MOST_LINES));
        Failure {
            what: format!("{url}: {}", self.what(credential)),
            causes,
            hint: Some(self.hint(credential)),
            blame: self.blame(),
        }
    }
}

const MOST_LINES: usize = 4;

/// The row of GitLab's `HTTP Basic: Access denied`.
const ACCESS_DENIED: &str = "git-access-denied";

impl GitFailure {
    fn what(&self, credential: Option<&str>) -> String {
        let name = credential.unwrap_or("the token");
        match (self.cause, credential) {
            (Cause::Unauthorized | Cause::NoCredential, None) => {
                "the server wants a credential, and there is none for this URL".to_owned()
            }
            (Cause::NoCredential, Some(_)) => {
                format!("the server wants a credential, and {name} was not given for this URL")
            }
            (Cause::Unauthorized, Some(_)) => format!("the server refuses {name}"),
            (Cause::Forbidden, _) => format!("{name} may not read this repository"),
            (Cause::NotFound, None) => "there is no such repository, or not without a credential".to_owned(),
            (Cause::NotFound, Some(_)) => format!("there is no such repository, or not for {name}"),
            (Cause::Empty, _) => "the project has no repository yet".to_owned(),
            (Cause::Redirected, _) => "the server sends elsewhere, which is not followed".to_owned(),
            (Cause::Rejected, _) => "the server rejects the request".to_owned(),
            (Cause::NoRef, _) => "the repository has no such branch, tag or commit".to_owned(),
            (Cause::Ssh, _) => "ssh was not let in".to_owned(),
            (Cause::Untrusted, _) => "the server does not prove who it is".to_owned(),
            (Cause::Unreachable, _) => "nobody answers, or the answer broke off".to_owned(),
            (Cause::Unavailable, _) => "the server is busy or under repair".to_owned(),
            (Cause::Stalled(stall), _) => format!("nothing came for {} s", stall.as_secs_f32()),
            (Cause::DiskFull, _) => "the disk is full".to_owned(),
            (Cause::Corrupt, _) => "what is on the disk is not whole".to_owned(),
            (Cause::Protocol, _) => "git may not use this protocol".to_owned(),
            (Cause::NotStarted, _) => "git cannot be started".to_owned(),
            (Cause::Other, _) => "git failed".to_owned(),
        }
    }

    fn hint(&self, credential: Option<&str>) -> String {
        match (self.cause, credential) {
            (Cause::Unauthorized | Cause::NoCredential, None) => rows::git::NO_CREDENTIAL.hint(),
            (Cause::NoCredential, Some(_)) => rows::git::HELPER_QUIT.hint(),
            (Cause::NotFound, None) => {
                "is the URL right? a private repository needs a secret for its realm: `[[git]]` or `--git`"
                    .to_owned()
            }
            (Cause::Stalled(_), _) => "`--stall-timeout` sets how long is waited".to_owned(),
            (Cause::NotStarted, _) => rows::own::NO_GIT.hint(),
            (cause, _) => match self.row.or_else(|| explain::git_cause(cause)) {
                Some(row) => row.hint(),
                None => "its own words say why".to_owned(),
            },
        }
    }

    fn blame(&self) -> Blame {
        match self.cause {
            Cause::Unauthorized
            | Cause::NoCredential
            | Cause::Forbidden
            | Cause::NotFound
            | Cause::Redirected
            | Cause::Rejected
            | Cause::Ssh => Blame::Refused,
            Cause::Unreachable | Cause::Unavailable | Cause::Stalled(_) | Cause::Untrusted => {
                Blame::Unreachable
            }
            Cause::Empty
            | Cause::NoRef
            | Cause::DiskFull
            | Cause::Corrupt
            | Cause::Protocol
            | Cause::NotStarted
            | Cause::Other => Blame::Usage,
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
