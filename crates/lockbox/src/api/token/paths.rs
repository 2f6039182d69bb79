use super::{create, lookup, renew, revoke};
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::{Session, TokenError},
    exchange::{Answer, Operation, Request},
};

/// Answers a request under `auth/token/` that its policies allow.
///
/// # Errors
/// When the path is not known, or its handler refuses.
pub(crate) async fn handle(
    core: &Core,
    asking: &Asking<'_>,
    request: &Request<'_>,
) -> Result<Answer, Failure> {
    match (request.path, request.operation) {
        ("create", Operation::Update) => create::create(core, asking, request, create::Parent::Asking).await,
        ("create-orphan", Operation::Update) => {
            create::create(core, asking, request, create::Parent::None).await
        }
        ("lookup", Operation::Read | Operation::Update) => lookup::by_id(core, asking, request),
        ("lookup-self", Operation::Read | Operation::Update) => Ok(lookup::own(asking, request)),
        ("lookup-accessor", Operation::Update) => lookup::by_accessor(core, request),
        ("renew", Operation::Update) => renew::by_id(core, request).await,
        ("renew-self", Operation::Update) => renew::own(core, asking, request).await,
        ("renew-accessor", Operation::Update) => renew::by_accessor(core, request).await,
        ("revoke", Operation::Update) => revoke::by_id(core, request).await,
        ("revoke-self", Operation::Update) => revoke::own(core, asking).await,
        ("revoke-accessor", Operation::Update) => revoke::by_accessor(core, request).await,
        ("accessors" | "accessors/", Operation::List) => {
            Ok(Answer::keys(&core.tokens.accessors(request.now)))
        }
        (
            "create" | "create-orphan" | "lookup" | "lookup-self" | "lookup-accessor" | "renew"
            | "renew-self" | "renew-accessor" | "revoke" | "revoke-self" | "revoke-accessor" | "accessors"
            | "accessors/",
            _,
        ) => Err(Failure::UnsupportedOperation),
        _ => Err(Failure::UnsupportedPath),
    }
}

/// The token whose accessor the request names, if there is one.
pub(super) fn named_by_accessor(core: &Core, request: &Request<'_>) -> Result<Option<Session>, Failure> {
    let accessor = request.fields.text("accessor")?.filter(|accessor| !accessor.is_empty());
    Ok(core.tokens.find_by_accessor(&accessor.ok_or(TokenError::NoAccessor)?, request.now))
}
