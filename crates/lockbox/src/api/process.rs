use std::time::Duration;

use super::{
    Core,
    audited::{Audited, bearer},
    cubbyhole,
    failure::Failure,
    http::{Incoming, Namespace},
    mount::Description,
    named,
    route::Route,
    shown, sys, token,
    vault::Vault,
    wrapping::{self, WrapError},
};
use crate::{
    audit::{Asker, Decision},
    auth::{
        Method,
        jwt::{self, Client, Mounted},
        token::{Session, TokenError},
    },
    exchange::{Answer, Operation, Request},
    policy::{Acl, Asked, Permission},
};

/// What a handler knows about who is asking.
pub(super) struct Asking<'a> {
    /// The whole path.
    pub(super) path: &'a str,
    pub(super) session: &'a Session,
    pub(super) acl: &'a Acl,
    /// The id that was shown, for the answers that repeat it.
    pub(super) id: &'a str,
    /// How long the answer shall be wrapped, if at all.
    pub(super) wrap: Option<Duration>,
}

/// The way of one request: route, token, policies, engine.
///
/// # Errors
/// With what stopped it.
pub(super) async fn process(vault: &Vault, incoming: Incoming) -> Result<Answer, Failure> {
    let path = incoming.path.as_str();
    let open = sys::Open::find(path);
    match (incoming.namespace, &open) {
        (Namespace::Unknown, Some(_)) => return Err(Failure::NotInNamespaces),
        (Namespace::Unknown, None) => return Err(Failure::NoNamespace),
        (Namespace::Root, _) => {}
    }
    if let Some(open) = open {
        return open.handle(vault, incoming.operation, &incoming.fields).await;
    }
    let Some(core) = vault.core() else {
        let seals = path == "sys/seal" && incoming.operation == Operation::Update;
        return if seals { Ok(Answer::empty()) } else { Err(Failure::Sealed) };
    };
    let core = &*core;
    let wrap = wrapping::time(incoming.wrap.as_deref())?;
    if incoming.operation.is_write() && path.ends_with('/') {
        return Err(Failure::WriteToFolder);
    }
    named::check(path, &incoming.fields)?;
    let route = Route::find(core, path);
    let outcome = answer(core, &incoming, &route, wrap).await;
    // What ended on the way leaves nothing behind.
    core.clear_cubbyholes().await?;
    if let (Ok(_), Route::System("seal")) = (&outcome, &route) {
        vault.seal();
    }
    let Some(ttl) = wrap else { return outcome };
    match outcome {
        Ok(answer) if answer.wrap_info.is_none() => wrapping::wrap(core, path, ttl, answer).await,
        Err(failure) if incoming.operation == Operation::List && failure.is_of_nothing() => {
            Err(WrapError::Nothing.into())
        }
        other => other,
    }
}

async fn answer(
    core: &Core,
    incoming: &Incoming,
    route: &Route<'_>,
    wrap: Option<Duration>,
) -> Result<Answer, Failure> {
    if let Route::Method(mount, "login") = route
        && let Method::Jwt(method) = &*mount.inside
    {
        let audited = Audited::new(core, incoming, route, Operation::Update);
        let request = request(core, incoming, "login", Operation::Update);
        if incoming.operation != Operation::Update {
            return Err(Failure::UnsupportedLogin);
        }
        audited.asks(Asker::Anybody)?;
        let Description { path, accessor, tuning, .. } = &mount.description;
        let mounted = Mounted { path, accessor, lifetimes: tuning.lifetimes(), kind: tuning.kind() };
        let client = Client { from: incoming.peer.ip(), time: core.time.wall() };
        let outcome = match method.login(mounted, &request, client).await {
            Ok(order) => {
                let answer = token::log_in(core, accessor, order).await;
                answer.map(|answer| jwt::Method::noted(answer, &incoming.fields))
            }
            Err(refusal) => Err(refusal.into()),
        };
        return audited.is_told(Asker::Anybody, outcome);
    }
    if let Route::System(rest) = route
        && let Some(place) = wrapping::Place::find(rest)
    {
        let wrapping = wrapping::named(core, incoming)?;
        if place == wrapping::Place::Lookup {
            if !place.is_open(incoming.operation) {
                return Err(Failure::UnsupportedLogin);
            }
            let audited = Audited::new(core, incoming, route, incoming.operation);
            audited.asks(Asker::Anybody)?;
            return audited.is_told(Asker::Anybody, wrapping::look_up(core, &wrapping, incoming));
        }
    }
    if let Route::System(rest) = route
        && let Some(rest) = rest.strip_prefix("internal/ui/mounts")
        && (rest.is_empty() || rest.starts_with('/'))
    {
        let audited = Audited::new(core, incoming, route, incoming.operation);
        audited.asks(Asker::Anybody)?;
        return audited.is_told(Asker::Anybody, sys::ui_mounts(core, incoming, rest));
    }
    let id = incoming.token.as_deref().map(String::as_str);
    let shown = match core.authenticate(id, incoming.peer.ip()).await {
        Ok(shown) => shown,
        Err(refusal) => {
            let audited = Audited::new(core, incoming, route, incoming.operation);
            audited.asks(Asker::Nobody)?;
            return audited.is_told(Asker::Nobody, Err(refusal.into()));
        }
    };
    let outcome = authorised(core, incoming, route, (&shown.session, wrap)).await;
    shown.finish().await?;
    outcome
}

