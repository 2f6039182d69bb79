use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use crate::{
    api::{Core, failure::Failure},
    auth::token::TokenError,
    clock::Moment,
    exchange::{Answer, Field, Operation, Request, Schema},
    gitlab::GitlabError,
    lease::{Lease, Owed},
    storage::Batch,
};

/// A path under `sys/leases/`: the leases of tokens, and of what they read.
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
            let patience = Patience::of(request)?;
            revoke_prefix(core, prefix, (request.now, patience)).await?;
            Ok(patience.answer())
        }
        ("revoke-force", prefix, Operation::Update) if !prefix.is_empty() => {
            match revoke_prefix(core, prefix, (request.now, Patience::Waits)).await {
                // What is not taken is not owed either.
                Ok(()) | Err(Failure::Owed(_)) => core.leases.abandon(prefix).await?,
                Err(failure) => return Err(failure),
            }
            Ok(Answer::empty())
        }
        ("count", "", Operation::Read) => {
            COUNT.check(request.fields).map_err(Failure::Validation)?;
            irrevocable(request)?;
            Ok(COUNT.noted(count(core), request.fields))
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

/// `sys/leases`: those that could not be ended so far.
pub(super) fn all(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    ALL.check(request.fields).map_err(Failure::Validation)?;
    let limit = request.fields.text("limit")?.unwrap_or_default();
    irrevocable(request)?;
    let most = match limit.as_str() {
        "" | "none" => usize::MAX,
        number => match number.parse::<i64>() {
            Ok(most @ 1..) => usize::try_from(most).unwrap_or(usize::MAX),
            Ok(_) => return Err(Failure::LeaseLimitBelowOne),
            Err(_) => return Err(Failure::LeaseLimit(limit)),
        },
    };
    let owed = core.leases.owed();
    let leases = owed.iter().take(most).map(|Owed { id, problem }| {
        json!({ "lease_id": id, "mount_id": accessor(core, id).unwrap_or_default(), "error": problem })
    });
    let leases: Vec<Value> = leases.collect();
    Ok(ALL.noted(Answer::data(&json!({ "lease_count": leases.len(), "leases": leases })), request.fields))
}

fn count(core: &Core) -> Answer {
    let owed = core.leases.owed();
    let mut counts = BTreeMap::<String, usize>::new();
    for Owed { id, .. } in &owed {
        *counts.entry(accessor(core, id).unwrap_or_default()).or_default() += 1;
    }
    Answer::data(&json!({ "counts": counts, "lease_count": owed.len() }))
}

/// Of the mount that gave a lease.
fn accessor(core: &Core, id: &str) -> Option<String> {
    core.mounts.engines.find(id).map(|(mount, _)| mount.description.accessor.clone())
}

fn lookup(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = id(request, "")?;
    if let Some(lease) = core.leases.find(&id, request.now) {
        return Ok(Answer::data(&json!({
            "expire_time": lease.ends,
            "id": id,
            "issue_time": lease.issued,
            "last_renewal": null,
            "path": lease.path(),
            "renewable": false,
            "ttl": lease.time_left(request.now).as_secs(),
        })));
    }
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
    let mut names = core.leases.names_in(folder, request.now);
    names.extend(core.tokens.leases_in(folder, request.now));
    let names: Vec<String> = names.into_iter().collect();
    match (names.as_slice(), LIST.ignored(request.fields).as_slice()) {
        ([], []) => Err(Failure::NotFound),
        ([], _) => Ok(LIST.noted(Answer::data(&json!({})), request.fields)),
        (names, _) => Ok(LIST.noted(Answer::keys(names), request.fields)),
    }
}

fn renew(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let id = id(request, path)?;
    if core.leases.find(&id, request.now).is_some() {
        return Err(TokenError::NotRenewable.into());
    }
    let session = core.tokens.find_by_lease(&id, request.now).ok_or(Failure::LeaseNotFound)?;
    Err(if session.ends.is_none() { TokenError::NotRenewable.into() } else { Failure::TokenLease })
}

async fn revoke(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let (id, patience) = (id(request, path)?, Patience::of(request)?);
    // What is owed is asked for once more.
    if let Some(lease) = core.leases.named(&id) {
        end(core, vec![lease], (request.now, patience)).await?;
    } else if let Some(session) = core.tokens.find_by_lease(&id, request.now) {
        core.tokens.revoke(&session).await?;
    }
    Ok(patience.answer())
}

/// Every lease under a path, or the one of this name.
async fn revoke_prefix(
    core: &Core,
    prefix: &str,
    (now, patience): (Moment, Patience),
) -> Result<(), Failure> {
    end(core, core.leases.all_named(prefix), (now, patience)).await?;
    match core.tokens.find_by_lease(prefix, now) {
        Some(session) => Ok(core.tokens.revoke(&session).await?),
        None => {
            let folder = format!("{}/", prefix.trim_end_matches('/'));
            Ok(core.tokens.revoke_issued_under(&folder, Batch::default()).await?)
        }
    }
}

async fn end(
    core: &Core,
    leases: Vec<Arc<Lease>>,
    (now, patience): (Moment, Patience),
) -> Result<(), Failure> {
    if patience == Patience::Waits {
        return core.leases.revoke(leases, now).await.map_err(|error| match error {
            GitlabError::Storage(error) => error.into(),
            other => Failure::Owed(other),
        });
    }
    core.leases.end(&leases, now).await?;
    core.leases.work(now);
    Ok(())
}

/// Whether somebody waits for what a lease is of to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    Waits,
    Leaves,
}

impl Patience {
    /// Null is a no.
    fn of(request: &Request<'_>) -> Result<Self, Failure> {
        let waits = request.fields.flag("sync")?.unwrap_or(!request.fields.has("sync"));
        Ok(if waits { Self::Waits } else { Self::Leaves })
    }

    fn answer(self) -> Answer {
        match self {
            Self::Waits => Answer::empty(),
            Self::Leaves => Answer::empty().with_status(202),
        }
    }
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
