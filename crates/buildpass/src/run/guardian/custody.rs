use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use tokio::sync::{mpsc::UnboundedSender, oneshot};

use super::message::{Begin, GrantedSecret, OnWire, Part};
use crate::{
    clock::Clock,
    failure::Failure,
    run::{Delivery, Wanted},
    secret::{
        Bond, BuildToken, End, GitlabAt, Hidden, Lease, LeaseId, Minted, Released, SecretName, VAULT_FIRST,
        end_minted,
    },
    vault::{Fields, GivenBack, Kind, SecretPath, Session},
};

/// A session and all that was read with it, until everything is given back. A job that may have nothing has none.
pub(super) struct Custody {
    session: Option<Session>,
    wanted: Vec<Wanted>,
    lead: Duration,
    leases: Vec<Held>,
    minted: Vec<Minted>,
    gitlab: Option<GitlabAt>,
    hidden: Vec<Hidden>,
    /// What cannot be given back is said in one line, and once.
    said_how_long: bool,
    clock: Clock,
}

struct Held {
    id: LeaseId,
    until: SystemTime,
    length: Duration,
    renewable: bool,
}

impl Custody {
    /// Logs in.
    pub(super) async fn begin(begin: Begin, clock: &Clock, notes: &mut Vec<String>) -> Result<Self, Failure> {
        let Begin { vault, gitlab, wanted, lead, folder: _, place: _ } = begin;
        let mut custody = Self {
            session: None,
            wanted,
            lead,
            leases: Vec::new(),
            minted: Vec::new(),
            gitlab,
            hidden: Vec::new(),
            said_how_long: false,
            clock: clock.clone(),
        };
        let Some(vault) = vault else { return Ok(custody) };
        let (credential, warning) = vault.credential(clock).await?;
        notes.extend(warning.map(|warning| warning.to_string()));
        custody.hidden.push(credential.hidden());
        let session = custody.session.insert(vault.login(credential, clock).await?);
        custody.hidden.push(session.token().hidden());
        Ok(custody)
    }

    /// Puts the session on its short lead; nothing is read before. What came of it is said in a line where it failed.
    pub(super) async fn shorten(&mut self) -> Option<String> {
        let kind = match self.session.as_mut()?.renew(self.lead).await {
            Ok(kind) => kind,
            Err(error) => return Some(format!("the session was not put on its short lead: {error}")),
        };
        let (ends, because) = match kind {
            Kind::Batch { ends } => (ends, "it is a batch token, which no vault shortens or takes back"),
            Kind::Service { ends, renewable: false } => {
                (ends, "its role has no policy that allows `auth/token/renew-self`, as `default` does")
            }
            // A role with `token_period` sets the time itself, whatever is asked for.
            Kind::Service { ends, .. } if ends > self.clock.now() + self.lead + SLACK => (
                ends,
                "its role has a `token_period`, so that it cannot be put on a short lead; it is given back all the same",
            ),
            Kind::Service { .. } | Kind::Personal => return None,
        };
        self.said_how_long = true;
        Some(lives(ends, because))
    }

    /// What the output must not show beside the secrets.
    pub(super) fn hidden(&mut self) -> Vec<OnWire> {
        std::mem::take(&mut self.hidden).into_iter().map(OnWire).collect()
    }

    /// Reads every secret; those that stand at one path are read at once.
    pub(super) async fn read_all(&mut self) -> Result<Vec<GrantedSecret>, Failure> {
        let mut read: HashMap<SecretPath, Lease<Fields>> = HashMap::new();
        let mut granted = Vec::new();
        let Some(session) = &self.session else { return Ok(granted) };
        for secret in self.wanted.clone() {
            let path = &secret.from.path;
            if !read.contains_key(path) {
                let fields = session.read_fields(path).await?;
                self.leases.extend(Held::of(fields.end(), &self.clock));
                self.minted.extend(fields.value().minted());
                read.insert(path.clone(), fields);
            }
            let Some(fields) = read.get(path) else { continue };
            let value = fields.value().field(&secret.from.field)?;
            if secret.to == Delivery::Env && value.expose().contains('\0') {
                return Err(Failure::usage(
                    format!("{} holds a NUL, which no variable can hold", secret.name),
                    "hand it over with `to = \"file\"`",
                ));
            }
            granted.push(GrantedSecret { name: secret.name, value, until: until(fields.end()) });
        }
        Ok(granted)
    }

    /// Whether a read may have a token made that nobody would know of if its answer were not waited for.
    pub(super) fn may_mint(&self) -> bool {
        self.wanted.iter().any(|secret| secret.from.path.may_mint())
    }

    /// What was minted, for whoever has to end it where this process is killed.
    pub(super) fn minted(&self) -> Vec<Minted> {
        self.minted.iter().map(Minted::copied).collect()
    }

