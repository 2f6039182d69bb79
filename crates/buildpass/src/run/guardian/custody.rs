use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::{
    clock::Clock,
    failure::Failure,
    run::Wanted,
    secret::{BuildToken, End, Lease, LeaseId, SecretName},
    vault::{Fields, GivenBack, Kind, SecretPath, Session},
};

use super::message::{Begin, GrantedSecret};

/// A session and all that was read with it, until everything is given back.
pub(super) struct Custody {
    session: Session,
    wanted: Vec<Wanted>,
    lead: Duration,
    leases: Vec<Held>,
    clock: Clock,
}

struct Held {
    id: LeaseId,
    until: SystemTime,
    length: Duration,
    renewable: bool,
}

impl Custody {
    /// Logs in and puts the session on its short lead at once; nothing is read before.
    pub(super) async fn begin(begin: Begin, clock: &Clock, notes: &mut Vec<String>) -> Result<Self, Failure> {
        let (credential, warning) = begin.vault.credential(clock).await?;
        notes.extend(warning.map(|warning| warning.to_string()));
        let session = begin.vault.login(credential, clock).await?;
        let mut custody = Self {
            session,
            wanted: begin.wanted,
            lead: begin.lead,
            leases: Vec::new(),
            clock: clock.clone(),
        };
        if let Err(error) = custody.session.renew(begin.lead).await {
            notes.push(format!("the session was not put on its short lead: {error}"));
        }
        Ok(custody)
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Reads every secret; those that stand at one path are read at once.
    pub(super) async fn read_all(&mut self) -> Result<Vec<GrantedSecret>, Failure> {
        let mut read: HashMap<SecretPath, Lease<Fields>> = HashMap::new();
        let mut granted = Vec::new();
        for secret in self.wanted.clone() {
            let path = &secret.from.path;
            if !read.contains_key(path) {
                let fields = self.session.read_fields(path).await?;
                self.hold(fields.end());
                read.insert(path.clone(), fields);
            }
            let Some(fields) = read.get(path) else { continue };
            let value = fields.value().field(&secret.from.field)?;
            granted.push(GrantedSecret {
                name: secret.name,
                value,
                until: until(fields.end()),
            });
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
        self.session.wait_for(patience);
        let fields = self.session.read_fields(&secret.from.path).await?;
        self.hold(fields.end());
        Ok(fields.value().field(&secret.from.field)?)
    }

    /// Keeps the session and its leases for another lead.
    pub(super) async fn renew(&mut self) -> Result<(), Failure> {
        self.session.wait_for(self.lead / 3);
        let renewed = self.session.renew(self.lead).await;
        let now = self.clock.now();
        for held in self.leases.iter_mut().filter(|held| held.renewable) {
            let left = held.until.duration_since(now).unwrap_or_default();
            if left < held.length / 2 {
                match self.session.renew_lease(&held.id, held.length).await {
                    Ok(()) => held.until = now + held.length,
                    // Its engine said no: it lasts as long as it lasts.
                    Err(_) => held.renewable = false,
                }
            }
        }
        Ok(renewed.map(drop)?)
    }

    /// Gives everything back, waiting for the vault as long as the session could live. What lives on is said in a line.
    pub(super) async fn give_back(mut self) -> Option<String> {
        let longest = match self.session.kind() {
            Kind::Service { ends, .. } | Kind::Batch { ends } => ends
                .duration_since(self.clock.now())
                .unwrap_or_default()
                .min(LONGEST_END),
            Kind::Personal => LONGEST_END,
        };
        self.session.wait_for(longest);
        let leases: Vec<LeaseId> = self.leases.iter().map(|held| held.id.clone()).collect();
        match self.session.give_back(&leases).await {
            Ok(GivenBack::Over | GivenBack::Personal) => None,
            Ok(GivenBack::Lives { until, because }) => Some(format!(
                "the session lives until {}: {because}",
                humantime::format_rfc3339_seconds(until)
            )),
            Err(error) => Some(format!(
                "the session was not given back and ends by itself: {error}"
            )),
        }
    }

    fn hold(&mut self, end: &End) {
        if let End::Leased { id, until, renewable } = end {
            let length = until.duration_since(self.clock.now()).unwrap_or_default();
            self.leases.push(Held {
                id: id.clone(),
                until: *until,
                length,
                renewable: *renewable,
            });
        }
    }
}

/// Nothing is tried for longer: a session on its lead is over by then.
const LONGEST_END: Duration = Duration::from_secs(120);

fn until(end: &End) -> Option<SystemTime> {
    match end {
        End::Stored => None,
        End::Leased { until, .. } => Some(*until),
    }
}
