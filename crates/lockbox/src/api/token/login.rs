use crate::{
    api::{Core, failure::Failure},
    auth::token::{Order, TokenError},
    exchange::Answer,
};

/// Makes the token that a login ordered.
///
/// # Errors
/// When the order is for a root token.
pub(crate) async fn log_in(core: &Core, order: Order) -> Result<Answer, Failure> {
    if order.policies.iter().any(|policy| policy == "root") {
        return Err(TokenError::RootByLogin.into());
    }
    let (auth, warnings) = core.tokens.issue(order, core.now()).await?;
    Ok(Answer::authenticated(auth, warnings))
}
