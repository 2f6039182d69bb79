use serde_json::json;

use super::paths::named_by_accessor;
use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::{Session, TokenError},
    clock::Moment,
    exchange::{Answer, Request},
};

pub(super) fn own(asking: &Asking<'_>, request: &Request<'_>) -> Answer {
    describe(asking.session, asking.id, request.now)
}

/// Without a token in the request it is about the one that asks.
pub(super) fn by_id(core: &Core, asking: &Asking<'_>, request: &Request<'_>) -> Result<Answer, Failure> {
    let Some(id) = request.fields.secret("token")?.filter(|id| !id.is_empty()) else {
        return Ok(own(asking, request));
    };
    let session = core.tokens.find(&id, request.now).ok_or(TokenError::Unknown)?;
    Ok(describe(&session, &id, request.now))
}

pub(super) fn by_accessor(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let session = named_by_accessor(core, request)?.ok_or(TokenError::UnknownAccessor)?;
    Ok(describe(&session, "", request.now))
}

fn describe(session: &Session, id: &str, now: Moment) -> Answer {
    let token = &session.token;
    let mut described = json!({
        "accessor": *token.accessor,
        "creation_time": token.issued.seconds(),
        "creation_ttl": token.first_ttl.as_secs(),
        "display_name": token.display_name,
        "entity_id": token.entity_id,
        "expire_time": session.ends,
        "explicit_max_ttl": token.explicit_max_ttl.as_secs(),
        "id": id,
        "meta": token.metadata,
        "num_uses": session.uses,
        "orphan": token.parent.is_none(),
        "path": *token.path,
        "policies": *token.policies,
        "ttl": session.time_left(now).as_secs(),
        "type": token.kind.name(),
    });
    if session.has_lease() {
        described["issue_time"] = json!(token.issued);
        described["renewable"] = token.renewable.into();
    }
    if let Some(role) = token.role.as_ref().filter(|_| token.path.starts_with("auth/token/")) {
        described["role"] = (**role).into();
    }
    if !token.period.is_zero() {
        described["period"] = token.period.as_secs().into();
    }
    if let Some(renewed) = session.renewed {
        described["last_renewal"] = json!(renewed);
        described["last_renewal_time"] = renewed.seconds().into();
    }
    if !token.bound_cidrs.is_empty() {
        described["bound_cidrs"] = token.bound_cidrs.iter().map(|cidr| cidr.text()).collect();
    }
    Answer::data(&described)
}
