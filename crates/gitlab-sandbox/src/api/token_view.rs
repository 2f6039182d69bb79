use serde_json::{Value, json};

use crate::registry::{AccessToken, Holder, iso_timestamp};

/// A token as the API shows it: everything but its value.
pub(super) fn token_view(token: &AccessToken, now: i64) -> Value {
    let mut view = json!({
        "id": token.id,
        "name": token.name,
        "description": token.description,
        "revoked": token.revoked,
        "created_at": iso_timestamp(token.created_at),
        "scopes": token.scopes,
        "user_id": token.user_id,
        "last_used_at": token.last_used_at.map(iso_timestamp),
        "active": token.is_active(now),
        "expires_at": token.expires_at,
    });
    if let Holder::GroupBot { group_id, level } = token.holder {
        view["access_level"] = json!(level);
        view["resource_type"] = "group".into();
        view["resource_id"] = group_id.into();
    }
    view
}
