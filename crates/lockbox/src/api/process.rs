use super::{
    Core,
    audited::{Audited, bearer},
    failure::Failure,
    http::{Incoming, Namespace},
    route::Route,
    shown, sys, token,
    vault::Vault,
};
use crate::{
    audit::{Asker, Decision},
    auth::{
        Method,
        jwt::{Client, Mounted},
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
    if incoming.operation.is_write() && path.ends_with('/') {
        return Err(Failure::WriteToFolder);
    }
    let route = Route::find(core, path);
    if let Route::Method(mount, "login") = &route
        && let Method::Jwt(method) = &mount.inside
    {
        let audited = Audited::new(core, &incoming, &route, Operation::Update);
        let request = request(core, &incoming, "login", Operation::Update);
        if incoming.operation != Operation::Update {
            return Err(Failure::UnsupportedLogin);
        }
        audited.asks(Asker::Anybody)?;
        let mounted = Mounted { path: &mount.description.path, accessor: &mount.description.accessor };
        let client = Client { from: incoming.peer.ip(), time: core.time.wall() };
        let outcome = match method.login(mounted, &request, client).await {
            Ok(order) => token::log_in(core, order).await,
            Err(refusal) => Err(refusal.into()),
        };
        return audited.is_told(Asker::Anybody, outcome);
    }
    let id = incoming.token.as_deref().map(String::as_str);
    let session = match core.authenticate(id, incoming.peer.ip()).await {
        Ok(session) => session,
        Err(refusal) => {
            let audited = Audited::new(core, &incoming, &route, incoming.operation);
            audited.asks(Asker::Nobody)?;
            return audited.is_told(Asker::Nobody, Err(refusal.into()));
        }
    };
    let outcome = authorised(core, &incoming, &route, &session).await;
    if session.uses < 0 {
        core.tokens.revoke(&session).await?;
    }
    if let (Ok(_), Route::System("seal")) = (&outcome, &route) {
        vault.seal();
    }
    outcome
}

async fn authorised(
    core: &Core,
    incoming: &Incoming,
    route: &Route<'_>,
    session: &Session,
) -> Result<Answer, Failure> {
    let path = incoming.path.as_str();
    let acl = Acl::new(&core.policies, session.token.policies.iter().map(String::as_str))
        .at(core.now())
        .borne_by(&session.token.entity_id);
    let id = incoming.token.as_deref().map_or("", String::as_str);
    let asking = Asking { path, session, acl: &acl, id };
    if let Route::System(rest) = route
        && let Some(rest) = rest.strip_prefix("internal/ui/mounts")
        && incoming.operation == Operation::Read
    {
        let audited = Audited::new(core, incoming, route, incoming.operation);
        audited.asks(Asker::Anybody)?;
        return audited.is_told(Asker::Anybody, sys::ui_mounts(core, &acl, rest));
    }
    let operation = route.settle(incoming.operation, &incoming.fields)?;
    let asked = Asked { operation, path, fields: &incoming.fields, wrap: None, danger: route.danger() };
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
    let request = Request { operation, path: "", fields, now: core.now() };
    let outcome = carried_out(core, &asking, route, request).await;
    audited.is_told(asker, outcome.and_then(|answer| shown::shown(answer, &grant, &acl, &asked)))
}

/// Has it done by whose path it is.
async fn carried_out(
    core: &Core,
    asking: &Asking<'_>,
    route: &Route<'_>,
    request: Request<'_>,
) -> Result<Answer, Failure> {
    match route {
        Route::System(path) => sys::handle(core, asking, &Request { path, ..request }).await,
        Route::Token(path) => token::handle(core, asking, &Request { path, ..request }).await,
        Route::Method(mount, path) => match &mount.inside {
            Method::Jwt(method) => Ok(method.handle(&Request { path, ..request }).await?),
            Method::Token => Err(Failure::Token(TokenError::Refused)),
        },
        Route::Engine(mount, path) => Ok(mount.inside.handle(&Request { path, ..request }).await?),
        Route::Nowhere => Err(Failure::NoRoute(asking.path.to_owned())),
    }
}

fn request<'a>(core: &Core, incoming: &'a Incoming, path: &'a str, operation: Operation) -> Request<'a> {
    Request { operation, path, fields: &incoming.fields, now: core.now() }
}
