use serde_json::{Map, Value, json};

/// What an auth method answers beside its settings.
const NO_SETTING: &str = "status";

/// Settings that verify the ID tokens of one issuer and of no other. A write takes the place of all that is there, so all of it is said again.
pub(in crate::access) fn jwt_config(issuer: &str, there: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut config = Map::new();
    if let Some(there) = there {
        let kept = there.iter().filter(|(key, value)| *key != NO_SETTING && is_said(value));
        config.extend(kept.map(|(key, value)| (key.clone(), value.clone())));
    } else {
        config.insert("oidc_discovery_url".to_owned(), json!(issuer));
    }
    config.insert("bound_issuer".to_owned(), json!(issuer));
    config
}

/// Why nobody but a person can set an issuer there.
pub(in crate::access) fn unsettable(there: &Map<String, Value>) -> Option<&'static str> {
    let says = |key: &str| there.get(key).is_some_and(is_said);
    if says("jwks_pairs") {
        Some("verifies by `jwks_pairs`, with which no vault takes an issuer")
    } else if says("oidc_client_id") {
        Some("has an OIDC client, whose secret nobody can read to write it again")
    } else {
        None
    }
}

fn is_said(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(all) => !all.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_stays_but_the_issuer() {
        let there = json!({
            "jwks_url": "https://keys.example", "jwks_ca_pem": "", "jwt_supported_algs": ["RS256"], "oidc_discovery_url": "",
            "oidc_response_mode": "query", "namespace_in_state": true, "provider_config": {}, "bound_issuer": "", "status": "valid",
        });
        let config = jwt_config("https://gitlab.example", there.as_object());
        let wanted = json!({
            "jwks_url": "https://keys.example", "jwt_supported_algs": ["RS256"], "oidc_response_mode": "query",
            "namespace_in_state": true, "bound_issuer": "https://gitlab.example",
        });
        assert_eq!(Value::Object(config), wanted);
    }

    #[test]
    fn what_would_be_lost_or_refused_is_left_to_a_person() {
        let there = |body: Value| unsettable(body.as_object().unwrap());
        assert_eq!(
            there(json!({"jwks_url": "https://keys.example", "oidc_client_id": "", "jwks_pairs": []})),
            None
        );
        assert!(there(json!({"oidc_client_id": "made-up"})).is_some());
        assert!(there(json!({"jwks_pairs": [{"jwks_url": "https://keys.example"}]})).is_some());
    }
}
