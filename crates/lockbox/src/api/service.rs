use std::{net::SocketAddr, sync::Arc};

use hyper::{Request, Response, body::Incoming as Body};
use tokio::time::Instant;

use super::{
    Payload, Vault, envelope,
    failure::Failure,
    http::{Incoming, NAMESPACE},
    process, snapshot,
    transfer::Cargo,
};
use crate::{
    exchange::Answer,
    limit::{InFlight, Limits, LoginRates, Source, within},
    metrics::{Limit, Metrics, RequestKind, Standing},
    random,
};

/// Answers HTTP requests, within the limits.
pub(crate) struct Api {
    vault: Arc<Vault>,
    pub(super) limits: Limits,
    pub(super) in_flight: InFlight,
    logins: LoginRates,
    metrics: Metrics,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) local: SocketAddr,
    pub(crate) peer: SocketAddr,
}

impl Api {
    pub(crate) fn new(vault: Arc<Vault>, limits: Limits, metrics: Metrics) -> Self {
        let (in_flight, logins) =
            (InFlight::new(limits.max_bytes_in_flight), LoginRates::new(limits.login_rate));
        Self { vault, limits, in_flight, logins, metrics }
    }

    /// Answers one HTTP request.
    pub(crate) async fn answer(&self, request: Request<Body>, ends: Ends) -> Response<Payload> {
        let (kind, begun) = (RequestKind::of(&request), Instant::now());
        let id = random::uuid();
        let namespace = request.headers().get(NAMESPACE).filter(|named| !named.is_empty()).cloned();
        let transfers = request.uri().path().strip_prefix("/v1/").is_some_and(snapshot::is_at);
        let processed = self.process(&id, request, kind, ends);
        let outcome = if transfers {
            // A large one takes its time: every piece of it has its own limit.
            processed.await
        } else {
            within(self.limits.max_request_duration, processed).await.unwrap_or(Err(Failure::TookTooLong))
        };
        if matches!(outcome, Err(Failure::Audit(_))) {
            self.metrics.audit_failed();
        }
        if let Some(limit) = outcome.as_ref().err().and_then(Failure::limit) {
            self.metrics.refused(limit);
        }
        let is_none = matches!(outcome, Err(Failure::BrokenRequest | Failure::BrokenPath));
        let mut response = match outcome {
            Ok((_, Cargo::Download(backup))) => snapshot::response(backup, self.limits.idle_timeout),
            Ok((answer, _)) => envelope::response(id, Ok(answer)).map(Payload::from),
            Err(failure) => envelope::response(id, Err(failure)).map(Payload::from),
        };
        if let Some(namespace) = namespace.filter(|_| !is_none) {
            response.headers_mut().insert(NAMESPACE, namespace);
        }
        self.metrics.request(kind, response.status(), begun.elapsed());
        response
    }

    /// What was counted, and how things stand.
    pub(crate) fn metrics(&self) -> String {
        let sessions = self.vault.core().map(|core| core.tokens.count());
        self.metrics.text(Standing { sessions, file_bytes: self.vault.disk().bytes() })
    }

    /// Lets go of what has ended.
    pub(crate) fn purge(&self) {
        if let Some(core) = self.vault.core() {
            core.purge();
        }
    }

    async fn process(
        &self,
        id: &str,
        request: Request<Body>,
        kind: RequestKind,
        ends: Ends,
    ) -> Result<(Answer, Cargo), Failure> {
        if kind.is_login() {
            let path = request.uri().path().trim_start_matches("/v1/");
            self.logins
                .admit(Source::from(ends.peer.ip()), self.vault.now())
                .map_err(|wait| Failure::TooManyLogins { path: path.to_owned(), wait })?;
        }
        let incoming = Incoming::read(id.to_owned(), request, ends, self).await?;
        let answer = process::process(&self.vault, &incoming).await?;
        Ok((answer, incoming.transfer.take()))
    }
}

impl Failure {
    /// The limit that a client ran into, if it was one.
    fn limit(&self) -> Option<Limit> {
        match self {
            Self::BodyTooLarge => Some(Limit::BodySize),
            Self::BodyTooSlow { .. } => Some(Limit::BodyTime),
            Self::TooManyBodies => Some(Limit::BytesInFlight),
            Self::JsonTooDeep | Self::JsonTooLarge | Self::JsonTooManyStrings => Some(Limit::BodyComplexity),
            Self::TookTooLong => Some(Limit::RequestTime),
            Self::TooManyLogins { .. } => Some(Limit::LoginRate),
            _ => None,
        }
    }
}
