use super::{Core, failure::Failure, wrapping};
use crate::{
    auth::token::{Kind, Session},
    cubbyhole::CubbyholeError,
    exchange::{Answer, Operation, Request},
};

/// Answers a request to the cubbyhole of who asks.
///
/// # Errors
/// When the token is carried by its bearer, has ended, or the cubbyhole refuses.
pub(super) async fn handle(core: &Core, session: &Session, request: &Request<'_>) -> Result<Answer, Failure> {
    if session.token.kind == Kind::Batch {
        return Err(CubbyholeError::BatchOwner.into());
    }
    let is_write = matches!(request.operation, Operation::Create | Operation::Update);
    if is_write {
        core.tokens.own(session.key).map_err(|_| CubbyholeError::OwnerGone)?;
    }
    let mut answer = core.cubbyholes.handle(session.key, request).await?;
    if is_write && core.tokens.own(session.key).is_err() {
        // It ended meanwhile, and its cubbyhole may have been cleared before this was in it.
        core.clear_cubbyhole(session.key).await?;
        return Err(CubbyholeError::OwnerGone.into());
    }
    if request.path == "response" && request.operation == Operation::Read && wrapping::is_wrapping(session) {
        answer.warnings.push(DEPRECATED.to_owned());
    }
    Ok(answer)
}

const DEPRECATED: &str = "Reading from 'cubbyhole/response' is deprecated. Please use sys/wrapping/unwrap to unwrap \
                          responses, as it provides additional security checks and other benefits.";
