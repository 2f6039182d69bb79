use std::time::Duration;

use super::{
    Core,
    failure::Failure,
    http::Incoming,
    mount::Description,
    rescue::{Rescue, rescue},
    route::Route,
    unwrapped::Unwrapped,
};
use crate::{
    audit::{Asker, Bearer, Decision, Entry, Header, MountPoint, Outcome, Refusal, Said, Times},
    auth::token::{Session, TokenError},
    exchange::{Answer, Operation},
    gitlab::GitlabError,
    kv::KvError,
};

/// One request on its way into the audit log; where there is no log, nothing happens.
pub(super) struct Audited<'a> {
    core: &'a Core,
    incoming: &'a Incoming,
    wrap: Option<Duration>,
    operation: Operation,
    mount: Option<Place>,
    headers: Vec<Header<'a>>,
}

/// A mount, as the log names it.
struct Place {
    path: String,
    kind: String,
    accessor: String,
}

impl<'a> Audited<'a> {
    pub(super) fn new(
        core: &'a Core,
        (incoming, wrap): (&'a Incoming, Option<Duration>),
        route: &Route<'_>,
        operation: Operation,
    ) -> Self {
        let mount = core.audit.as_ref().and_then(|_| Place::of(core, route));
        let headers = core.audit.as_ref().map(|_| core.audited_headers.among(&incoming.headers));
        Self { core, incoming, wrap, operation, mount, headers: headers.unwrap_or_default() }
    }

    /// Logs what is asked, before it is done.
    ///
    /// # Errors
    /// When it cannot be logged: then it must not be done.
    pub(super) fn asks(&self, asker: Asker<'_>) -> Result<(), Failure> {
        let Some(log) = &self.core.audit else { return Ok(()) };
        log.record_request(self.core.now(), &self.entry(asker)).map_err(Failure::Audit)
    }

    /// Logs what came of it, before that is told.
    ///
    /// # Errors
    /// When it cannot be logged: then nothing of it must be told.
    pub(super) fn is_told(
        &self,
        asker: Asker<'_>,
        outcome: Result<Answer, Failure>,
    ) -> Result<Answer, Failure> {
        let Some(log) = &self.core.audit else { return outcome };
        let told = match &outcome {
            Ok(_) => String::new(),
            Err(failure) => told(failure),
        };
        let unwraps = self.incoming.path == "sys/wrapping/unwrap";
        let inside = outcome.as_ref().ok().filter(|_| unwraps).and_then(Unwrapped::of);
        let inside = inside.map(Unwrapped::into_answer);
        let shown = match &outcome {
            Ok(answer) => {
                Outcome::Answered(Said::of(inside.as_ref().unwrap_or(answer), times(&self.incoming.path)))
            }
            Err(failure) => Outcome::Refused(refusal(failure, &told, asker)),
        };
        let logged = log.record_response(self.core.now(), &self.entry(asker), &shown);
        inside.into_iter().for_each(Answer::wipe);
        logged.map_err(Failure::Audit)?;
        outcome
    }

    /// Logs that a request was not looked at further, and gives what it is told.
    ///
    /// # Errors
    /// When that cannot be logged.
    pub(super) fn stops(&self, failure: Failure) -> Result<Failure, Failure> {
        let shown = self.incoming.token.as_deref();
        let bearer = shown.and_then(|id| self.core.tokens.find(id, self.core.now()));
        let accessor = bearer.as_ref().map(|session| &*session.token.accessor);
        self.asks(Asker::Stopped { why: &told(&failure), accessor })?;
        Ok(failure)
    }

    fn entry<'e>(&'e self, asker: Asker<'e>) -> Entry<'e> {
        Entry {
            id: &self.incoming.id,
            asker,
            operation: self.operation,
            mount: self.mount.as_ref().map(|Place { path, kind, accessor }| MountPoint {
                path,
                kind,
                accessor,
            }),
            path: &self.incoming.path,
            fields: &self.incoming.fields,
            token: self.incoming.token.as_deref().map(String::as_str),
            from: self.incoming.peer.ip(),
            port: Some(self.incoming.peer.port()),
            headers: &self.headers,
            wrap: self.wrap,
        }
    }
}

/// Who shows this token, and what policies say to it.
pub(super) fn bearer<'a>(session: &'a Session, id: &'a str, decision: Decision<'a>) -> Asker<'a> {
    let token = &session.token;
    Asker::Bearer(Bearer {
        token: id,
        accessor: &token.accessor,
        kind: token.kind.name(),
        display_name: &token.display_name,
        policies: &token.policies,
        metadata: token.metadata.as_ref(),
        entity_id: &token.entity_id,
        ttl: token.first_ttl,
        issued: token.issued,
        uses: match session.uses {
            0 => 0,
            // This one was counted already, and is the last.
            -1 => 1,
            left => u64::try_from(left).unwrap_or_default().saturating_add(1),
        },
        decision,
    })
}

impl Place {
    fn of(core: &Core, route: &Route<'_>) -> Option<Self> {
        let of_method = |path: &str| {
            let mount = core.mounts.methods.at(path)?;
            let Description { kind, accessor, .. } = mount.description.clone();
            Some(Self { path: format!("auth/{path}"), kind, accessor })
        };
        let built_in = |path: &str| {
            let mount = core.mounts.built_in().into_iter().find(|mount| mount.path == path)?;
            Some(Self { path: mount.path, kind: mount.kind, accessor: mount.accessor })
        };
        match route {
            Route::System(_) => built_in("sys/"),
            Route::Cubbyhole(_) => built_in("cubbyhole/"),
            Route::Token(_) => of_method("token/"),
            Route::Method(mount, _) => of_method(&mount.description.path),
            Route::Engine(mount, _) => {
                let Description { path, kind, accessor, .. } = mount.description.clone();
                Some(Self { path, kind, accessor })
            }
            Route::Nowhere => None,
        }
    }
}

/// Whose points in time an answer shows.
fn times(path: &str) -> Times {
    if path == "sys/wrapping/lookup" {
        Times::Wrapping
    } else if path.starts_with("auth/token/lookup") || path.starts_with("sys/leases/") {
        Times::Token
    } else if path.starts_with("sys/polic") {
        Times::Policy
    } else if path.contains("/metadata/") {
        Times::Metadata
    } else if path.contains("/data/") {
        Times::Version
    } else {
        Times::None
    }
}

fn told(failure: &Failure) -> String {
    match rescue(failure) {
        Rescue::Errors(_, errors) | Rescue::Unread(_, errors) | Rescue::Later(errors, _) => errors.join("\n"),
        Rescue::Redirect(_) | Rescue::Page(_) | Rescue::Silent(_) | Rescue::Untyped(_) | Rescue::Plain(_) => {
            failure.to_string()
        }
    }
}

fn refusal<'a>(failure: &Failure, told: &'a str, asker: Asker<'_>) -> Refusal<'a> {
    match failure {
        Failure::RefusedByPolicy | Failure::Token(TokenError::Refused) => Refusal::Denied(told),
        Failure::NotFound | Failure::Kv(KvError::NotFound) | Failure::Gitlab(GitlabError::NotFound) => {
            Refusal::NotFound
        }
        Failure::NoRoute(_) => Refusal::NoRoute(told),
        Failure::UnsupportedPath | Failure::UnsupportedOperation | Failure::UnsupportedLogin => {
            Refusal::Unsupported(told)
        }
        _ if matches!(asker, Asker::Anybody) => Refusal::Told(told),
        _ => Refusal::Invalid(told),
    }
}
