use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use super::credential::Credential;

/// How many requests are kept; the first ones stay, so that a test never misses its start.
const CAPACITY: usize = 10_000;

/// The Git requests that came, in their order; of a password only the digest is kept.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Mutex<Vec<Entry>>,
}

/// One Git request, as it is shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    method: String,
    path: String,
    query: String,
    authorization: &'static str,
    user: Option<String>,
    password_sha256: Option<String>,
}

impl Journal {
    pub(super) fn note(&self, method: &str, path: &str, query: &str, credential: &Credential) {
        let (user, password_sha256) = match credential {
            Credential::Basic { user, password } => (Some(user.clone()), Some(hex_digest(password))),
            Credential::None | Credential::Other => (None, None),
        };
        let entry = Entry {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            authorization: credential.kind(),
            user,
            password_sha256,
        };
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() < CAPACITY {
            entries.push(entry);
        }
    }

    /// All of them, and the record begins anew.
    pub(crate) fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut *self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn hex_digest(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_itself_is_not_kept() {
        let journal = Journal::default();
        let credential = Credential::Basic { user: "u".into(), password: "abc".into() };
        journal.note("GET", "/g/p.git/info/refs", "", &credential);
        let shown = serde_json::to_value(journal.entries()).unwrap();
        assert_eq!(
            shown[0]["password_sha256"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(shown[0]["user"], "u");
        assert_eq!(shown[0]["authorization"], "basic");
    }
}
