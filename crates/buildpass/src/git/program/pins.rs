use std::ffi::OsString;

use crate::git::{Config, Setup};

/// Configuration that git takes from us whatever a repository says: the last word, by environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins(Vec<(String, String)>);

/// For every git that we start: it runs no program that a repository names, and tidies nothing up meanwhile.
const ALWAYS: [(&str, &str); 9] = [
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("fetch.unpackLimit", "1"),
    ("fetch.writeCommitGraph", "false"),
    ("protocol.ext.allow", "never"),
    ("submodule.recurse", "false"),
    ("init.defaultRefFormat", "files"),
];

impl Pins {
    /// For work without a network: no credential, for no place.
    pub fn local() -> Self {
        Self(ALWAYS.map(owned).into())
    }

    /// For fetching from `url` with the credentials of these realms.
    ///
    /// A key for the full URL beats every key for a part of it, and ours comes last.
    pub fn remote(url: &str, realms: &Config, helper: &[OsString]) -> Self {
        let mut pins = ALWAYS.map(owned).to_vec();
        pins.push(owned(("http.followRedirects", "false")));
        pins.extend(Setup::new(realms, helper).into_entries());
        if url.starts_with("http") {
            let of_url = |section: &str, name: &str, value: &str| {
                (format!("{section}.{url}.{name}"), value.to_owned())
            };
            pins.extend([
                of_url("http", "sslVerify", "true"),
                of_url("http", "followRedirects", "false"),
                // An empty one forgets those before it.
                of_url("http", "extraHeader", ""),
            ]);
            if !realms.realms.is_empty() {
                pins.push(of_url("url", "insteadOf", url));
            }
        }
        Self(pins)
    }

    /// The same and more.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.0.push(owned((key, value)));
        self
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let each = self.0.iter().enumerate().flat_map(|(index, (key, value))| {
            [
                (format!("GIT_CONFIG_KEY_{index}"), key.clone()),
                (format!("GIT_CONFIG_VALUE_{index}"), value.clone()),
            ]
        });
        each.chain([("GIT_CONFIG_COUNT".to_owned(), self.0.len().to_string())])
    }
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}
