use super::paths::named_by_accessor;
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::TokenError,
    exchange::{Answer, Request},
};

pub(super) async fn own(core: &Core, asking: &Asking<'_>) -> Result<Answer, Failure> {
    core.tokens.revoke(asking.session).await?;
    Ok(Answer::empty())
}

/// A token that is not there is revoked already.
pub(super) async fn by_id(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = request.fields.text("token")?.filter(|id| !id.is_empty()).ok_or(TokenError::NoId)?;
    if let Some(session) = core.tokens.find(&id, request.now) {
        core.tokens.revoke(&session).await?;
    }
    Ok(Answer::empty())
}

pub(super) async fn by_accessor(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    match named_by_accessor(core, request)? {
        Some(session) => {
            core.tokens.revoke(&session).await?;
            Ok(Answer::empty())
        }
        None => Ok(Answer::warning("No token found with this accessor")),
    }
}
