use std::{future::ready, pin::pin, time::Duration};

use tokio::time::timeout;

use super::{asked_to_end, report::note};
use crate::{
    clock::Clock,
    config::Settings,
    failure::Failure,
    run::Wanted,
    secret::{BuildToken, End, GitlabAt, Lease, LeaseId, Minted, Released, end_minted},
    vault::{Fields, GivenBack, Kind, Session},
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
                end(session, Made::default(), None).await;
            }
            return Err(interrupted.into());
        }
    };
    let path = &wanted.from.path;
    let mut reading = Box::pin(session.read_fields(path));
    let read = match asked.or(&mut reading).await {
        Ok(read) => read,
        Err(interrupted) => {
            // What was made for us may be on its way.
            let read = if path.may_mint() { timeout(LONGEST_END, &mut reading).await.ok() } else { None };
            drop(reading);
            let made = Made::by(read.as_ref().and_then(|read| read.as_ref().ok()));
            end(session, made, settings.gitlab.as_ref()).await;
            return Err(interrupted.into());
        }
    };
    drop(reading);
    let made = Made::by(read.as_ref().ok());
    let lease = read
        .map_err(Failure::from)
        .and_then(|lease| Ok(lease.try_part(|fields| fields.field(&wanted.from.field))?));
    let said = lease.as_ref().ok().and_then(|lease| own_end(lease.end(), session.kind()));
    if let Some(said) = said.filter(|_| leased == Leased::Kept) {
        note(&format!("{} {said}", wanted.name));
        return lease;
    }
    end(session, made, settings.gitlab.as_ref()).await;
    let lease = asked.or(ready(lease)).await??;
    match lease.end() {
        End::Stored => Ok(lease),
        End::Leased { .. } | End::Unbound { .. } => Err(Failure::usage(
            format!("{} was made for this session and ended with it", wanted.name),
            "use `buildpass run`, which keeps the session while a command runs, or `buildpass token --keep-lease`",
        )),
    }
}

/// When a secret that was made for us ends by itself, in words.
fn own_end(end: &End, kind: Kind) -> Option<String> {
    let at = |until| format!("ends at {}", humantime::format_rfc3339_seconds(until));
    match end {
        End::Stored => None,
        End::Leased { until, .. } => Some(at(match kind {
            Kind::Service { ends, .. } | Kind::Batch { ends } => ends.min(*until),
            Kind::Personal => *until,
        })),
        End::Unbound { until } => Some(until.map_or_else(|| "ends when GitLab ends it".to_owned(), at)),
    }
}

/// What a read made, and is to be given back.
#[derive(Default)]
struct Made {
    lease: Option<LeaseId>,
    minted: Option<Minted>,
}

impl Made {
    fn by(read: Option<&Lease<Fields>>) -> Self {
        let Some(read) = read else { return Self::default() };
        let lease = match read.end() {
            End::Leased { id, .. } => Some(id.clone()),
            End::Stored | End::Unbound { .. } => None,
        };
        Self { lease, minted: read.value().minted() }
    }
}

/// Gives everything back, and says so where something lives on.
async fn end(mut session: Session, made: Made, gitlab: Option<&GitlabAt>) {
    session.wait_for(LONGEST_END);
    let released = match session.give_back(made.lease.as_slice()).await {
        Ok(GivenBack::Over | GivenBack::Personal) => Released::ByVault,
        Ok(GivenBack::Lives { until, because }) => {
            note(&format!("the session lives until {}: {because}", humantime::format_rfc3339_seconds(until)));
            Released::Not
        }
        Err(error) => {
            note(&format!("the session was not given back: {error}"));
            Released::Not
        }
    };
    let lines = end_minted(made.minted.as_slice(), gitlab, released, LONGEST_END).await;
    lines.iter().for_each(|line| note(line));
}
