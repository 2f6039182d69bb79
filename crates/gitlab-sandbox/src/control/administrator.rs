use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::refusal::Refusal;
use crate::api::offered_token;
use crate::registry::{Standing, User};
use crate::server::Instance;

/// The proof that a request carried the administrator's token: no handler runs without it.
pub(super) struct Administrator;

impl FromRequestParts<Arc<Instance>> for Administrator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Refusal> {
        let token = offered_token(&parts.headers).ok_or(Refusal::NotTheAdministrator)?;
        let mut registry = instance.registry();
        match registry.use_token(token, instance.now()) {
            Standing::Active(token) if registry.user(token.user_id).is_some_and(User::is_administrator) => {
                Ok(Self)
            }
            Standing::Active(_) | Standing::Expired | Standing::Revoked(_) | Standing::Unknown => {
                Err(Refusal::NotTheAdministrator)
            }
        }
    }
}
