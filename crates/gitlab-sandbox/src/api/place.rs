use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::caller::Caller;
use super::failure::Failure;
use crate::registry::{Registry, Source};
use crate::server::Instance;

/// The group or the project that a request's path names, as far as the caller sees it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) caller: Caller,
    pub(super) source: Source,
}

impl FromRequestParts<Arc<Instance>> for Place {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let caller = Caller::from_request_parts(parts, instance).await?;
        Self::of(caller, parts, instance).await
    }
}

impl Place {
    pub(super) async fn of(
        caller: Caller,
        parts: &mut Parts,
        instance: &Arc<Instance>,
    ) -> Result<Self, Failure> {
        let parameters = RawPathParams::from_request_parts(parts, instance).await;
        let parameters = parameters.map_err(|_| Failure::NotFound("Project".into()))?;
        let id = parameters.iter().find(|(name, _)| *name == "id").map_or("", |(_, value)| value);
        let registry = instance.registry();
        let source = if parts.uri.path().starts_with("/api/v4/groups/") {
            Source::Group(caller.group(&registry, id)?.id)
        } else {
            Source::Project(caller.project(&registry, id)?.id)
        };
        drop(registry);
        Ok(Self { caller, source })
    }

    /// Refuses a caller who does not look after this place.
    pub(super) fn managed(&self, registry: &Registry) -> Result<(), Failure> {
        if self.caller.manages(registry, self.source) { Ok(()) } else { Err(Failure::Forbidden) }
    }
}
