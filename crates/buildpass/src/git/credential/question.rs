use std::{
    convert::Infallible,
    io::{self, BufRead, Read},
    str::FromStr,
};

use crate::git::{Config, Reach, RealmCredential};

/// What git wants of a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A credential.
    Get,
    /// Nothing: the credential was good. We keep nothing.
    Store,
    /// The credential was refused.
    Erase,
    /// What the helper can do.
    Capability,
    /// Something that helpers of today do not know, and ignore.
    Unknown,
}

impl FromStr for Operation {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(match word {
            "get" => Self::Get,
            "store" => Self::Store,
            "erase" => Self::Erase,
            "capability" => Self::Capability,
            _ => Self::Unknown,
        })
    }
}

/// What git says of the place that it wants a credential for. Attributes that we do not know are ignored, passwords not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    protocol: String,
    host: String,
    path: Option<String>,
    username: Option<String>,
    knows_authtype: bool,
}

/// git's own limit for a line, and ours for a question.
const MAX_LINE_BYTES: usize = 65_535;
const MAX_LINES: usize = 1_000;

impl Question {
    /// Reads a question up to its empty line.
    ///
    /// # Errors
    /// When it cannot be read, is no text, or has no end.
    pub fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut question = Self::default();
        for _ in 0..MAX_LINES {
            let mut line = String::new();
            from.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_line(&mut line)?;
            if line.len() > MAX_LINE_BYTES {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a line of git's question has no end",
                ));
            }
            match line.strip_suffix('\n').unwrap_or(&line) {
                "" => return Ok(question),
                line => question.hear(line),
            }
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, "git's question has no end"))
    }

    fn hear(&mut self, line: &str) {
        let Some((name, value)) = line.split_once('=') else {
            return;
        };
        match name {
            "protocol" => self.protocol = value.to_owned(),
            "host" => self.host = value.to_owned(),
            "path" => self.path = Some(value.to_owned()),
            "username" => self.username = Some(value.to_owned()),
            "capability[]" => self.knows_authtype |= value == "authtype",
            _ => {}
        }
    }

    /// The credential for the place that is asked about: the narrowest realm that it lies in, under the asked user name.
    pub fn credential<'a>(&self, config: &'a Config) -> Option<&'a RealmCredential> {
        let path = self.path.as_deref().unwrap_or_default();
        let covers = |each: &&RealmCredential| {
            each.realm.judge_request(&self.protocol, &self.host, path) == Reach::Inside
        };
        let named = |each: &&RealmCredential| {
            self.username.as_ref().is_none_or(|name| name == each.username.as_str())
        };
        config.realms.iter().filter(covers).filter(named).max_by_key(|each| each.realm.as_str().len())
    }

    /// Whether git takes a whole `Authorization` value that is not to be stored.
    pub(super) fn knows_authtype(&self) -> bool {
        self.knows_authtype
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let credential = |realm: &str, name: &str| RealmCredential {
            realm: realm.parse().unwrap(),
            username: crate::git::Username::default(),
            password: name.parse().unwrap(),
        };
        Config {
            realms: vec![
                credential("https://gitlab.com/gitlab-org/", "WIDE"),
                credential("https://gitlab.com/gitlab-org/security/", "NARROW"),
            ],
        }
    }

    fn answered(question: &str) -> Option<String> {
        let question = Question::read(&mut question.as_bytes()).unwrap();
        question.credential(&config()).map(|credential| credential.password.to_string())
    }

    #[test]
    fn the_narrowest_realm_answers() {
        let asked = |path: &str| answered(&format!("protocol=https\nhost=gitlab.com\npath={path}\n\n"));
        assert_eq!(asked("gitlab-org/security/x.git").as_deref(), Some("NARROW"));
        assert_eq!(asked("gitlab-org/x.git").as_deref(), Some("WIDE"));
        assert_eq!(asked("gitlab-org/security-evil/x.git").as_deref(), Some("WIDE"));
        assert_eq!(asked("gitlab-com/x.git"), None);
        assert_eq!(asked("gitlab-org/security/../../evil/x.git"), None);
    }

    #[test]
    fn other_places_and_other_users_get_nothing() {
        assert_eq!(answered("protocol=https\nhost=gitlab.com\n\n"), None, "no path");
        assert_eq!(answered("protocol=http\nhost=gitlab.com\npath=gitlab-org/x.git\n\n"), None);
        assert_eq!(answered("protocol=https\nhost=gitlab.com:8443\npath=gitlab-org/x.git\n\n"), None);
        assert_eq!(answered("protocol=https\nhost=evil@gitlab.com\npath=gitlab-org/x.git\n\n"), None);
        assert_eq!(answered("protocol=https\nhost=gitlab.com\nusername=me\npath=gitlab-org/x.git\n\n"), None);
        assert_eq!(answered("\n"), None);
    }

    #[test]
    fn what_a_parser_of_urls_would_mend_is_another_place() {
        for host in [
            "gitlab.com/gitlab-org/security/.evil.example",
            "gitlab.com/gitlab-org",
            "\u{ff47}itlab.com",
            "gitlab%2Ecom",
            "git\tlab.com",
            "gitlab.com\r",
            "gitlab.com.",
            "gitlab.com:0443",
        ] {
            let question = format!("protocol=https\nhost={host}\npath=gitlab-org/security/x.git\n\n");
            assert_eq!(answered(&question), None, "{host}");
        }
        for path in [
            "evil/../gitlab-org/security/x.git",
            "evil/.\t./gitlab-org/security/x.git",
            "gitlab-org/security/./x.git",
            "gitlab-org//security/x.git",
            "/gitlab-org/security/x.git",
            "gitlab-org/security/%2e%2e/x.git",
            "gitlab-org\\security/x.git",
            "gitlab-org/security/x.git?a",
            "gitlab-org/security/x.git#a",
        ] {
            assert_eq!(
                answered(&format!("protocol=https\nhost=gitlab.com\npath={path}\n\n")),
                None,
                "{path}"
            );
        }
        let same = "protocol=https\nhost=GitLab.com:443\npath=gitlab-org/security/x.git/\n\n";
        assert_eq!(answered(same).as_deref(), Some("NARROW"));
    }

    #[test]
    fn a_question_without_an_end_is_refused() {
        assert!(Question::read(&mut "a=b\n".repeat(2_000).as_bytes()).is_err());
        assert!(Question::read(&mut format!("path={}", "x".repeat(70_000)).as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_question_makes_it_panic(text in "(?s).{0,300}") {
            if let Ok(question) = Question::read(&mut text.as_bytes()) {
                let _ = question.credential(&config());
            }
        }
    }
}
