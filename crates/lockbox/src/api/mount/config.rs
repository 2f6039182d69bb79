use serde_json::{Map, Value};

use super::{MountError, Tuning, tune::unknown_version, tuning::seconds};
use crate::{auth::token::SYSTEM_LONGEST, exchange::Fields};

/// Whose `config` it is: the two know different settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Engine,
    Method,
}

impl Tuning {
    /// What a new mount is told by `config`.
    ///
    /// # Errors
    /// When something of it is wrong.
    pub(crate) fn configured(kind: &str, of: Of, config: &Map<String, Value>) -> Result<Self, MountError> {
        let fields = Fields::from(config.clone());
        for field in
            ["default_lease_ttl", "max_lease_ttl", "listing_visibility", "token_type", "plugin_version"]
        {
            if matches!(fields.value(field), Some(Value::Bool(_) | Value::Array(_) | Value::Object(_))) {
                return Err(MountError::Config(of.name()));
            }
        }
        if !matches!(fields.value("force_no_cache"), None | Some(Value::Bool(_))) {
            return Err(MountError::Config(of.name()));
        }
        if LISTS.into_iter().any(|field| !fields.value(field).is_none_or(is_list))
            || !fields.value("user_lockout_config").is_none_or(is_lockout)
        {
            return Err(MountError::Config(of.name()));
        }
        let mut tuning = Self::default();
        let text = |field| fields.text(field).map(Option::unwrap_or_default);
        let read = |field, what| -> Result<i64, MountError> {
            let text = text(field)?;
            let refuse = |problem| MountError::Ttl { what, text: text.clone(), problem };
            Ok(seconds(&text).map_err(refuse)?.unwrap_or_default())
        };
        let default = read("default_lease_ttl", "default")?;
        let max = read("max_lease_ttl", "max")?;
        let systems = i64::try_from(SYSTEM_LONGEST.as_secs()).unwrap_or(i64::MAX);
        if max != 0 && default > max {
            return Err(MountError::DefaultAboveMax);
        }
        if max == 0 && default > systems {
            return Err(MountError::DefaultAboveSystem(systems));
        }
        (tuning.default_lease_seconds, tuning.max_lease_seconds) = (default, max);
        let version = text("plugin_version")?;
        if !version.is_empty() {
            return Err(match of {
                Of::Engine => MountError::NotBuiltIn(kind.to_owned()),
                Of::Method => unknown_version(kind, &version),
            });
        }
        tuning.set_visibility(text("listing_visibility")?)?;
        match of {
            Of::Engine => tuning.force_no_cache = fields.flag("force_no_cache")?.unwrap_or_default(),
            Of::Method => tuning.set_kind(&text("token_type")?)?,
        }
        tuning.take_lists(&fields)?;
        Ok(tuning)
    }
}

/// What is decoded into a list of texts: numbers are texts in it, and stand for none alone.
fn is_list(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(values) => {
            values.iter().all(|value| matches!(value, Value::Null | Value::String(_) | Value::Number(_)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// What is decoded into numbers and a flag. Nobody is locked out here.
fn is_lockout(value: &Value) -> bool {
    let is_number = |field: &str| NUMBERS.contains(&field);
    value.as_object().is_some_and(|members| {
        members.iter().all(|(name, value)| match value {
            Value::Null => true,
            Value::Number(_) => name != "lockout_disable",
            Value::Bool(_) => !is_number(name),
            Value::String(_) | Value::Array(_) | Value::Object(_) => {
                !is_number(name) && name != "lockout_disable"
            }
        })
    })
}

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Engine => "mount",
            Self::Method => "auth",
        }
    }
}

const LISTS: [&str; 4] = [
    "audit_non_hmac_request_keys",
    "audit_non_hmac_response_keys",
    "passthrough_request_headers",
    "allowed_response_headers",
];
const NUMBERS: [&str; 3] = ["lockout_threshold", "lockout_duration", "lockout_counter_reset_duration"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn configured(of: Of, config: Value) -> Result<Tuning, String> {
        let config = config.as_object().cloned().unwrap_or_default();
        Tuning::configured("kv", of, &config).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mount_is_told_at_its_making() {
        let config = json!({ "default_lease_ttl": 3600, "passthrough_request_headers": "A,B", "unknown": 1 });
        let tuning = configured(Of::Engine, config).unwrap();
        assert_eq!((tuning.default_lease_seconds, tuning.max_lease_seconds), (3600, 0));
        assert_eq!(tuning.passthrough_request_headers, ["A", "B"]);
    }

    #[test]
    fn what_is_wrong_is_refused_in_openbaos_words() {
        for (of, config, expected) in [
            (
                Of::Engine,
                json!({ "default_lease_ttl": "x" }),
                "unable to parse default TTL of x: time: invalid duration \"x\"",
            ),
            (
                Of::Engine,
                json!({ "default_lease_ttl": "2h", "max_lease_ttl": "1h" }),
                "given default lease TTL greater than given max lease TTL",
            ),
            (
                Of::Engine,
                json!({ "default_lease_ttl": "9999h" }),
                "given default lease TTL greater than system max lease TTL of 2764800",
            ),
            (
                Of::Engine,
                json!({ "force_no_cache": "x" }),
                "unable to convert given mount config information",
            ),
            (
                Of::Engine,
                json!({ "default_lease_ttl": [] }),
                "unable to convert given mount config information",
            ),
            (Of::Engine, json!({ "listing_visibility": "x" }), "invalid listing_visibility x"),
            (Of::Method, json!({ "token_type": "x" }), "invalid value for 'token_type'"),
        ] {
            assert_eq!(configured(of, config).unwrap_err(), expected);
        }
    }
}
