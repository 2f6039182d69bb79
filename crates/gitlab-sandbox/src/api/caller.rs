use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::failure::Failure;
use crate::registry::{
    AccessLevel, AccessToken, Group, Project, Registry, Scope, Source, Standing, User, Visibility,
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

/// Whoever holds the valid token that came with a request, and may ask for this kind of thing with it.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    token: AccessToken,
    user: User,
}

/// The same, whatever the token's scopes.
#[derive(Clone, Debug)]
pub(super) struct AnyScope(pub(super) Caller);

impl FromRequestParts<Arc<Instance>> for AnyScope {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let offered = offered_token(&parts.headers).ok_or(Failure::Unauthorized)?;
        let now = instance.now();
        let mut registry = instance.registry();
        registry.remove_forgotten_bots(now);
        match registry.use_token(offered, now) {
            Standing::Active(token) => {
                let user = registry.user(token.user_id).cloned().ok_or(Failure::Unauthorized)?;
                Ok(Self(Caller { token, user }))
            }
            Standing::Expired => Err(Failure::Expired),
            Standing::Revoked(token) => {
                // Whoever rotates with a token that was rotated away has a stolen one, or somebody else has.
                if parts.uri.path().ends_with("/rotate") {
                    registry.revoke_successors(token.id, now);
                }
                Err(Failure::Revoked)
            }
            Standing::Unknown => Err(Failure::Unauthorized),
        }
    }
}

impl FromRequestParts<Arc<Instance>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let AnyScope(caller) = AnyScope::from_request_parts(parts, instance).await?;
        match parts.method {
            Method::GET | Method::HEAD => caller.has_scope(&[Scope::Api, Scope::ReadApi], "api read_api")?,
            _ => caller.has_scope(&[Scope::Api], "api")?,
        }
        Ok(caller)
    }
}

impl Caller {
    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }

    pub(super) fn user(&self) -> &User {
        &self.user
    }

    pub(super) fn is_administrator(&self) -> bool {
        self.user.is_administrator()
    }

    /// Refuses a token that has none of `scopes`, which `named` names in the refusal.
    pub(super) fn has_scope(&self, scopes: &[Scope], named: &'static str) -> Result<(), Failure> {
        if self.token.has_any_scope(scopes) { Ok(()) } else { Err(Failure::InsufficientScope(named)) }
    }

    /// The group that `id`, a number or a full path, names for this caller.
    pub(super) fn group(&self, registry: &Registry, id: &str) -> Result<Group, Failure> {
        let group = match id.parse() {
            Ok(number) => registry.group(number),
            Err(_) => registry.group_at(id),
        };
        group
            .filter(|group| registry.sees_group(self.user.id, group.id))
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
            .filter(|project| self.sees(registry, project))
            .cloned()
            .ok_or_else(|| Failure::NotFound("Project".into()))
    }

    pub(super) fn sees(&self, registry: &Registry, project: &Project) -> bool {
        project.visibility != Visibility::Private
            || self.level(registry, Source::Project(project.id)).is_some()
    }

    pub(super) fn level(&self, registry: &Registry, source: Source) -> Option<AccessLevel> {
        registry.level(self.user.id, source)
    }

    /// Whether the caller looks after the tokens and the members of a group, as its owner, or of a project.
    pub(super) fn manages(&self, registry: &Registry, source: Source) -> bool {
        let least = match source {
            Source::Group(_) => AccessLevel::Owner,
            Source::Project(_) => AccessLevel::Maintainer,
        };
        self.level(registry, source) >= Some(least)
    }
}
