use super::paths::named_by_accessor;
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::TokenError,
    exchange::{Answer, Request},
    policy::Verdict,
};

pub(super) async fn own(core: &Core, asking: &Asking<'_>) -> Result<Answer, Failure> {
    core.tokens.revoke(asking.session).await?;
    Ok(Answer::empty())
}

/// A token that is not there is revoked already.
pub(super) async fn by_id(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = request.fields.secret("token")?.filter(|id| !id.is_empty()).ok_or(TokenError::NoId)?;
    if let Some(session) = core.tokens.find(&id, request.now) {
        core.tokens.revoke(&session).await?;
    }
    Ok(Answer::empty())
}

/// The children stay, without a parent.
pub(super) async fn alone(
    core: &Core,
    asking: &Asking<'_>,
    request: &Request<'_>,
) -> Result<Answer, Failure> {
    let id = request.fields.secret("token")?.filter(|id| !id.is_empty()).ok_or(TokenError::NoId)?;
    if asking.acl.may_sudo("auth/token/revoke-orphan") == Verdict::Refuse {
        return Err(TokenError::RevokingAloneNeedsSudo.into());
    }
    let session = core.tokens.find(&id, request.now).filter(|session| session.uses >= 0);
    let session = session.ok_or(TokenError::NothingToRevoke)?;
    core.tokens.revoke_alone(&session).await?;
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
