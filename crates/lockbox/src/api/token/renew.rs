use std::time::Duration;

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
    let id = request.fields.secret("token")?.filter(|id| !id.is_empty()).ok_or(TokenError::NoId)?;
    let session = core.tokens.find(&id, request.now).ok_or(TokenError::NotFound)?;
    renew(core, &session, &id, request).await
}

/// The answer does not say the id, which an accessor does not tell.
pub(super) async fn by_accessor(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let session = named_by_accessor(core, request)?.ok_or(TokenError::UnknownAccessor)?;
    renew(core, &session, "", request).await
}

async fn renew(core: &Core, session: &Session, id: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    if session.uses < 0 {
        return Err(TokenError::NotFound.into());
    }
    let asked = request.fields.duration("increment")?.unwrap_or_default();
    session.check_renewable()?;
    let terms = Terms { asked: Duration::from_secs(asked.as_secs()), ..terms(core, session)? };
    let shown = Zeroizing::new(id.to_owned());
    let (auth, warnings) = core.tokens.renew(session, &terms, shown, request.now).await?;
    Ok(Answer::authenticated(auth, warnings))
}

/// What is said about a token's time today, by the role that gave it where there is one.
fn terms(core: &Core, session: &Session) -> Result<Terms, TokenError> {
    let token = &session.token;
    let mount = token.path.strip_prefix("auth/").and_then(|path| core.mounts.methods.find(path));
    let lifetimes = mount.as_ref().map(|(mount, _)| mount.description.lifetimes()).unwrap_or_default();
    let own = Terms {
        usual: session.granted,
        explicit_max: token.explicit_max_ttl,
        period: token.period,
        mount: lifetimes,
        ..Terms::default()
    };
    match (&token.role, mount.as_ref().map(|(mount, _)| &*mount.inside)) {
        (None, _) => Ok(own),
        (Some(name), Some(Method::Token)) => {
            let role =
                core.token_roles.read(name).ok_or_else(|| TokenError::TokenRoleGone(name.to_string()))?;
            Ok(Terms { explicit_max: role.explicit_max.value, period: role.period.value, ..own })
        }
        (Some(name), Some(Method::Jwt(method))) => {
            let role = method.terms(name).ok_or_else(|| TokenError::LoginRoleGone(name.to_string()))?;
            Ok(Terms { explicit_max: token.explicit_max_ttl, mount: lifetimes, ..role })
        }
        (Some(name), None) => Err(TokenError::LoginRoleGone(name.to_string())),
    }
}
