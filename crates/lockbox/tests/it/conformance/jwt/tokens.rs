use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{issuer::ISSUER, signer::RSA};

/// The claims of a good token, and these changes; null takes a claim away.
pub(super) fn claims(changes: &Value) -> Value {
    let now = now();
    let mut claims = json!({
        "iss": ISSUER.address, "aud": "https://vault.example", "sub": "job", "project_id": "12", "project_path": "g/p",
        "ref_protected": "true", "runner_id": 5, "environment": "prod", "groups": ["a", "b"], "nested": { "id": "n", "list": ["x"] },
        "iat": now, "nbf": now - 5, "exp": now + 300,
    });
    merge(&mut claims, changes);
    claims
}

pub(in crate::conformance) fn jwt(changes: &Value) -> String {
    RSA.sign(&json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa" }), &claims(changes))
}

pub(super) fn merge(target: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().expect("fields") {
        if value.is_null() {
            target.as_object_mut().expect("fields").remove(name);
        } else {
            target[name] = value.clone();
        }
    }
}

pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    i64::try_from(since).expect("soon enough")
}
