use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{path::SecretPath, settings::Settings};
use crate::clock::{Moment, nanos};

/// What is known about one secret, without its values.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Secret {
    #[serde(with = "nanos")]
    pub(super) created: Moment,
    #[serde(with = "nanos")]
    pub(super) updated: Moment,
    pub(super) current: u64,
    pub(super) oldest: u64,
    pub(super) versions: BTreeMap<u64, Version>,
    pub(super) settings: Settings,
    pub(super) custom_metadata: Option<BTreeMap<String, String>>,
    /// How often its metadata was written.
    pub(super) metadata_version: u64,
}

/// What is known about one version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    #[serde(with = "nanos")]
    pub(super) created: Moment,
    #[serde(with = "nanos::option", default, skip_serializing_if = "Option::is_none")]
    pub(super) deletion: Option<Moment>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) destroyed: bool,
    /// How its path was written, where that is not how the secret is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spelling: Option<String>,
}

/// What is said about a version beside its value.
#[derive(Serialize)]
pub(super) struct VersionAnswer<'a> {
    created_time: Moment,
    custom_metadata: Option<&'a BTreeMap<String, String>>,
    deletion_time: String,
    destroyed: bool,
    version: u64,
}

impl Secret {
    pub(super) fn new(now: Moment) -> Self {
        Self {
            created: now,
            updated: now,
            current: 0,
            oldest: 0,
            versions: BTreeMap::new(),
            settings: Settings::default(),
            custom_metadata: None,
            metadata_version: 0,
        }
    }

    /// Adds a version, and names those that are too many now.
    pub(super) fn add(&mut self, path: &SecretPath<'_>, mount: &Settings, now: Moment) -> Vec<u64> {
        let deletion = self.settings.life(mount).map(|life: Duration| now.plus(life));
        self.current += 1;
        self.updated = now;
        let version = Version { created: now, deletion, destroyed: false, spelling: path.spelling() };
        self.versions.insert(self.current, version);
        let most = self.settings.most_versions(mount);
        if self.current - self.oldest < most {
            return Vec::new();
        }
        self.oldest = self.current - most + 1;
        let kept = self.versions.split_off(&self.oldest);
        std::mem::replace(&mut self.versions, kept).into_keys().collect()
    }

    /// The version of this number, or the newest: numbers below one ask for that.
    pub(super) fn version(&self, wanted: i64) -> Option<(u64, &Version)> {
        let number = u64::try_from(wanted).ok().filter(|number| *number > 0).unwrap_or(self.current);
        Some((number, self.versions.get(&number)?))
    }

    pub(super) fn describe(&self, number: u64, version: &Version) -> VersionAnswer<'_> {
        VersionAnswer {
            created_time: version.created,
            custom_metadata: self.custom_metadata.as_ref(),
            deletion_time: version.deletion.map(Moment::rfc3339).unwrap_or_default(),
            destroyed: version.destroyed,
            version: number,
        }
    }

    /// As `metadata/` shows it.
    pub(super) fn describe_all(&self) -> Value {
        serde_json::json!({
            "cas_required": self.settings.cas_required,
            "created_time": self.created,
            "current_metadata_version": self.metadata_version,
            "current_version": self.current,
            "custom_metadata": self.custom_metadata,
            "delete_version_after": self.settings.life.text(),
            "max_versions": self.settings.max_versions,
            "metadata_cas_required": self.settings.metadata_cas_required,
            "oldest_version": self.oldest,
            "updated_time": self.updated,
            "versions": self.describe_versions(),
        })
    }

    fn describe_versions(&self) -> Map<String, Value> {
        self.versions
            .iter()
            .map(|(number, version)| {
                let described = serde_json::json!({
                    "created_time": version.created,
                    "deletion_time": version.deletion.map(Moment::rfc3339).unwrap_or_default(),
                    "destroyed": version.destroyed,
                });
                (number.to_string(), described)
            })
            .collect()
    }
}

impl Version {
    /// Whether the value can be read: it is neither deleted nor destroyed.
    pub(super) fn is_readable(&self, now: Moment) -> bool {
        !self.destroyed && self.deletion.is_none_or(|deletion| deletion > now)
    }

    pub(super) fn delete(&mut self, now: Moment) {
        if self.is_readable(now) {
            self.deletion = Some(now);
        }
    }

    /// Whether it was written under this path, letter by letter: OpenBao finds it under no other.
    pub(super) fn was_written_as(&self, path: &SecretPath<'_>) -> bool {
        self.spelling.as_deref().unwrap_or(&path.normal) == path.asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_versions_go_when_there_are_too_many() {
        let mut secret = Secret::new(Moment::at_second(10));
        let path = SecretPath::from("a");
        let gone: Vec<u64> =
            (0..12).flat_map(|_| secret.add(&path, &Settings::default(), Moment::at_second(10))).collect();
        assert_eq!((secret.oldest, secret.versions.len(), gone), (3, 10, vec![1, 2]));
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let mut secret = Secret::new(Moment::at_nano(1_234_567));
        secret.add(&SecretPath::from("a//b"), &Settings::default(), Moment::at_second(5));
        secret.versions.get_mut(&1).unwrap().delete(Moment::at_second(7));
        let text = serde_json::to_string(&secret).unwrap();
        let back: Secret = serde_json::from_str(&text).unwrap();
        assert_eq!(back.created, Moment::at_nano(1_234_567));
        assert_eq!(back.versions[&1].deletion, Some(Moment::at_second(7)));
        assert!(back.versions[&1].was_written_as(&SecretPath::from("a//b")));
        assert!(!back.versions[&1].was_written_as(&SecretPath::from("a/b")));
    }
}
