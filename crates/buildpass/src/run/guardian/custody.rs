use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::{
    clock::Clock,
    failure::Failure,
    run::Wanted,
    secret::{BuildToken, End, Hidden, Lease, LeaseId, SecretName},
    vault::{Fields, GivenBack, Kind, SecretPath, Session},
};

use super::message::{Begin, GrantedSecret, OnWire};

/// A session and all that was read with it, until everything is given back. A job that may have nothing has none.
pub(super) struct Custody {
    session: Option<Session>,
    wanted: Vec<Wanted>,
    lead: Duration,
    leases: Vec<Held>,
    hidden: Vec<Hidden>,
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
        let Begin { vault, wanted, lead, folder: _ } = begin;
        let mut custody = Self {
            session: None,
            wanted,
            lead,
            leases: Vec::new(),
            hidden: Vec::new(),
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
        match self.session.as_mut()?.renew(self.lead).await {
            Err(error) => Some(format!("the session was not put on its short lead: {error}")),
            // A role with `token_period` sets the time itself, whatever is asked for.
            Ok(Kind::Service { ends, renewable: true }) if ends > self.clock.now() + self.lead + SLACK => {
                let ends = humantime::format_rfc3339_seconds(ends);
                Some(format!(
                    "the session cannot be put on a short lead: if this machine vanishes, it lives until {ends}"
                ))
            }
            Ok(_) => None,
        }
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
                read.insert(path.clone(), fields);
            }
            let Some(fields) = read.get(path) else { continue };
            let value = fields.value().field(&secret.from.field)?;
            granted.push(GrantedSecret { name: secret.name, value, until: until(fields.end()) });
        }
        Ok(granted)
    }

    /// Reads one secret afresh.
    pub(super) async fn read_again(
        &mut self,
        name: &SecretName,
        patience: Duration,
    ) -> Result<BuildToken, Failure> {
        let Some(secret) = self.wanted.iter().find(|secret| secret.name == *name).cloned() else {
            return Err(Failure::usage(
                format!("no secret is named {name}"),
                "this is the guardian's own list",
            ));
        };
        let Some(session) = &mut self.session else { return Err(no_session()) };
        session.wait_for(patience);
        let fields = session.read_fields(&secret.from.path).await?;
        self.leases.extend(Held::of(fields.end(), &self.clock));
        Ok(fields.value().field(&secret.from.field)?)
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

    /// Gives everything back, waiting for the vault as long as the session could live. What lives on is said in a line.
    pub(super) async fn give_back(self) -> Option<String> {
        let mut session = self.session?;
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
            Ok(GivenBack::Over | GivenBack::Personal) => None,
            Ok(GivenBack::Lives { until, because }) => Some(format!(
                "the session lives until {}: {because}",
                humantime::format_rfc3339_seconds(until)
            )),
            Err(error) => Some(format!("the session was not given back and ends by itself: {error}")),
        }
    }
}

impl Held {
    fn of(end: &End, clock: &Clock) -> Option<Self> {
        match end {
            End::Stored => None,
            End::Leased { id, until, renewable } => {
                let length = until.duration_since(clock.now()).unwrap_or_default();
                Some(Self { id: id.clone(), until: *until, length, renewable: *renewable })
            }
        }
    }
}

fn no_session() -> Failure {
    Failure::usage("this job asked for no secret", "so that there is none to read afresh")
}

/// Vaults count in whole seconds, and their answers take time.
const SLACK: Duration = Duration::from_secs(5);

/// Nothing is tried for longer: a session on its lead is over by then.
const LONGEST_END: Duration = Duration::from_secs(120);

fn until(end: &End) -> Option<SystemTime> {
    match end {
        End::Stored => None,
        End::Leased { until, .. } => Some(*until),
    }
}
