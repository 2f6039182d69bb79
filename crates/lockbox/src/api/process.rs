use super::{
    Core,
    failure::Failure,
    http::{Incoming, Namespace},
    mount::Description,
    named,
    route::Route,
    sys, token,
    vault::Vault,
};
use crate::{
    auth::{
        Method,
        jwt::{Client, Mounted},
        token::{Session, TokenError},
    },
    exchange::{Answer, Operation, Request},
    policy::{Acl, Verdict},
};

/// What a handler knows about who is asking.
pub(super) struct Asking<'a> {
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
    named::check(path, &incoming.fields)?;
    let route = Route::find(core, path);
    if let Route::Method(mount, "login") = &route
        && let Method::Jwt(method) = &*mount.inside
    {
        let request = request(core, &incoming, "login", Operation::Update);
        if incoming.operation != Operation::Update {
            return Err(Failure::UnsupportedLogin);
        }
        let Description { path, accessor, tuning, .. } = &mount.description;
        let mounted = Mounted { path, accessor, lifetimes: tuning.lifetimes(), kind: tuning.kind() };
        let order =
            method.login(mounted, &request, Client { from: incoming.from, time: core.time.wall() }).await?;
        return token::log_in(core, accessor, order).await;
    }
    let id = incoming.token.as_deref().map(String::as_str);
    let session = core.authenticate(id, incoming.from).await?;
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
    let acl = Acl::new(&core.policies, session.token.policies.iter().map(String::as_str));
    let id = incoming.token.as_deref().map_or("", String::as_str);
    let asking = Asking { session, acl: &acl, id };
    if let Route::System(rest) = route
        && let Some(rest) = rest.strip_prefix("internal/ui/mounts")
        && incoming.operation == Operation::Read
    {
        return sys::ui_mounts(core, &acl, rest);
    }
    let operation = route.settle(core, incoming.operation)?;
    let allowed = acl.may(operation, path) == Verdict::Allow
        && (!route.is_dangerous() || acl.may_sudo(path) == Verdict::Allow);
    if !allowed {
        return Err(Failure::RefusedByPolicy);
    }
    match route {
        Route::System(rest) => sys::handle(core, &asking, &request(core, incoming, rest, operation)).await,
        Route::Token(rest) => token::handle(core, &asking, &request(core, incoming, rest, operation)).await,
        Route::Method(mount, rest) => match &*mount.inside {
            Method::Jwt(method) => {
                let request = request(core, incoming, rest, operation);
                Ok(method.handle(&request, mount.description.lifetimes()).await?)
            }
            Method::Token => Err(Failure::Token(TokenError::Refused)),
        },
        Route::Engine(mount, rest) => {
            let lease_seconds = mount.description.tuning.lease_hint();
            let request = Request { lease_seconds, ..request(core, incoming, rest, operation) };
            Ok(mount.inside.handle(&request).await?)
        }
        Route::Nowhere => Err(Failure::NoRoute(path.to_owned())),
    }
}

fn request<'a>(core: &Core, incoming: &'a Incoming, path: &'a str, operation: Operation) -> Request<'a> {
    Request { operation, path, fields: &incoming.fields, now: core.now(), lease_seconds: 0 }
}
