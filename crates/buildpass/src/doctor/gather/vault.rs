use futures_util::future::join_all;

use super::{Deadline, Evidence, FrontSeen, NodeSeen, Question, SessionSeen, session::given_back};
use crate::{
    config::Parts,
    identity::IdToken,
    run::{AskedToEnd, Interrupted},
    vault::{self, Address, Auth, Credential, Probe},
};

/// What was seen of the vault.
#[derive(Debug, Default)]
pub struct VaultSeen {
    /// Its nodes, in their order.
    pub nodes: Vec<NodeSeen>,
    /// What the auth mount says before any token.
    pub front: Option<Result<FrontSeen, vault::Error>>,
    /// What the vault says to the ID token; `None` where it was not sent.
    pub login: Option<Result<(), vault::Error>>,
    /// What our own session shows.
    pub session: Option<SessionSeen>,
}

impl VaultSeen {
    /// The nodes first, then the mount at those that are ready.
    pub(super) async fn look(evidence: &Evidence<'_>, question: Question<'_>, deadline: Deadline) -> Self {
        let mut seen = Self::default();
        let Some((parts, nodes)) =
            evidence.parts().and_then(|parts| Some((parts, parts.vault.nodes.as_ref().ok()?)))
        else {
            return seen;
        };
        let looks = nodes.iter().map(|node| NodeSeen::look(node, &parts.vault.tls, question, deadline));
        seen.nodes = join_all(looks).await;
        if let (Some(login), Some(probe)) = (evidence.jwt_login(), seen.probe(parts, deadline)) {
            seen.front = Some(async { FrontSeen::look(&probe?, login).await }.await);
        }
        seen
    }

    /// To ask the nodes that are ready, where there is one.
    fn probe(&self, parts: &Parts, deadline: Deadline) -> Option<Result<Probe, vault::Error>> {
        let ready = self.nodes.iter().filter(|node| node.is_ready());
        let ready: Vec<Address> = ready.map(|node| node.address.clone()).collect();
        let build = || {
            Probe::build(&ready, &parts.vault.tls, parts.vault.namespace.as_deref(), deadline.for_one_look())
        };
        (!ready.is_empty()).then(build)
    }
}

/// What a login came to, and what its session showed.
#[derive(Default)]
pub(super) struct LoggedIn {
    pub(super) login: Option<Result<(), vault::Error>>,
    pub(super) session: Option<SessionSeen>,
}

/// Logs in as the job would, and gives the session back whatever comes of it. The login itself is not broken off: it may have made a session.
pub(super) async fn log_in(
    evidence: &Evidence<'_>,
    deadline: Deadline,
    asked: &AskedToEnd,
) -> Result<LoggedIn, Interrupted> {
    let Some(parts) = evidence.parts().filter(|parts| parts.asks_the_vault()) else {
        return Ok(LoggedIn::default());
    };
    let probe = evidence.vault.probe(parts, deadline.of_a_login());
    let Some((probe, credential)) = probe.zip(credential(evidence, parts)) else {
        return Ok(LoggedIn::default());
    };
    let mut session = match async { probe?.login(credential, evidence.clock).await }.await {
        Ok(session) => session,
        Err(error) => return Ok(LoggedIn { login: Some(Err(error)), session: None }),
    };
    let wanted = parts.secrets.as_deref().unwrap_or_default();
    let looks = SessionSeen::look(&mut session, wanted, evidence.jwt_login(), deadline.of_the_looks());
    let shown = asked.or(looks).await;
    let given_back = Some(given_back(session).await);
    Ok(LoggedIn { login: Some(Ok(())), session: Some(SessionSeen { given_back, ..shown? }) })
}

/// What to log in with, where it is one that may be sent to this vault.
fn credential(evidence: &Evidence<'_>, parts: &Parts) -> Option<Credential> {
    match parts.vault.auth.as_ref().ok()? {
        Auth::Personal(token) => Some(Credential::of_person(token)),
        Auth::Jwt { mount, role, identity } => {
            let held = evidence.held()?;
            identity.expected.check(&held.token, &held.place, evidence.clock).ok()?;
            let token = IdToken::new(held.token.expose().to_owned());
            Some(Credential::Job { mount: mount.clone(), role: role.clone(), token })
        }
    }
}