async fn authorised(
    core: &Core,
    incoming: &Incoming,
    route: &Route<'_>,
    (session, wrap): (&Session, Option<Duration>),
) -> Result<Answer, Failure> {
    let path = incoming.path.as_str();
    let acl = Acl::new(&core.policies, session.token.policies.iter().map(String::as_str))
        .at(core.now())
        .borne_by(&session.token.entity_id);
    let id = incoming.token.as_deref().map_or("", String::as_str);
    let asking = Asking { path, session, acl: &acl, id, wrap };
    let operation = route.settle(core, (incoming.operation, session.key), &incoming.fields)?;
    let asked_path = route.asked(operation, path);
    let asked =
        Asked { operation, path: &asked_path, fields: &incoming.fields, wrap, danger: route.danger() };
    let audited = Audited::new(core, incoming, route, operation);
    let Permission::Granted(grant) = acl.permits(&asked) else {
        let asker = bearer(session, id, Decision::Refused);
        audited.asks(asker)?;
        return audited.is_told(asker, Err(Failure::RefusedByPolicy));
    };
    let asker = bearer(session, id, Decision::Granted(&grant.by));
    audited.asks(asker)?;
    let paged = grant.page.applied(&incoming.fields);
    let fields = paged.as_ref().unwrap_or(&incoming.fields);
    let request = Request { operation, path: "", fields, now: core.now(), lease_seconds: 0 };
    let outcome = carried_out(core, &asking, (route, incoming), request).await;
    audited.is_told(asker, outcome.and_then(|answer| shown::shown(answer, &grant, &acl, &asked)))
}

/// Has it done by whose path it is.
async fn carried_out(
    core: &Core,
    asking: &Asking<'_>,
    (route, incoming): (&Route<'_>, &Incoming),
    request: Request<'_>,
) -> Result<Answer, Failure> {
    match route {
        Route::Cubbyhole(path) => cubbyhole::handle(core, asking.session, &Request { path, ..request }).await,
        Route::System(path) if path.starts_with("wrapping/") => {
            wrapping::handle(core, asking, incoming, &Request { path, ..request }).await
        }
        Route::System(path) => sys::handle(core, asking, &Request { path, ..request }).await,
        Route::Token(path) => token::handle(core, asking, &Request { path, ..request }).await,
        Route::Method(mount, path) => match &*mount.inside {
            Method::Jwt(method) => {
                let lifetimes = mount.description.lifetimes();
                Ok(method.handle(&Request { path, ..request }, lifetimes).await?)
            }
            Method::Token => Err(Failure::Token(TokenError::Refused)),
        },
        Route::Engine(mount, path) => {
            let lease_seconds = mount.description.tuning.lease_hint();
            Ok(mount.inside.handle(&Request { path, lease_seconds, ..request }).await?)
        }
        Route::Nowhere => Err(Failure::NoRoute(asking.path.to_owned())),
    }
}

fn request<'a>(core: &Core, incoming: &'a Incoming, path: &'a str, operation: Operation) -> Request<'a> {
    Request { operation, path, fields: &incoming.fields, now: core.now(), lease_seconds: 0 }
}
