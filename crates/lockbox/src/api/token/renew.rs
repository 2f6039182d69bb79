use zeroize::Zeroizing;

use super::paths::named_by_accessor;
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::{
        Method,
        token::{Session, Terms, TokenError},
    },
    exchange::{Answer, Request},
};

pub(super) async fn own(core: &Core, asking: &Asking<'_>, request: &Request<'_>) -> Result<Answer, Failure> {
    renew(core, asking.session, asking.id, request).await
}

pub(super) async fn by_id(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = request.fields.text("token")?.filter(|id| !id.is_empty()).ok_or(TokenError::NoId)?;
    let session = core.tokens.find(&id, request.now).ok_or(TokenError::NotFound)?;
    renew(core, &session, &id, request).await
}

/// The answer does not say the id, which an accessor does not tell.
pub(super) async fn by_accessor(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let session = named_by_accessor(core, request)?.ok_or(TokenError::UnknownAccessor)?;
    renew(core, &session, "", request).await
}

async fn renew(core: &Core, session: &Session, id: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let asked = request.fields.duration("increment").map_err(TokenError::Body)?.unwrap_or_default();
    let said = said_by_role(core, session)?;
    let terms = Terms {
        asked,
        usual: said.map_or(session.granted, |role| role.usual),
        longest: said.map_or_else(Default::default, |role| role.longest),
        explicit_max: session.token.explicit_max_ttl,
        period: said.map_or(session.token.period, |role| role.period),
    };
    let shown = Zeroizing::new(id.to_owned());
    let (auth, warnings) = core.tokens.renew(session, &terms, shown, request.now).await?;
    Ok(Answer::authenticated(auth, warnings))
}

/// What the role that gave a token says about its time today.
fn said_by_role(core: &Core, session: &Session) -> Result<Option<Terms>, TokenError> {
    let Some(role) = &session.token.role else { return Ok(None) };
    let mount = session.token.path.strip_prefix("auth/").and_then(|path| core.mounts.methods.find(path));
    let said = mount.and_then(|(mount, _)| match &mount.inside {
        Method::Jwt(method) => method.terms(role),
        Method::Token => None,
    });
    said.map(Some).ok_or_else(|| TokenError::RoleGone(role.clone()))
}
