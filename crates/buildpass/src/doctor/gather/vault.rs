use futures_util::future::{OptionFuture, join_all};
use tokio::join;

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
    /// The nodes first, then the mount and the login at those that are ready, then what the session shows; it is given back at the end.
    /// A login is not broken off, since it may have made a session.
    pub(super) async fn look(
        evidence: &Evidence<'_>,
        question: Question<'_>,
        deadline: Deadline,
        asked: &AskedToEnd,
    ) -> Result<Self, Interrupted> {
        let mut seen = Self::default();
        let Some((parts, nodes)) =
            evidence.parts().and_then(|parts| Some((parts, parts.nodes.as_ref().ok()?)))
        else {
            return Ok(seen);
        };
        let looks = nodes.iter().map(|node| NodeSeen::look(node, &parts.tls, question, deadline));
        seen.nodes = asked.or(join_all(looks)).await?;
        let ready = seen.nodes.iter().filter(|node| node.is_ready());
        let ready: Vec<Address> = ready.map(|node| node.address.clone()).collect();
        if ready.is_empty() {
            return Ok(seen);
        }
        let probe = || Probe::build(&ready, &parts.tls, parts.namespace.as_deref(), deadline.for_one_look());
        let probe = &probe;
        let front = evidence.jwt_login().map(|login| async move { FrontSeen::look(&probe()?, login).await });
        let login = credential(evidence, parts)
            .map(|credential| async move { probe()?.login(credential, evidence.clock).await });
        let (front, login) = join!(asked.or(OptionFuture::from(front)), OptionFuture::from(login));
        match login {
            Some(Ok(mut session)) => {
                let wanted = parts.secrets.as_deref().unwrap_or_default();
                let look = SessionSeen::look(&mut session, wanted, evidence.jwt_login(), deadline);
                let shown = asked.or(look).await;
                let given_back = given_back(session).await;
                seen.session = Some(SessionSeen { given_back: Some(given_back), ..shown? });
                seen.login = Some(Ok(()));
            }
            Some(Err(error)) => seen.login = Some(Err(error)),
            None => {}
        }
        seen.front = front?;
        Ok(seen)
    }
}

/// What to log in with, where it is one that may be sent to this vault.
fn credential(evidence: &Evidence<'_>, parts: &Parts) -> Option<Credential> {
    match parts.auth.as_ref().ok()? {
        Auth::Personal(token) => Some(Credential::of_person(token)),
        Auth::Jwt { mount, role, identity } => {
            let held = evidence.held()?;
            identity.expected.check(&held.token, &held.place, evidence.clock).ok()?;
            let token = IdToken::new(held.token.expose().to_owned());
            Some(Credential::Job { mount: mount.clone(), role: role.clone(), token })
        }
    }
}
