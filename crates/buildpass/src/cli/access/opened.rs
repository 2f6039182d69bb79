use std::{
    convert::Infallible,
    future::pending,
    time::{Duration, SystemTime},
};

use crate::{
    access::{Declaration, Gitlab, Hands, Manner, Plan, Step, World},
    cli::{Surroundings, asked_to_end, report::note},
    config::{AccessFlags, Platform},
    failure::Failure,
    run::{AskedToEnd, Interrupted},
    vault::{Credential, GivenBack, Session},
};

/// Both servers, asked with the rights of whoever declares, and what is declared.
pub(super) struct Opened {
    pub(super) declaration: Declaration,
    pub(super) gitlab: Gitlab,
    pub(super) session: Session,
    pub(super) vault: String,
    /// Until when one can log in again.
    pub(super) lasts_until: Option<SystemTime>,
    /// Whether somebody has asked us to end since we logged in.
    pub(super) asked: AskedToEnd,
    by: String,
}

/// How long giving back may take.
const LONGEST_END: Duration = Duration::from_secs(5);

/// What is left of a session where this process is killed.
const LEAD: Duration = Duration::from_secs(60);

const AGAIN: &str = "what was done stays done: the same command goes on from there";

/// How often it is renewed while there is work: two renewals may fail.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(20);

impl Opened {
    /// Logs in, does the work, and gives the session back, which a signal does not keep it from.
    pub(super) async fn with<T>(
        flags: &AccessFlags,
        surroundings: &Surroundings,
        work: impl AsyncFnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let platform = Platform::load(&surroundings.flags, flags, &surroundings.environment)?;
        Self::on(platform, surroundings, work).await
    }

    /// The same on a platform that is known.
    pub(super) async fn on<T>(
        platform: Platform,
        surroundings: &Surroundings,
        work: impl AsyncFnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let clock = &surroundings.clock;
        let (credential, warning) = platform.vault.credential(clock).await?;
        if let Some(warning) = warning {
            note(&warning.to_string());
        }
        // Not before: whoever names a pipe that nobody writes into is to be stopped as any reader is.
        let asked = asked_to_end()?;
        let whole = async {
            let opened = Self::open((platform, credential), surroundings, asked.clone()).await?;
            let worked = tokio::select! {
                worked = work(&opened) => worked,
                never = opened.prolong() => match never {},
            };
            give_back(opened.session).await;
            worked
        };
        tokio::select! {
            worked = whole => worked,
            insisted = asked_again(&asked) => Err(insisted?.into()),
        }
    }

    async fn open(
        (platform, credential): (Platform, Credential),
        surroundings: &Surroundings,
        asked: AskedToEnd,
    ) -> Result<Self, Failure> {
        let Surroundings { environment, clock, .. } = surroundings;
        let Platform { declaration, gitlab, vault } = platform;
        let address = vault.nodes.first().map(ToString::to_string).unwrap_or_default();
        let lasts_until = vault.lasts_until();
        let mut session = vault.login(credential, clock).await?;
        let connected = async {
            session.renew(LEAD).await?;
            gitlab.connect(&session, clock).await
        };
        let gitlab = match connected.await {
            Ok(gitlab) => gitlab,
            Err(error) => {
                give_back(session).await;
                return Err(error.into());
            }
        };
        let who = gitlab.who();
        let by = match environment.setting("CI_JOB_URL") {
            Some(job) => job.to_owned(),
            None => format!("user {} with the token `{}`", who.user_id, who.name),
        };
        Ok(Self { declaration, gitlab, session, vault: address, lasts_until, by, asked })
    }

    /// What is there now.
    pub(super) async fn look(&self) -> Result<World, Failure> {
        let world = World::gather(&self.declaration, &self.gitlab, &self.session);
        Ok(self.asked.or(world).await??)
    }

    /// Does every step of a plan, and tells of each.
    pub(super) async fn carry_out(
        &self,
        plan: &Plan,
        world: &World,
        manner: Manner,
        done: &dyn Fn(&Step, &str),
    ) -> Result<(), Failure> {
        let Self { declaration, gitlab, session, by, .. } = self;
        let ended = &|| self.asked.so_far();
        let hands = Hands { declaration, world, gitlab, session, by, manner, ended, done };
        hands.carry_out(plan).await.map_err(|error| {
            let failure = Failure::from(error);
            let hint = failure.hint.or_else(|| Some(AGAIN.to_owned()));
            Failure { hint, ..failure }
        })
    }

    /// Keeps the session alive while the work is done.
    async fn prolong(&self) -> Infallible {
        loop {
            tokio::time::sleep(BETWEEN_RENEWALS).await;
            if let Err(error) = self.session.prolong(LEAD).await {
                note(&format!("the session was not renewed: {error}"));
            }
        }
    }
}

/// Says that it was heard, and waits until somebody asks again.
async fn asked_again(asked: &AskedToEnd) -> Result<Interrupted, Failure> {
    if asked.or(pending::<Infallible>()).await.is_err() {
        note("asked to end: what is under way is finished first, unless you ask again");
    }
    match asked_to_end()?.or(pending::<Infallible>()).await {
        Ok(never) => match never {},
        Err(insisted) => Ok(insisted),
    }
}

async fn give_back(mut session: Session) {
    session.wait_for(LONGEST_END);
    match session.give_back(&[]).await {
        Ok(GivenBack::Over | GivenBack::Personal) => {}
        Ok(GivenBack::Lives { until, because }) => {
            note(&format!("the session lives until {}: {because}", humantime::format_rfc3339_seconds(until)));
        }
        Err(error) => note(&format!("the session was not given back: {error}")),
    }
}
