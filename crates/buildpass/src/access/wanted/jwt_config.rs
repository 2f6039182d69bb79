use serde_json::{Map, Value, json};

/// What of an auth method's settings is kept where its issuer is set right.
const KEPT: [&str; 8] = [
    "oidc_discovery_url",
    "oidc_discovery_ca_pem",
    "jwks_url",
    "jwks_ca_pem",
    "jwt_validation_pubkeys",
    "jwt_supported_algs",
    "default_role",
    "provider_config",
];

/// Settings that verify the ID tokens of one issuer and of no other.
pub(in crate::access) fn jwt_config(issuer: &str, there: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut config = Map::new();
    if let Some(there) = there {
        let kept = KEPT.iter().filter_map(|key| Some((*key, there.get(*key)?)));
        config.extend(
            kept.filter(|(_, value)| is_said(value)).map(|(key, value)| (key.to_owned(), value.clone())),
        );
    } else {
        config.insert("oidc_discovery_url".to_owned(), json!(issuer));
    }
    config.insert("bound_issuer".to_owned(), json!(issuer));
    config
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
