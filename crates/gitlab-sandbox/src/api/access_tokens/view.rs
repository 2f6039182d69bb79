use serde_json::{Value, json};

use crate::registry::{AccessToken, GranularScope, Registry, Source, UserKind, iso_timestamp};

/// A token as the API shows it: everything but its value.
pub(in crate::api) fn token_view(token: &AccessToken, now: i64) -> Value {
    let mut view = json!({
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
    });
    if !token.granular.is_empty() {
        view["granular_scopes"] = token.granular.iter().map(granular_view).collect();
    }
    view
}

fn granular_view(GranularScope { source, permissions }: &GranularScope) -> Value {
    let (group, project) = match source {
        Source::Group(id) => (Some(id), None),
        Source::Project(id) => (None, Some(id)),
    };
    json!({
        "access": "selected_memberships",
        "permissions": permissions.iter().map(|each| each.as_str()).collect::<Vec<_>>(),
        "project_id": project,
        "group_id": group,
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
