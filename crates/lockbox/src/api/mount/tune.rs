use serde_json::{Map, Value};

use super::{Description, MountError, description::BUILT_IN_VERSION};
use crate::{
    exchange::{Field, Fields, Schema},
    kv::Version,
};

/// The fields of `tune`.
pub(crate) const TUNED: Schema = Schema(&[
    ("path", Field::OfPath),
    ("default_lease_ttl", Field::Text),
    ("max_lease_ttl", Field::Text),
    ("user_lockout_config", Field::Object),
    ("description", Field::Text),
    ("plugin_version", Field::Text),
    ("audit_non_hmac_request_keys", Field::Texts),
    ("audit_non_hmac_response_keys", Field::Texts),
    ("listing_visibility", Field::Text),
    ("token_type", Field::Text),
    ("passthrough_request_headers", Field::Texts),
    ("allowed_response_headers", Field::Texts),
    ("allowed_managed_keys", Field::Texts),
    ("options", Field::Pairs),
]);

/// What a mount is told to become, all of it or nothing.
#[derive(Debug)]
pub(crate) struct Tuned {
    pub(crate) description: Description,
    pub(crate) warning: Option<String>,
}

impl Description {
    /// The description with what is given taken over.
    ///
    /// # Errors
    /// When something of it is wrong, or cannot be changed.
    pub(crate) fn tune(&self, asked_for: &str, fields: &Fields) -> Result<Tuned, MountError> {
        if self.is_built_in()
            && let Some(fixed) = FIXED.into_iter().find(|field| fields.has(field))
        {
            return Err(MountError::Fixed { field: fixed, path: asked_for.to_owned() });
        }
        let mut tuned = self.clone();
        tuned.tuning.take_times(fields)?;
        if fields.map("user_lockout_config")?.is_some_and(|config| !config.is_empty()) {
            return Err(MountError::NoLockout(self.kind.clone()));
        }
        if fields.has("description") {
            tuned.text = fields.text("description")?.unwrap_or_default();
        }
        if fields.has("plugin_version") {
            let version = fields.text("plugin_version")?.unwrap_or_default();
            tuned.tuning.plugin_version = match semantic(&version) {
                Some(version) if version == BUILT_IN_VERSION => version,
                _ => return Err(unknown_version(&self.kind, &version)),
            };
        }
        if fields.has("listing_visibility") {
            tuned.tuning.set_visibility(fields.text("listing_visibility")?.unwrap_or_default())?;
        }
        if fields.has("token_type") {
            match self.kind.as_str() {
                "token" => return Err(MountError::TokenKindStays),
                _ if !self.is_auth() => return Err(MountError::TokenKindOfEngine),
                _ => tuned.tuning.set_kind(&fields.text("token_type")?.unwrap_or_default())?,
            }
        }
        tuned.tuning.take_lists(fields)?;
        let warning = tuned.take_options(fields)?;
        Ok(Tuned { description: tuned, warning })
    }

    /// An empty value takes an option away; a higher version is a step that cannot be taken back.
    fn take_options(&mut self, fields: &Fields) -> Result<Option<String>, MountError> {
        let given = fields.texts_by_name("options")?.unwrap_or_default();
        let mut warning = None;
        if let Some(asked) = given.get("version") {
            let number = |text: &str| if text.is_empty() { Ok(0) } else { text.parse::<i64>() };
            let asked = number(asked).map_err(|_| MountError::OptionVersion(given["version"].clone()))?;
            let present = number(self.option("version")).unwrap_or_default();
            if !matches!(asked, 1 | 2) {
                return Err(MountError::NoSuchVersion(asked));
            }
            if present > asked {
                return Err(MountError::Downgrade(present));
            }
            // OpenBao names the version that it upgrades to after it was forgotten.
            warning = (present < asked).then(|| {
                format!(
                    "Upgrading mount from version {present} to version 0. This mount will be unavailable for a brief \
                     period and will resume service shortly."
                )
            });
        }
        if !given.is_empty() {
            let mut options: Map<String, Value> = self.options.as_object().cloned().unwrap_or_default();
            for (name, value) in given {
                if value.is_empty() {
                    options.remove(&name);
                } else {
                    options.insert(name, value.into());
                }
            }
            self.options = Value::Object(options);
        }
        Ok(warning)
    }

    /// Whether an engine with this description becomes one with the other by moving what it holds.
    pub(super) fn upgrades_to(&self, other: &Self) -> bool {
        matches!(self.kind.as_str(), "kv" | "generic")
            && (self.version(), other.version()) == (Version::One, Version::Two)
    }
}

/// Every plugin has one version here.
pub(super) fn unknown_version(kind: &str, version: &str) -> MountError {
    match semantic(version) {
        None => MountError::NoVersion(version.to_owned()),
        Some(version) => MountError::UnknownPluginVersion { kind: kind.to_owned(), version },
    }
}

/// `v1.2.3+build`, from the forms in which a version is written.
fn semantic(text: &str) -> Option<String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts = numbers.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<u64>>>()?;
    if parts.len() < 3 {
        parts.resize(3, 0);
    }
    let numbers: Vec<String> = parts.iter().map(u64::to_string).collect();
    Some(format!("v{}{rest}", numbers.join(".")))
}

/// What nobody changes about the mounts that every vault has.
const FIXED: [&str; 10] = [
    "description",
    "default_lease_ttl",
    "max_lease_ttl",
    "listing_visibility",
    "passthrough_request_headers",
    "allowed_response_headers",
    "options",
    "token_type",
    "user_lockout_config",
    "plugin_version",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tuned(description: &Description, body: Value) -> Result<Tuned, String> {
        let fields = body.as_object().cloned().map(Fields::from).unwrap_or_default();
        description.tune(&description.path, &fields).map_err(|error| error.to_string())
    }

    fn kv() -> Description {
        Description::new("kv", "kv/", "").with_options(json!({ "version": "1" }))
    }

    #[test]
    fn a_version_goes_up_only() {
        let two = tuned(&kv(), json!({ "options": { "version": "2" } })).unwrap();
        assert!(two.warning.is_some() && kv().upgrades_to(&two.description));
        for (version, refusal) in [
            (json!("1"), "cannot downgrade mount from version 2"),
            (json!("3"), "invalid version provided: 3"),
            (json!(""), "invalid version provided: 0"),
            (json!("x"), "unable to parse options: strconv.ParseInt: parsing \"x\": invalid syntax"),
        ] {
            let body = json!({ "options": { "version": version } });
            assert_eq!(tuned(&two.description, body).unwrap_err(), refusal);
        }
    }

    #[test]
    fn options_are_added_and_taken_away() {
        let with = tuned(&kv(), json!({ "options": { "a": "b" } })).unwrap().description;
        assert_eq!(with.options, json!({ "version": "1", "a": "b" }));
        let without = tuned(&with, json!({ "options": ["a="] })).unwrap().description;
        assert_eq!(without.options, json!({ "version": "1" }));
    }

    #[test]
    fn what_is_built_in_stays() {
        let system = Description::new("system", "sys/", "");
        assert_eq!(
            tuned(&system, json!({ "description": "x" })).unwrap_err(),
            "cannot tune parameter description of sys/"
        );
        assert!(tuned(&system, json!({ "audit_non_hmac_request_keys": ["a"] })).is_ok());
    }

    #[test]
    fn a_version_is_written_in_one_way() {
        for (text, expected) in
            [("1", Some("v1.0.0")), ("v2.7.2+builtin.bao", Some(BUILT_IN_VERSION)), ("x", None), ("", None)]
        {
            assert_eq!(semantic(text).as_deref(), expected, "{text}");
        }
    }
}
