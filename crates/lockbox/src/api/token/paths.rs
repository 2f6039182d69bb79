use super::{
    create::{self, By},
    lookup,
    place::Place,
    renew, revoke, roles,
};
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::{Session, TokenError},
    exchange::{Answer, Request},
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
    let place = Place::find(request.path).ok_or(Failure::UnsupportedPath)?;
    if !place.takes(request.operation) {
        return Err(Failure::UnsupportedOperation);
    }
    let fields = place.fields();
    match place {
        // What may be created is looked up first, and there the same refusal is worded otherwise.
        Place::Role(_) if request.operation.is_write() => fields.check(request.fields)?,
        _ => fields.check(request.fields).map_err(Failure::Validation)?,
    }
    let answer = match place {
        Place::Create => create::create(core, asking, request, By::Parent).await?,
        Place::CreateOrphan => create::create(core, asking, request, By::Nobody).await?,
        Place::CreateBy(name) => create::create_by_role(core, asking, request, name).await?,
        Place::Lookup => lookup::by_id(core, asking, request)?,
        Place::LookupSelf => lookup::own(asking, request),
        Place::LookupAccessor => lookup::by_accessor(core, request)?,
        Place::Renew => renew::by_id(core, request).await?,
        Place::RenewSelf => renew::own(core, asking, request).await?,
        Place::RenewAccessor => renew::by_accessor(core, request).await?,
        Place::Revoke => revoke::by_id(core, request).await?,
        Place::RevokeSelf => revoke::own(core, asking).await?,
        Place::RevokeAccessor => revoke::by_accessor(core, request).await?,
        Place::RevokeOrphan => revoke::alone(core, asking, request).await?,
        Place::Accessors => Answer::keys(&core.tokens.accessors(request.now)),
        Place::Roles => roles::list(core, &fields.ignored(request.fields))?,
        Place::Role(name) => roles::handle(core, name, request).await?,
        Place::Tidy => {
            core.tokens.purge(request.now);
            return Ok(Answer::warning(TIDIED).with_status(202));
        }
    };
    Ok(fields.noted(answer, request.fields))
}

/// The token whose accessor the request names, if there is one.
pub(super) fn named_by_accessor(core: &Core, request: &Request<'_>) -> Result<Option<Session>, Failure> {
    let accessor = request.fields.text("accessor")?.filter(|accessor| !accessor.is_empty());
    Ok(core.tokens.find_by_accessor(&accessor.ok_or(TokenError::NoAccessor)?, request.now))
}

const TIDIED: &str = "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.";