    /// Reads one secret afresh; and what was minted for that.
    pub(super) async fn read_again(
        &mut self,
        name: &SecretName,
        patience: Duration,
    ) -> Result<(BuildToken, Option<Minted>), Failure> {
        let Some(secret) = self.wanted.iter().find(|secret| secret.name == *name).cloned() else {
            return Err(Failure::bug(
                "a secret is read afresh that nobody asked for",
                &Unknown(name.clone()),
            ));
        };
        let Some(session) = &mut self.session else {
            return Err(Failure::bug("a secret is read afresh without a session", &Unknown(name.clone())));
        };
        session.wait_for(patience);
        let fields = session.read_fields(&secret.from.path).await?;
        self.leases.extend(Held::of(fields.end(), &self.clock));
        self.minted.extend(fields.value().minted());
        Ok((fields.value().field(&secret.from.field)?, fields.value().minted()))
    }

    /// Keeps the session and its leases for another lead.
    pub(super) async fn renew(&mut self) -> Result<(), Failure> {
        let Some(session) = &mut self.session else { return Ok(()) };
        session.wait_for(self.lead / 3);
        let renewed = session.renew(self.lead).await;
        let now = self.clock.now();
        for held in self.leases.iter_mut().filter(|held| held.renewable) {
            let left = held.until.duration_since(now).unwrap_or_default();
            if left < held.length / 2 {
                match session.renew_lease(&held.id, held.length).await {
                    Ok(()) => held.until = now + held.length,
                    // Its engine said no: it lasts as long as it lasts.
                    Err(_) => held.renewable = false,
                }
            }
        }
        Ok(renewed.map(drop)?)
    }

    /// Gives everything back, and has what was minted end itself where the vault does not end it. What lives on is said, a line each;
    /// `over` hears of each part.
    pub(super) async fn give_back(mut self, over: UnboundedSender<Part>) -> Vec<String> {
        let (unbound, leased) = std::mem::take(&mut self.minted)
            .into_iter()
            .partition::<Vec<_>, _>(|it| it.bond == Bond::Nothing);
        let gitlab = self.gitlab.take();
        let (tell, released) = oneshot::channel();
        let session = async {
            let (released, line) = self.give_session_back().await;
            let _ = tell.send(released);
            let _ = over.send(Part::Session);
            line
        };
        let at_once = end_minted(&unbound, gitlab.as_ref(), Released::Not, LONGEST_END);
        let after_the_vault = async {
            // One that hangs does not keep a token alive.
            let released = tokio::time::timeout(VAULT_FIRST, released).await;
            let released = released.ok().and_then(Result::ok).unwrap_or(Released::Not);
            end_minted(&leased, gitlab.as_ref(), released, LONGEST_END).await
        };
        let minted = async {
            let (unbound, leased) = tokio::join!(at_once, after_the_vault);
            let _ = over.send(Part::Minted);
            [unbound, leased].concat()
        };
        let (line, minted) = tokio::join!(session, minted);
        line.into_iter().chain(minted).collect()
    }

    /// Waits for the vault as long as the session could live.
    async fn give_session_back(self) -> (Released, Option<String>) {
        let Some(mut session) = self.session else { return (Released::Not, None) };
        let longest = match session.kind() {
            // A renewal whose answer was lost may have made it longer than we know.
            Kind::Service { ends, .. } | Kind::Batch { ends } => {
                let left = ends.duration_since(self.clock.now()).unwrap_or_default();
                left.max(self.lead).min(LONGEST_END)
            }
            Kind::Personal => LONGEST_END,
        };
        session.wait_for(longest);
        let leases: Vec<LeaseId> = self.leases.iter().map(|held| held.id.clone()).collect();
        match session.give_back(&leases).await {
            Ok(GivenBack::Over | GivenBack::Personal) => (Released::ByVault, None),
            Ok(GivenBack::Lives { .. }) if self.said_how_long => (Released::Not, None),
            Ok(GivenBack::Lives { until, because }) => (Released::Not, Some(lives(until, &because))),
            Err(error) => {
                let line = format!("the session was not given back and ends by itself: {error}");
                (Released::Not, Some(line))
            }
        }
    }
}

impl Held {
    fn of(end: &End, clock: &Clock) -> Option<Self> {
        match end {
            End::Stored | End::Unbound { .. } => None,
            End::Leased { id, until, renewable } => {
                let length = until.duration_since(clock.now()).unwrap_or_default();
                Some(Self { id: id.clone(), until: *until, length, renewable: *renewable })
            }
        }
    }
}

/// A secret that this job does not have.
#[derive(Debug, thiserror::Error)]
#[error("{0} is none of this job's")]
struct Unknown(SecretName);

fn lives(until: SystemTime, because: &str) -> String {
    format!("the session lives until {}: {because}", humantime::format_rfc3339_seconds(until))
}

/// Vaults count in whole seconds, and their answers take time.
const SLACK: Duration = Duration::from_secs(5);

/// Nothing is tried for longer: a session on its lead is over by then.
const LONGEST_END: Duration = Duration::from_secs(120);

fn until(end: &End) -> Option<SystemTime> {
    match end {
        End::Stored => None,
        End::Leased { until, .. } => Some(*until),
        End::Unbound { until } => *until,
    }
}
