use crate::{
    api::{Core, failure::Failure},
    auth::token::{Order, TokenError},
    exchange::Answer,
};

/// Makes the token that a login ordered.
///
/// # Errors
/// When the order is for a root token, or its method is gone meanwhile.
pub(crate) async fn log_in(core: &Core, accessor: &str, order: Order) -> Result<Answer, Failure> {
    if order.policies.iter().any(|policy| policy == "root") {
        return Err(TokenError::RootByLogin.into());
    }
    let path = order.path.clone();
    let now = core.now();
    let (auth, warnings) = core.tokens.issue(order, now).await?;
    // Who takes a method away ends its tokens, and may have looked for them before this one was there.
    let place = path.strip_prefix("auth/").and_then(|path| core.mounts.methods.find(path));
    if place.is_none_or(|(mount, _)| mount.description.accessor != accessor) {
        if let Some(session) = core.tokens.find(&auth.client_token, now) {
            core.tokens.revoke(&session).await?;
        }
        return Err(TokenError::Refused.into());
    }
    Ok(Answer::authenticated(auth, warnings))
}
