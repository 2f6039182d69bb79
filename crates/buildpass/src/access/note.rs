use std::{collections::BTreeMap, time::SystemTime};

use super::{Date, Owner, Token, TokenView};
use crate::vault::{SecretPath, SecretRef};

/// What buildpass writes beside a stored token, as the secret's custom metadata: enough to know the token without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose declaration made it.
    pub declaration: String,
    /// GitLab's number of the token.
    pub token_id: u64,
    /// The version of the secret that holds it: any other was written by somebody else.
    pub version: u64,
    /// The field of the secret that holds it; older notes do not say it.
    pub field: Option<String>,
    /// The day at whose start it ends, as GitLab said when it was made.
    pub expires_at: Option<Date>,
    /// Old tokens that live a little longer.
    pub retiring: Vec<Retiring>,
    /// The rest, for people: when, by whom, scopes, role, owner, and what was declared.
    pub told: BTreeMap<String, String>,
}

/// An old token that jobs may still hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retiring {
    /// GitLab's number of it.
    pub id: u64,
    /// When it is revoked.
    pub at: SystemTime,
}

/// The keys that are ours.
pub const RESERVED_METADATA: [&str; 12] = [
    "buildpass",
    "token_id",
    "version",
    "field",
    "expires_at",
    "retiring",
    "scopes",
    "role",
    "owner",
    "made_at",
    "made_by",
    "user_id",
];

impl Note {
    /// Reads the custom metadata of a secret; none where buildpass did not write it.
    pub fn read(custom: &BTreeMap<String, String>) -> Option<Self> {
        let number = |key: &str| custom.get(key)?.parse().ok();
        let retiring =
            custom.get("retiring").map(|text| text.split(',').filter_map(Retiring::read).collect());
        Some(Self {
            declaration: custom.get("buildpass")?.clone(),
            token_id: number("token_id")?,
            version: number("version").unwrap_or_default(),
            field: custom.get("field").cloned(),
            expires_at: custom.get("expires_at").and_then(|date| date.parse().ok()),
            retiring: retiring.unwrap_or_default(),
            told: custom
                .iter()
                .filter(|(key, _)| !RESERVED_METADATA[..6].contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        })
    }

    /// Which user of GitLab has it, where it is a person's own.
    pub fn user_id(&self) -> Option<u64> {
        self.told.get("user_id")?.parse().ok()
    }

    /// Whose token it speaks of, as far as it says so.
    pub fn owner(&self) -> Option<Owner> {
        self.told.get("owner")?.parse().ok()
    }

    /// What retires beside the token `current`: what retired before, and each of `out` that does not yet, as far as they live.
    pub fn retiring_after(
        before: Option<&Self>,
        out: &[Retiring],
        (living, now): (&[TokenView], SystemTime),
        current: u64,
    ) -> Vec<Retiring> {
        let before = before.map(|note| note.retiring.as_slice()).unwrap_or_default();
        let mut retiring: Vec<Retiring> = Vec::new();
        for each in before.iter().filter(|each| each.at > now).chain(out) {
            let known = each.id == current || retiring.iter().any(|other| other.id == each.id);
            if !known && living.iter().any(|view| view.id == each.id) {
                retiring.push(*each);
            }
        }
        retiring
    }

    /// What is to be told of a token: what is declared, and what stays as it was written when it was made.
    pub fn told_of(token: &Token, made: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut told = token.metadata.clone();
        told.insert("scopes".to_owned(), token.scope_list());
        if token.owner != Owner::User {
            told.insert("role".to_owned(), token.level.to_string());
        }
        told.insert("owner".to_owned(), token.owner.to_string());
        for key in ["made_at", "made_by", "user_id"] {
            told.extend(made.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        told
    }

    /// What retires, without when: that is counted from when it is written, and a plan of a moment ago is still the same plan.
    pub fn retiring_without_times(&self) -> String {
        self.retiring.iter().map(|each| each.id.to_string()).collect::<Vec<_>>().join(",")
    }

    /// As the custom metadata of a secret.
    pub fn write(&self) -> BTreeMap<String, String> {
        let mut custom = self.told.clone();
        let mut say = |key: &str, value: String| custom.insert(key.to_owned(), value);
        say("buildpass", self.declaration.clone());
        say("token_id", self.token_id.to_string());
        say("version", self.version.to_string());
        if let Some(field) = &self.field {
            say("field", field.clone());
        }
        if let Some(date) = self.expires_at {
            say("expires_at", date.to_string());
        }
        if !self.retiring.is_empty() {
            say("retiring", self.retiring.iter().map(Retiring::write).collect::<Vec<_>>().join(","));
        }
        custom
    }
}

impl Retiring {
    /// `ID@TIME`
    fn read(text: &str) -> Option<Self> {
        let (id, at) = text.trim().split_once('@')?;
        Some(Self { id: id.parse().ok()?, at: humantime::parse_rfc3339(at).ok()? })
    }

    fn write(&self) -> String {
        format!("{}@{}", self.id, humantime::format_rfc3339_seconds(self.at))
    }
}

/// By what a token at GitLab is known as ours, and where it was to be stored: GitLab keeps what a token's maker writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Whose declaration made it.
    pub declaration: String,
    /// Where it was to be stored.
    pub store: String,
}

const MADE_FOR: &str = "made by buildpass access for ";

impl Mark {
    /// Reads what stands at GitLab beside a token.
    pub fn of(view: &TokenView) -> Option<Self> {
        let (declaration, store) = view.description.as_deref()?.strip_prefix(MADE_FOR)?.split_once(": ")?;
        Some(Self { declaration: declaration.to_owned(), store: store.to_owned() })
    }

    /// Whether it is for a secret at this path, whatever the field.
    pub fn is_for(&self, path: &SecretPath) -> bool {
        self.store.parse::<SecretRef>().is_ok_and(|store| store.path.api_path() == path.api_path())
    }

    /// As GitLab keeps it.
    pub fn write(&self) -> String {
        format!("{MADE_FOR}{}: {}", self.declaration, self.store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> Note {
        Note {
            declaration: "buildpass".to_owned(),
            token_id: 12,
            version: 3,
            field: Some("token".to_owned()),
            expires_at: Some("2026-12-30".parse().unwrap()),
            retiring: vec![Retiring { id: 7, at: humantime::parse_rfc3339("2026-12-01T10:00:00Z").unwrap() }],
            told: [("team".to_owned(), "build".to_owned())].into(),
        }
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        assert_eq!(Note::read(&note().write()), Some(note()));
        assert_eq!(note().write()["retiring"], "7@2026-12-01T10:00:00Z");
    }

    #[test]
    fn what_somebody_else_wrote_is_no_note() {
        assert_eq!(Note::read(&BTreeMap::new()), None);
        let mut edited = note().write();
        edited.insert("token_id".to_owned(), "twelve".to_owned());
        assert_eq!(Note::read(&edited), None);
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark { declaration: "buildpass".to_owned(), store: "a/b/token@ci".to_owned() };
        let view = TokenView { description: Some(mark.write()), ..TokenView::default() };
        assert_eq!(Mark::of(&view), Some(mark));
        assert_eq!(Mark::of(&TokenView::default()), None);
    }
}
