use std::time::Duration;

use crate::{
    access::{Declaration, Gitlab, Hands, Manner, Plan, Step, World},
    cli::{Surroundings, report::note},
    config::{AccessFlags, Platform},
    failure::Failure,
    vault::{GivenBack, Session},
};

/// Both servers, asked with the rights of whoever declares, and what is declared.
pub(super) struct Opened {
    pub(super) declaration: Declaration,
    pub(super) gitlab: Gitlab,
    pub(super) session: Session,
    pub(super) vault: String,
    by: String,
}

/// How long giving back may take.
const LONGEST_END: Duration = Duration::from_secs(5);

/// As long as a session of a job may last for us: roles start at a minute.
const LONG_ENOUGH: Duration = Duration::from_secs(15 * 60);

impl Opened {
    /// Logs in, does the work, and gives the session back.
    pub(super) async fn with<T>(
        flags: &AccessFlags,
        surroundings: &Surroundings,
        work: impl AsyncFnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Surroundings { flags: ours, environment, clock, .. } = surroundings;
        let Platform { declaration, gitlab, vault } = Platform::load(ours, flags, environment)?;
        let (credential, warning) = vault.credential(clock).await?;
        if let Some(warning) = warning {
            note(&warning.to_string());
        }
        let address = vault.nodes.first().map(ToString::to_string).unwrap_or_default();
        let mut session = vault.login(credential, clock).await?;
        session.renew(LONG_ENOUGH).await?;
        let gitlab = match gitlab.connect(&session, clock).await {
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
        let opened = Self { declaration, gitlab, session, vault: address, by };
        let worked = work(&opened).await;
        give_back(opened.session).await;
        worked
    }

    /// What is there now.
    pub(super) async fn look(&self) -> Result<World, Failure> {
        Ok(World::gather(&self.declaration, &self.gitlab, &self.session).await?)
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
        let hands = Hands { declaration, world, gitlab, session, by, manner, done };
        Ok(hands.carry_out(plan).await?)
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
