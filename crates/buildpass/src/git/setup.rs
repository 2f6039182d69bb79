use std::{ffi::OsString, fmt::Write, os::unix::ffi::OsStrExt};

use super::{Config, RealmCredential};

/// The git configuration that makes git ask us, for our realms and for nothing else. There is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    entries: Vec<(String, String)>,
}

impl Setup {
    /// For these realms; `helper` is the program and the arguments before `get`, `store` or `erase`.
    pub fn new(config: &Config, helper: &[OsString]) -> Self {
        let helper = helper.iter().map(quoted).collect::<Vec<_>>().join(" ");
        // git tells a helper after every success what to store: we store nothing, and need not be started to say so.
        let helper = format!("!f() {{ test \"$1\" = store || exec {helper} \"$1\"; }}; f");
        let mut entries = Vec::new();
        for realm in config.realms.iter().map(|each| each.realm.as_str()) {
            // An empty helper forgets the inherited ones: none of them may answer, and none may store our answer.
            entries.push((format!("credential.{realm}.helper"), String::new()));
            entries.push((format!("credential.{realm}.helper"), helper.clone()));
            entries.push((format!("credential.{realm}.useHttpPath"), "true".to_owned()));
            entries.push((format!("http.{realm}.proactiveAuth"), "basic".to_owned()));
            // The longest rewriting wins: a shorter one that puts the job token into URLs would keep git from asking.
            entries.push((format!("url.{realm}.insteadOf"), realm.to_owned()));
            entries.extend(fortified(realm));
        }
        Self { entries }
    }

    /// Takes a placeholder out of URLs in which a tool has written it as the password of a realm.
    pub fn take_out(&mut self, credential: &RealmCredential, placeholder: &str) {
        let realm = credential.realm.as_str();
        if let Some((scheme, place)) = realm.split_once("://") {
            let written = format!("{scheme}://{}:{placeholder}@{place}", credential.username.as_str());
            self.entries.push((format!("url.{realm}.insteadOf"), written));
        }
    }

    /// The entries themselves.
    pub(super) fn into_entries(self) -> Vec<(String, String)> {
        self.entries
    }

    /// Variables for git's environment, after the `count` entries that are there already.
    pub fn variables(&self, count: usize) -> Vec<(String, String)> {
        let mut variables = vec![("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned())];
        for (index, (key, value)) in self.entries.iter().enumerate() {
            variables.push((format!("GIT_CONFIG_KEY_{}", count + index), key.clone()));
            variables.push((format!("GIT_CONFIG_VALUE_{}", count + index), value.clone()));
        }
        variables.push(("GIT_CONFIG_COUNT".to_owned(), (count + self.entries.len()).to_string()));
        variables
    }

    /// The same as lines for a shell to evaluate.
    pub fn shell_lines(&self, count: usize) -> String {
        let mut lines = String::new();
        for (name, value) in self.variables(count) {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "export {name}={}", quoted(&OsString::from(value)));
        }
        lines
    }

    /// The same as a file that git's configuration can include.
    pub fn file(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.entries {
            let (section, rest) = key.split_once('.').unwrap_or((key, ""));
            let (subsection, name) = rest.rsplit_once('.').unwrap_or(("", rest));
            let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
            let _ =
                writeln!(text, "[{section} \"{}\"]\n\t{name} = \"{}\"", escaped(subsection), escaped(value));
        }
        text
    }
}

/// What who can write `.git/config` would change on the way to a realm. An entry of theirs for a longer URL wins all the same.
fn fortified(realm: &str) -> Vec<(String, String)> {
    let http = |name: &str, value: &str| (format!("http.{realm}.{name}"), value.to_owned());
    // A header of theirs can name another host, and one of the runner's a second credential.
    let mut entries = vec![http("sslVerify", "true"), http("extraHeader", "")];
    if realm.starts_with("http:") {
        // On this machine there is nothing on the way, and no certificate that would tell.
        entries.extend([http("proxy", ""), http("curloptResolve", "")]);
    }
    entries
}

/// The entries that are in the environment already.
pub fn count_in(environment: Option<&str>) -> usize {
    environment.and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// As one word of a shell.
fn quoted(word: &OsString) -> String {
    let text = String::from_utf8_lossy(word.as_bytes());
    let plain = |each: char| each.is_ascii_alphanumeric() || "/._-:=@%+,".contains(each);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> Setup {
        let realm = RealmCredential {
            realm: "https://gitlab.com/gitlab-org/security".parse().unwrap(),
            username: crate::git::Username::default(),
            password: "TOKEN".parse().unwrap(),
        };
        let helper = ["/opt/build pass", "git", "credential"].map(OsString::from);
        Setup::new(&Config { realms: vec![realm] }, &helper)
    }

    #[test]
    fn what_is_there_is_kept_and_ours_comes_after() {
        let variables = setup().variables(2);
        assert!(variables.contains(&("GIT_CONFIG_COUNT".to_owned(), "9".to_owned())));
        let first = (
            "GIT_CONFIG_KEY_2".to_owned(),
            "credential.https://gitlab.com/gitlab-org/security/.helper".to_owned(),
        );
        assert!(variables.contains(&first));
        assert!(!variables.iter().any(|(name, _)| name.ends_with("_0") || name.ends_with("_1")));
    }

    #[test]
    fn a_placeholder_is_taken_out_of_urls() {
        let mut setup = setup();
        let credential = RealmCredential {
            realm: "https://gitlab.com/gitlab-org/security".parse().unwrap(),
            username: crate::git::Username::default(),
            password: "TOKEN".parse().unwrap(),
        };
        setup.take_out(&credential, "nothing");
        let last = (
            "url.https://gitlab.com/gitlab-org/security/.insteadOf".to_owned(),
            "https://gitlab-ci-token:nothing@gitlab.com/gitlab-org/security/".to_owned(),
        );
        assert_eq!(setup.into_entries().pop(), Some(last));
    }

    #[test]
    fn shell_lines_are_quoted() {
        let lines = setup().shell_lines(0);
        assert!(
            lines.contains(
                r#"export GIT_CONFIG_VALUE_1='!f() { test "$1" = store || exec '\''/opt/build pass'\'' git credential "$1"; }; f'"#
            ),
            "{lines}"
        );
        assert!(lines.contains("export GIT_CONFIG_VALUE_0=''\n"));
    }

    #[test]
    fn a_file_names_each_section() {
        let file = setup().file();
        assert!(
            file.starts_with("[credential \"https://gitlab.com/gitlab-org/security/\"]\n\thelper = \"\"\n"),
            "{file}"
        );
    }
}
