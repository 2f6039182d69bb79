use std::{future::ready, pin::pin, time::Duration};

use tokio::time::timeout;

use super::{asked_to_end, report::note};
use crate::{
    clock::Clock,
    config::Settings,
    failure::Failure,
    run::Wanted,
    secret::{BuildToken, End, Lease, LeaseId},
    vault::{GivenBack, Kind, Session},
};

/// How long giving back may take, however long reading took; and a login, once somebody has asked us to end.
const LONGEST_END: Duration = Duration::from_secs(5);

/// What becomes of a secret that ends with its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leased {
    /// It is of no use once the session is given back.
    Refused,
    /// The session is left alive for it, and its true end is said.
    Kept,
}

/// Reads one secret for a command that ends at once, and gives the session back before anything is printed.
pub(super) async fn fetch(
    settings: &Settings,
    wanted: &Wanted,
    leased: Leased,
    clock: &Clock,
) -> Result<Lease<BuildToken>, Failure> {
    let Some(vault) = &settings.vault else {
        return Err(Failure::usage(
            "no secret is asked for",
            "add a `[[secret]]` to buildpass.toml, or say `--secret`",
        ));
    };
    let (credential, warning) = vault.credential(clock).await?;
    if let Some(warning) = warning {
        note(&warning.to_string());
    }
    // Not before: whoever names a pipe that nobody writes into is to be stopped as any reader is.
    let asked = asked_to_end()?;
    let mut login = pin!(vault.login(credential, clock));
    let session = match asked.or(&mut login).await {
        Ok(session) => session?,
        Err(interrupted) => {
            // The vault may have made a session whose answer is on its way.
            if let Ok(Ok(session)) = timeout(LONGEST_END, login).await {
                end(session, &[]).await;
            }
            return Err(interrupted.into());
        }
    };
    let read = match asked.or(session.read(&wanted.from)).await {
        Ok(read) => read,
        Err(interrupted) => {
            end(session, &[]).await;
            return Err(interrupted.into());
        }
    };
    if let (Ok(lease), Leased::Kept) = (&read, leased)
        && let End::Leased { until, .. } = lease.end()
    {
        let until = match session.kind() {
            Kind::Service { ends, .. } | Kind::Batch { ends } => ends.min(*until),
            Kind::Personal => *until,
        };
        note(&format!("{} ends at {}", wanted.name, humantime::format_rfc3339_seconds(until)));
        return Ok(read?);
    }
    let lease = read.as_ref().ok().and_then(|lease| match lease.end() {
        End::Leased { id, .. } => Some(id.clone()),
        End::Stored => None,
    });
    end(session, lease.as_slice()).await;
    let lease = asked.or(ready(read)).await??;
    match lease.end() {
        End::Stored => Ok(lease),
        End::Leased { .. } => Err(Failure::usage(
            format!("{} was made for this session and ended with it", wanted.name),
            "use `buildpass run`, which keeps the session while a command runs, or `buildpass token --keep-lease`",
        )),
    }
}

/// Gives the session back, and says so where it lives on.
async fn end(mut session: Session, leases: &[LeaseId]) {
    session.wait_for(LONGEST_END);
    match session.give_back(leases).await {
        Ok(GivenBack::Over | GivenBack::Personal) => {}
        Ok(GivenBack::Lives { until, because }) => {
            note(&format!("the session lives until {}: {because}", humantime::format_rfc3339_seconds(until)));
        }
        Err(error) => note(&format!("the session was not given back: {error}")),
    }
}
