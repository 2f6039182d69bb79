use serde_json::Value;

use super::failure::Failure;
use crate::{auth::token::TokenError, exchange::Fields};

/// A token or a lease that a request names must be a text. OpenBao looks at this before it asks who is there.
///
/// # Errors
/// When it is something else.
pub(super) fn check(path: &str, fields: &Fields) -> Result<(), Failure> {
    let is_no_text = |field| fields.all().get(field).is_some_and(|value: &Value| !value.is_string());
    let lease = path.strip_prefix("sys/leases/").map(|rest| rest.split('/').next().unwrap_or_default());
    if NAME_TOKENS.contains(&path) && is_no_text("token") {
        return Err(TokenError::NoText.into());
    }
    let names_lease = lease.is_some_and(|place| NAME_LEASES.contains(&place));
    if names_lease && fields.value("lease_id").is_some() && is_no_text("lease_id") {
        return Err(Failure::LeaseNoText);
    }
    Ok(())
}

const NAME_TOKENS: [&str; 4] =
    ["auth/token/lookup", "auth/token/renew", "auth/token/revoke", "auth/token/revoke-orphan"];
const NAME_LEASES: [&str; 3] = ["lookup", "renew", "revoke"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_named_is_a_text() {
        for (path, body, expected) in [
            ("auth/token/lookup", json!({ "token": "x" }), true),
            ("auth/token/lookup", json!({ "token": null }), false),
            ("auth/token/lookup-self", json!({ "token": 5 }), true),
            ("sys/leases/renew/x", json!({ "lease_id": 5 }), false),
            ("sys/leases/lookup", json!({ "lease_id": null }), true),
            ("sys/leases/revoke-prefix/x", json!({ "lease_id": 5 }), true),
        ] {
            let fields = body.as_object().cloned().map(Fields::from).unwrap_or_default();
            assert_eq!(check(path, &fields).is_ok(), expected, "{path} {body}");
        }
    }
}
