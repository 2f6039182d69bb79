use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MountError;
use crate::{
    auth::token::{KindRule, Lifetimes, SYSTEM_LONGEST},
    exchange::{Fields, parse},
};

/// What can be changed about a mount while it is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tuning {
    /// How long what it gives lives. Zero leaves it to the system; OpenBao takes less than that too.
    pub(super) default_lease_seconds: i64,
    pub(super) max_lease_seconds: i64,
    pub(super) force_no_cache: bool,
    pub(super) kind: KindRule,
    pub(super) listing_visibility: String,
    pub(super) audit_non_hmac_request_keys: Vec<String>,
    pub(super) audit_non_hmac_response_keys: Vec<String>,
    pub(super) passthrough_request_headers: Vec<String>,
    pub(super) allowed_response_headers: Vec<String>,
    pub(super) plugin_version: String,
}

impl Tuning {
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        let or_systems = |seconds| match u64::try_from(seconds) {
            Ok(0) => SYSTEM_LONGEST,
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => Duration::ZERO,
        };
        Lifetimes {
            usual: or_systems(self.default_lease_seconds),
            longest: or_systems(self.max_lease_seconds),
        }
    }

    /// Which kind of token logins give.
    pub(crate) fn kind(&self) -> KindRule {
        self.kind
    }

    /// How long a reader should take a secret for good, in seconds.
    pub(crate) fn lease_hint(&self) -> i64 {
        or_systems_seconds(self.default_lease_seconds)
    }

    /// As `config` and `tune` both show it, each with its own times.
    pub(super) fn describe(&self, described: &mut Map<String, Value>) {
        described.insert("force_no_cache".to_owned(), self.force_no_cache.into());
        for (name, list) in [
            ("audit_non_hmac_request_keys", &self.audit_non_hmac_request_keys),
            ("audit_non_hmac_response_keys", &self.audit_non_hmac_response_keys),
            ("passthrough_request_headers", &self.passthrough_request_headers),
            ("allowed_response_headers", &self.allowed_response_headers),
        ] {
            if !list.is_empty() {
                described.insert(name.to_owned(), list.as_slice().into());
            }
        }
        if !self.listing_visibility.is_empty() {
            described.insert("listing_visibility".to_owned(), self.listing_visibility.as_str().into());
        }
    }

    /// Takes over the times that are given.
    ///
    /// # Errors
    /// When one is none, or what is usual would be longer than the longest.
    pub(super) fn take_times(&mut self, fields: &Fields) -> Result<(), MountError> {
        let default = fields.text("default_lease_ttl")?.unwrap_or_default();
        let max = fields.text("max_lease_ttl")?.unwrap_or_default();
        let default = seconds(&default).map_err(MountError::Duration)?.unwrap_or(self.default_lease_seconds);
        let max = seconds(&max).map_err(MountError::Duration)?.unwrap_or(self.max_lease_seconds);
        let changed = (default, max) != (self.default_lease_seconds, self.max_lease_seconds);
        if changed && default != 0 && max != 0 && max < default {
            return Err(MountError::MaxBelowDefault { max, default });
        }
        (self.default_lease_seconds, self.max_lease_seconds) = (default, max);
        Ok(())
    }

    /// Takes over the lists of names that are given.
    ///
    /// # Errors
    /// When one is no list.
    pub(super) fn take_lists(&mut self, fields: &Fields) -> Result<(), MountError> {
        for (field, list) in [
            ("audit_non_hmac_request_keys", &mut self.audit_non_hmac_request_keys),
            ("audit_non_hmac_response_keys", &mut self.audit_non_hmac_response_keys),
            ("passthrough_request_headers", &mut self.passthrough_request_headers),
            ("allowed_response_headers", &mut self.allowed_response_headers),
        ] {
            if fields.has(field) {
                *list = fields.texts(field)?.unwrap_or_default();
            }
        }
        Ok(())
    }

    /// # Errors
    /// When it is none that there is.
    pub(super) fn set_visibility(&mut self, visibility: String) -> Result<(), MountError> {
        if !matches!(visibility.as_str(), "" | "hidden" | "unauth") {
            return Err(MountError::UnknownVisibility(visibility));
        }
        self.listing_visibility = visibility;
        Ok(())
    }

    /// # Errors
    /// When it is none that there is.
    pub(super) fn set_kind(&mut self, name: &str) -> Result<(), MountError> {
        self.kind = match (name, KindRule::named(name)) {
            ("", _) => KindRule::DefaultService,
            (_, None | Some(KindRule::Default)) => return Err(MountError::UnknownTokenKind),
            (_, Some(kind)) => kind,
        };
        Ok(())
    }
}

pub(super) fn or_systems_seconds(seconds: i64) -> i64 {
    let longest = i64::try_from(SYSTEM_LONGEST.as_secs()).unwrap_or(i64::MAX);
    if seconds == 0 { longest } else { seconds }
}

/// What a text says about a lease, in seconds; nothing when it is empty.
///
/// # Errors
/// When it is no duration.
pub(super) fn seconds(text: &str) -> Result<Option<i64>, String> {
    match text {
        "" => Ok(None),
        "system" => Ok(Some(0)),
        text => Ok(Some(parse(text)? / 1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tuned(tuning: &mut Tuning, body: Value) -> Result<(), String> {
        let fields = body.as_object().cloned().map(Fields::from).unwrap_or_default();
        tuning.take_times(&fields).map_err(|error| error.to_string())
    }

    #[test]
    fn the_usual_time_is_within_the_longest() {
        let mut tuning = Tuning::default();
        assert_eq!(tuning.lifetimes(), Lifetimes::default());
        tuned(&mut tuning, json!({ "default_lease_ttl": "1h", "max_lease_ttl": 7200 })).unwrap();
        assert_eq!(tuning.lifetimes().longest.as_secs(), 7200);
        assert_eq!(
            tuned(&mut tuning, json!({ "max_lease_ttl": "30m" })).unwrap_err(),
            "backend max lease TTL of 1800 would be less than backend default lease TTL of 3600"
        );
        tuned(&mut tuning, json!({ "default_lease_ttl": "system", "max_lease_ttl": "" })).unwrap();
        assert_eq!((tuning.default_lease_seconds, tuning.max_lease_seconds), (0, 7200));
    }

    #[test]
    fn a_time_below_zero_is_taken_and_gives_no_time() {
        let mut tuning = Tuning::default();
        tuned(&mut tuning, json!({ "default_lease_ttl": "-1" })).unwrap();
        assert_eq!((tuning.lifetimes().usual, tuning.lease_hint()), (Duration::ZERO, -1));
    }
}
