use std::{ptr, sync::Arc, time::Duration};

use super::{
    Core,
    audited::{Audited, bearer},
    cubbyhole,
    failure::Failure,
    gitlab,
    http::{Incoming, Namespace},
    mount::Description,
    named,
    route::Route,
    shown, snapshot, sys, token,
    vault::Vault,
    wrapping::{self, WrapError},
};
use crate::{
    audit::{Asker, Decision},
    auth::{
        Method,
        jwt::{self, Client, Mounted},
        token::{Session, TokenError, Untold},
    },
    engine::Engine,
    exchange::{Answer, Fields, Operation, Request},
    lease::UntoldLeases,
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
pub(super) async fn process(vault: &Arc<Vault>, incoming: &Incoming) -> Result<Answer, Failure> {
    let path = incoming.path.as_str();
    if sys::is_misplaced(path, incoming.namespace) {
        return Err(Failure::NotInNamespaces);
    }
    if let Some(open) = sys::Open::find(path) {
        return open.handle(vault, incoming.operation, &incoming.fields).await;
    }
    if incoming.namespace == Namespace::Unknown {
        return Err(Failure::NoNamespace);
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
    if sys::is_withdrawn(path) {
        return Err(Failure::UnsupportedLogin);
    }
    if sys::is_of_others(path) {
        return Err(Failure::UnsupportedOpenPath);
    }
    named::check(path, &incoming.fields)?;
    let route = Route::find(core, path);
    let (untold, lent) = (Untold::new(&core.tokens), UntoldLeases::default());
    let answer = Way { vault, core, incoming, route: &route, wrap, untold: &untold, lent: &lent }.go().await;
    // What ended on the way leaves nothing behind.
    core.clear_ended().await?;
    let answer = answer?;
    if let Route::System("seal") = &route {
        vault.seal();
    }
    if !lent.is_empty() && !vault.core().is_some_and(|now| ptr::eq(&raw const *now, core)) {
        // Who ends leases now has never heard of them.
        return Err(Failure::Sealed);
    }
    untold.are_told();
    lent.are_told();
    Ok(answer)
}

/// A request that has found where it leads.
struct Way<'a> {
    vault: &'a Arc<Vault>,
    core: &'a Core,
    incoming: &'a Incoming,
    route: &'a Route<'a>,
    /// How long the answer shall be wrapped, if at all.
    wrap: Option<Duration>,
    /// What ends again unless this gets to its end.
    untold: &'a Untold<'a>,
    lent: &'a UntoldLeases,
}

impl Way<'_> {
    async fn go(&self) -> Result<Answer, Failure> {
        let Self { core, incoming, .. } = *self;
        match self.route {
            Route::Method(mount, "login") => {
                if let Method::Jwt(method) = &*mount.inside {
                    return self.log_in(&mount.description, method).await;
                }
            }
            Route::System(rest) => {
                if let Some(place) = wrapping::Place::find(rest) {
                    let wrapping = match wrapping::named(core, incoming) {
                        Ok(wrapping) => wrapping,
                        Err(error) => return Err(self.audited(incoming.operation).stops(error.into())?),
                    };
                    if place == wrapping::Place::Lookup {
                        if !place.is_open(incoming.operation) {
                            return self.ask_openly(|| Err(Failure::UnsupportedLogin)).await;
                        }
                        return self.ask_openly(|| wrapping::look_up(core, &wrapping, incoming)).await;
                    }
                }
                if let Some(rest) = rest.strip_prefix("internal/ui/mounts")
                    && (rest.is_empty() || rest.starts_with('/'))
                {
                    return self.ask_openly(|| sys::ui_mounts(core, incoming, rest)).await;
                }
            }
            _ => {}
        }
        let id = incoming.token.as_deref().map(String::as_str);
        let shown = match core.authenticate(id, incoming.peer.ip()).await {
            Ok(shown) => shown,
            Err(refusal) => {
                let audited = self.audited(incoming.operation);
                audited.asks(Asker::Nobody)?;
                return self.tell(&audited, Asker::Nobody, Err(refusal.into())).await;
            }
        };
        let outcome = self.authorise(&shown.session).await;
        if core.store.is_replaced() {
            // The token of before is nothing any more.
            return outcome;
        }
        shown.finish().await?;
        outcome
    }

    async fn log_in(&self, described: &Description, method: &jwt::Method) -> Result<Answer, Failure> {
        let Self { core, incoming, .. } = *self;
        if incoming.operation != Operation::Update {
            return self.ask_openly(|| Err(Failure::UnsupportedLogin)).await;
        }
        let audited = self.audited(Operation::Update);
        audited.asks(Asker::Anybody)?;
        let Description { path, accessor, tuning, .. } = described;
        let mounted = Mounted { path, accessor, lifetimes: tuning.lifetimes(), kind: tuning.kind() };
        let client = Client { from: incoming.peer.ip(), time: core.time.wall() };
        let request = Request { path: "login", ..self.request(Operation::Update, &incoming.fields) };
        let outcome = match method.login(mounted, &request, client).await {
            Ok(order) => {
                let answer = token::log_in(core, accessor, order).await;
                self.noted(answer).map(|answer| jwt::Method::noted(answer, &incoming.fields))
            }
            Err(refusal) => Err(refusal.into()),
        };
        self.tell(&audited, Asker::Anybody, outcome).await
    }

    /// Has done what needs no token.
    async fn ask_openly(&self, done: impl FnOnce() -> Result<Answer, Failure>) -> Result<Answer, Failure> {
        let audited = self.audited(self.incoming.operation);
        audited.asks(Asker::Anybody)?;
        self.tell(&audited, Asker::Anybody, done()).await
    }

    async fn authorise(&self, session: &Session) -> Result<Answer, Failure> {
        let Self { core, incoming, route, wrap, .. } = *self;
        let path = incoming.path.as_str();
        let acl = Acl::new(&core.policies, session.token.policies.iter().map(String::as_str))
            .at(core.now())
            .borne_by(&session.token.entity_id);
        let id = incoming.token.as_deref().map_or("", String::as_str);
        let asking = Asking { path, session, acl: &acl, id, wrap };
        let operation = match route.settle(core, (incoming.operation, session.key), &incoming.fields) {
            Ok(operation) => operation,
            Err(error) => return Err(self.audited(incoming.operation).stops(error)?),
        };
        let asked_path = route.asked(operation, path);
        let asked =
            Asked { operation, path: &asked_path, fields: &incoming.fields, wrap, danger: route.danger() };
        let audited = self.audited(operation);
        let Permission::Granted(grant) = acl.permits(&asked) else {
            let asker = bearer(session, id, Decision::Refused);
            audited.asks(asker)?;
            return self.tell(&audited, asker, Err(Failure::RefusedByPolicy)).await;
        };
        let asker = bearer(session, id, Decision::Granted(&grant.by));
        audited.asks(asker)?;
        let paged = grant.page.applied(&incoming.fields);
        let request = self.request(operation, paged.as_ref().unwrap_or(&incoming.fields));
        let outcome = self.noted(self.carry_out(&asking, request).await);
        let outcome = outcome.and_then(|answer| shown::shown(answer, &grant, &acl, &asked));
        self.tell(&audited, asker, outcome).await
    }

    /// Wraps the answer where that is asked for, and logs what is told.
    async fn tell(
        &self,
        audited: &Audited<'_>,
        asker: Asker<'_>,
        outcome: Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        let Self { core, incoming, .. } = *self;
        let told = match (self.wrap, outcome) {
            (Some(ttl), Ok(answer)) if answer.wrap_info.is_none() => {
                self.noted(wrapping::wrap(core, &incoming.path, ttl, answer).await)
            }
            (Some(_), Err(failure)) if incoming.operation == Operation::List && failure.is_of_nothing() => {
                Err(WrapError::Nothing.into())
            }
            (_, outcome) => outcome,
        };
        audited.is_told(asker, told)
    }

    /// The same; the tokens in it are for nothing when it does not arrive.
    fn noted(&self, outcome: Result<Answer, Failure>) -> Result<Answer, Failure> {
        outcome.inspect(|answer| answer.new_tokens().for_each(|id| self.untold.note(id)))
    }

    /// Has it done by whose path it is.
    async fn carry_out(&self, asking: &Asking<'_>, request: Request<'_>) -> Result<Answer, Failure> {
        let Self { vault, core, incoming, route, .. } = *self;
        match route {
            Route::Cubbyhole(path) => {
                cubbyhole::handle(core, asking.session, &Request { path, ..request }).await
            }
            Route::System(path) if path.starts_with("wrapping/") => {
                wrapping::handle(core, asking, incoming, &Request { path, ..request }).await
            }
            Route::System(path) if *path == snapshot::PATH => {
                snapshot::handle((vault, core), &incoming.transfer, request.operation).await
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
                let request = Request { path, lease_seconds, ..request };
                match &*mount.inside {
                    Engine::Kv(engine) => Ok(engine.handle(&request).await?),
                    Engine::Gitlab(engine) => {
                        gitlab::handle(core, asking, (&mount.description, engine), (&request, self.lent))
                            .await
                    }
                }
            }
            Route::Nowhere => Err(Failure::NoRoute(asking.path.to_owned())),
        }
    }

    fn audited(&self, operation: Operation) -> Audited<'_> {
        Audited::new(self.core, (self.incoming, self.wrap), self.route, operation)
    }

    fn request<'r>(&self, operation: Operation, fields: &'r Fields) -> Request<'r> {
        Request { operation, path: "", fields, now: self.core.now(), lease_seconds: 0 }
    }
}
