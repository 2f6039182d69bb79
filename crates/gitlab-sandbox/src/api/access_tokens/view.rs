use serde_json::{Value, json};

use crate::registry::{AccessToken, Registry, UserKind, iso_timestamp};

/// A token as the API shows it: everything but its value.
pub(in crate::api) fn token_view(token: &AccessToken, now: i64) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "description": token.description,
        "revoked": token.is_revoked(),
        "created_at": iso_timestamp(token.created_at),
        "scopes": token.scopes,
        "user_id": token.user_id,
        "last_used_at": token.last_used_at.map(iso_timestamp),
        "active": token.is_active(now),
        "expires_at": token.expires_at,
    })
}

/// The same with whose token it is, as the lists of groups and projects show it.
pub(in crate::api) fn resource_token_view(registry: &Registry, token: &AccessToken, now: i64) -> Value {
    let mut view = token_view(token, now);
    if let Some(UserKind::Bot { of }) = registry.user(token.user_id).map(|user| user.kind) {
        view["access_level"] = json!(registry.own_level(token.user_id, of));
        view["resource_type"] = of.to_string().into();
        view["resource_id"] = of.id().into();
    }
    view
}
