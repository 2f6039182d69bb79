use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::failure::Failure;
use crate::registry::{
    AccessLevel, AccessToken, Group, Holder, Project, Registry, Scope, Standing, Visibility,
};
use crate::server::Instance;

/// The token that a request offers, in `PRIVATE-TOKEN` or as `Authorization: Bearer`.
pub(crate) fn offered_token(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get("private-token") {
        return value.to_str().ok();
    }
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whoever holds the valid token that came with a request.
pub(super) struct Caller {
    token: AccessToken,
}

impl FromRequestParts<Arc<Instance>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let offered = offered_token(&parts.headers).ok_or(Failure::Unauthorized)?;
        match instance.registry().use_token(offered, instance.now()) {
            Standing::Active(token) => Ok(Self { token }),
            Standing::Expired => Err(Failure::Expired),
            Standing::Revoked => Err(Failure::Revoked),
            Standing::Unknown => Err(Failure::Unauthorized),
        }
    }
}

impl Caller {
    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }

    pub(super) fn is_administrator(&self) -> bool {
        self.token.holder == Holder::Administrator
    }

    /// Refuses a token whose scopes do not let it read the API.
    pub(super) fn may_read(&self) -> Result<(), Failure> {
        let enough = self.token.has_any_scope(&[Scope::Api, Scope::ReadApi]);
        if enough { Ok(()) } else { Err(Failure::InsufficientScope("api read_api")) }
    }

    /// Refuses a token whose scopes do not let it change things through the API.
    pub(super) fn may_write(&self) -> Result<(), Failure> {
        let enough = self.token.has_any_scope(&[Scope::Api]);
        if enough { Ok(()) } else { Err(Failure::InsufficientScope("api")) }
    }

    /// The group that `id`, a number or a full path, names for this caller.
    pub(super) fn group(&self, registry: &Registry, id: &str) -> Result<Group, Failure> {
        let group = match id.parse() {
            Ok(number) => registry.group(number),
            Err(_) => registry.group_at(id),
        };
        group
            .filter(|group| self.level(registry, group.id).is_some())
            .cloned()
            .ok_or_else(|| Failure::NotFound("Group".into()))
    }

    /// The project that `id`, a number or a full path, names for this caller.
    pub(super) fn project(&self, registry: &Registry, id: &str) -> Result<Project, Failure> {
        let project = match id.parse() {
            Ok(number) => registry.project(number),
            Err(_) => registry.project_at(id),
        };
        project
            .filter(|project| {
                project.visibility != Visibility::Private
                    || self.level(registry, project.namespace_id).is_some()
            })
            .cloned()
            .ok_or_else(|| Failure::NotFound("Project".into()))
    }

    pub(super) fn is_owner(&self, registry: &Registry, group: &Group) -> bool {
        self.level(registry, group.id) == Some(AccessLevel::Owner)
    }

    fn level(&self, registry: &Registry, group_id: u64) -> Option<AccessLevel> {
        registry.level_in_group(self.token.holder, group_id)
    }
}
