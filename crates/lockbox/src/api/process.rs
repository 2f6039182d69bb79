use super::{
    Core,
    failure::Failure,
    http::{Incoming, Namespace},
    route::Route,
    shown, sys, token,
    vault::Vault,
};
use crate::{
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
        let request = request(core, &incoming, "login", Operation::Update);
        if incoming.operation != Operation::Update {
            return Err(Failure::UnsupportedLogin);
        }
        let mounted = Mounted { path: &mount.description.path, accessor: &mount.description.accessor };
        let order =
            method.login(mounted, &request, Client { from: incoming.from, time: core.time.wall() }).await?;
        return token::log_in(core, order).await;
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
    let acl = Acl::new(&core.policies, session.token.policies.iter().map(String::as_str))
        .at(core.now())
        .borne_by(&session.token.entity_id);
    let id = incoming.token.as_deref().map_or("", String::as_str);
    let asking = Asking { session, acl: &acl, id };
    if let Route::System(rest) = route
        && let Some(rest) = rest.strip_prefix("internal/ui/mounts")
        && incoming.operation == Operation::Read
    {
        return sys::ui_mounts(core, &acl, rest);
    }
    let operation = route.settle(incoming.operation, &incoming.fields)?;
    let asked = Asked { operation, path, fields: &incoming.fields, wrap: None, danger: route.danger() };
    let Permission::Granted(grant) = acl.permits(&asked) else { return Err(Failure::RefusedByPolicy) };
    let paged = grant.page.applied(&incoming.fields);
    let request = |rest| Request {
        operation,
        path: rest,
        fields: paged.as_ref().unwrap_or(&incoming.fields),
        now: core.now(),
    };
    let answer = match route {
        Route::System(rest) => sys::handle(core, &asking, &request(rest)).await,
        Route::Token(rest) => token::handle(core, &asking, &request(rest)).await,
        Route::Method(mount, rest) => match &mount.inside {
            Method::Jwt(method) => Ok(method.handle(&request(rest)).await?),
            Method::Token => Err(Failure::Token(TokenError::Refused)),
        },
        Route::Engine(mount, rest) => Ok(mount.inside.handle(&request(rest)).await?),
        Route::Nowhere => Err(Failure::NoRoute(path.to_owned())),
    }?;
    shown::shown(answer, &grant, &acl, &asked)
}

fn request<'a>(core: &Core, incoming: &'a Incoming, path: &'a str, operation: Operation) -> Request<'a> {
    Request { operation, path, fields: &incoming.fields, now: core.now() }
}
