use serde_json::json;

use crate::{
    api::{Core, failure::Failure},
    auth::token::{Session, TokenError},
    exchange::{Answer, Field, Operation, Request, Schema},
    storage::Batch,
};

/// A path under `sys/leases/`: here every lease is a token's.
pub(super) async fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let (place, rest) = path.split_once('/').unwrap_or((path, ""));
    match (place, rest, request.operation) {
        ("lookup", "", Operation::Update) => {
            let fields = LOOKUP;
            fields.check(request.fields).map_err(Failure::Validation)?;
            Ok(fields.noted(lookup(core, request)?, request.fields))
        }
        ("lookup", folder, Operation::List) => list(core, folder, request),
        ("renew", _, Operation::Update) => {
            RENEW.check(request.fields).map_err(Failure::Validation)?;
            renew(core, rest, request)
        }
        ("revoke", _, Operation::Update) => {
            REVOKE.check(request.fields).map_err(Failure::Validation)?;
            revoke(core, rest, request).await
        }
        ("revoke-prefix", prefix, Operation::Update) if !prefix.is_empty() => {
            REVOKE_PREFIX.check(request.fields).map_err(Failure::Validation)?;
            revoke_prefix(core, prefix, request).await?;
            Ok(ended(request)?)
        }
        ("revoke-force", prefix, Operation::Update) if !prefix.is_empty() => {
            revoke_prefix(core, prefix, request).await?;
            Ok(Answer::empty())
        }
        ("count", "", Operation::Read) => {
            COUNT.check(request.fields).map_err(Failure::Validation)?;
            let counted = Answer::data(&json!({ "counts": {}, "lease_count": 0 }));
            irrevocable(request)?;
            Ok(COUNT.noted(counted, request.fields))
        }
        ("tidy", "", Operation::Update) => {
            core.tokens.purge(request.now);
            Ok(Answer::warning(TIDIED).with_status(202))
        }
        ("revoke-prefix" | "revoke-force", "", _) => Err(Failure::UnsupportedPath),
        ("lookup" | "renew" | "revoke" | "revoke-prefix" | "revoke-force", _, operation) => {
            // A list is asked for with a slash at its end, which makes another path of it.
            let other = operation == Operation::List && matches!(rest, "");
            Err(if other { Failure::UnsupportedPath } else { Failure::UnsupportedOperation })
        }
        ("count" | "tidy", "", operation) if operation != Operation::List => {
            Err(Failure::UnsupportedOperation)
        }
        _ => Err(Failure::UnsupportedPath),
    }
}

/// `sys/leases`: those that cannot be ended, of which there are none here.
pub(super) fn all(request: &Request<'_>) -> Result<Answer, Failure> {
    ALL.check(request.fields).map_err(Failure::Validation)?;
    let limit = request.fields.text("limit")?.unwrap_or_default();
    irrevocable(request)?;
    match limit.as_str() {
        "" | "none" => {}
        number => match number.parse::<i64>() {
            Ok(1..) => {}
            Ok(_) => return Err(Failure::LeaseLimitBelowOne),
            Err(_) => return Err(Failure::LeaseLimit(limit)),
        },
    }
    Ok(ALL.noted(Answer::data(&json!({ "lease_count": 0, "leases": [] })), request.fields))
}

fn lookup(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = id(request, "")?;
    let session = core.tokens.find_by_lease(&id, request.now).ok_or(Failure::NoSuchLease)?;
    let token = &session.token;
    Ok(Answer::data(&json!({
        "expire_time": session.ends,
        "id": id,
        "issue_time": token.issued,
        "last_renewal": session.renewed,
        "path": *token.path,
        "renewable": token.renewable,
        "ttl": session.time_left(request.now).as_secs(),
    })))
}

fn list(core: &Core, folder: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let names = core.tokens.leases_in(folder, request.now);
    match (names.as_slice(), LIST.ignored(request.fields).as_slice()) {
        ([], []) => Err(Failure::NotFound),
        ([], _) => Ok(LIST.noted(Answer::data(&json!({})), request.fields)),
        (names, _) => Ok(LIST.noted(Answer::keys(names), request.fields)),
    }
}

fn renew(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = id(request, path)?;
    let session = core.tokens.find_by_lease(&id, request.now).ok_or(Failure::LeaseNotFound)?;
    Err(if session.ends.is_none() { TokenError::NotRenewable.into() } else { Failure::TokenLease })
}

async fn revoke(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = id(request, path)?;
    if let Some(session) = core.tokens.find_by_lease(&id, request.now) {
        core.tokens.revoke(&session).await?;
    }
    ended(request)
}

/// Every token under a path, or the one of a lease.
async fn revoke_prefix(core: &Core, prefix: &str, request: &Request<'_>) -> Result<(), Failure> {
    let session: Option<Session> = core.tokens.find_by_lease(prefix, request.now);
    match session {
        Some(session) => Ok(core.tokens.revoke(&session).await?),
        None => {
            let folder = format!("{}/", prefix.trim_end_matches('/'));
            Ok(core.tokens.revoke_issued_under(&folder, Batch::default()).await?)
        }
    }
}

/// Who does not wait is told so, though it is done. Null is a no.
fn ended(request: &Request<'_>) -> Result<Answer, Failure> {
    let waits = request.fields.flag("sync")?.unwrap_or(!request.fields.has("sync"));
    Ok(if waits { Answer::empty() } else { Answer::empty().with_status(202) })
}

/// The lease that a request names, in its body or in its path.
fn id(request: &Request<'_>, path: &str) -> Result<String, Failure> {
    let named = request.fields.text("lease_id")?.unwrap_or_default();
    let id = if named.is_empty() { path.to_owned() } else { named };
    if id.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(Failure::RelativeLease(id));
    }
    if id.is_empty() { Err(Failure::NoLeaseNamed) } else { Ok(id) }
}

fn irrevocable(request: &Request<'_>) -> Result<(), Failure> {
    match request.fields.text("type")?.as_deref() {
        Some("irrevocable") => Ok(()),
        _ => Err(Failure::NotFound),
    }
}

const LOOKUP: Schema = Schema(&[("lease_id", Field::Text)]);
const LIST: Schema = Schema(&[("prefix", Field::OfPath)]);
const RENEW: Schema =
    Schema(&[("url_lease_id", Field::OfPath), ("lease_id", Field::Text), ("increment", Field::Seconds)]);
const REVOKE: Schema =
    Schema(&[("url_lease_id", Field::OfPath), ("lease_id", Field::Text), ("sync", Field::Flag)]);
const REVOKE_PREFIX: Schema = Schema(&[("prefix", Field::OfPath), ("sync", Field::Flag)]);
const COUNT: Schema = Schema(&[("type", Field::Text), ("include_child_namespaces", Field::Flag)]);
const ALL: Schema =
    Schema(&[("type", Field::Text), ("include_child_namespaces", Field::Flag), ("limit", Field::Text)]);
const TIDIED: &str = "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs.";
