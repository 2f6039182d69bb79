use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use zeroize::Zeroizing;

use super::settings::Settings;
use crate::clock::Moment;

/// One secret with its versions.
pub(super) struct Secret {
    pub(super) created: Moment,
    pub(super) updated: Moment,
    pub(super) current: u64,
    pub(super) oldest: u64,
    pub(super) versions: BTreeMap<u64, Version>,
    pub(super) settings: Settings,
    pub(super) custom_metadata: Option<BTreeMap<String, String>>,
    /// How often its metadata was written.
    pub(super) metadata_version: u64,
}

/// One version of a secret.
pub(super) struct Version {
    pub(super) created: Moment,
    pub(super) deletion: Option<Moment>,
    /// The value as JSON text; none once it is destroyed.
    pub(super) json: Option<Zeroizing<String>>,
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

    /// Adds a version, and lets go of the oldest when there are too many.
    pub(super) fn add(&mut self, json: Zeroizing<String>, mount: &Settings, now: Moment) {
        let life = self.settings.life(mount);
        let deletion = life.map(|life: Duration| now.plus(life));
        self.current += 1;
        self.updated = now;
        self.versions.insert(self.current, Version { created: now, deletion, json: Some(json) });
        let most = self.settings.most_versions(mount);
        if self.current - self.oldest >= most {
            self.oldest = self.current - most + 1;
            self.versions = self.versions.split_off(&self.oldest);
        }
    }

    pub(super) fn describe(&self, number: u64, version: &Version) -> VersionAnswer<'_> {
        VersionAnswer {
            created_time: version.created,
            custom_metadata: self.custom_metadata.as_ref(),
            deletion_time: version.deletion.map(Moment::rfc3339).unwrap_or_default(),
            destroyed: version.json.is_none(),
            version: number,
        }
    }
}

impl Version {
    /// The value, unless the version is deleted or destroyed.
    pub(super) fn value(&self, now: Moment) -> Option<&str> {
        let deleted = self.deletion.is_some_and(|deletion| deletion <= now);
        self.json.as_deref().map(String::as_str).filter(|_| !deleted)
    }

    pub(super) fn delete(&mut self, now: Moment) {
        if self.value(now).is_some() {
            self.deletion = Some(now);
        }
    }
}
