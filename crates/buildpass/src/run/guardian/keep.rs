use std::{io, os::unix::net::UnixStream, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::time::{Instant, MissedTickBehavior};

use super::{
    custody::Custody,
    link::Link,
    message::{Again, Begin, FromGuardian, Granted, ToGuardian},
};
use crate::{clock::Clock, failure::Failure, run::private_dir::PrivateDirectory};

/// How long CMD's group has after TERM when buildpass died.
const GRACE: Duration = Duration::from_secs(10);

/// How long one fresh reading may take: git waits for it.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// The guardian's whole life: fetch, hold, give back. Ends when everything is given back.
///
/// # Errors
/// When the socket to buildpass cannot be used.
pub async fn keep(stream: UnixStream, clock: &Clock) -> io::Result<()> {
    let mut link = Link::new(stream)?;
    let Some(ToGuardian::Begin(begin)) = link.receive().await? else {
        return Ok(());
    };
    let directory = match PrivateDirectory::make_in(&begin.folder) {
        Ok(directory) => directory,
        Err(error) => {
            return link.send(&FromGuardian::Failed(no_directory(&begin, &error))).await;
        }
    };
    let lead = begin.lead;
    let mut notes = Vec::new();
    let begun = Custody::begin(*begin, clock, &mut notes).await;
    for note in notes {
        // Where buildpass is gone, the next `receive` says so.
        let _ = link.send(&FromGuardian::Note(note)).await;
    }
    let mut custody = match begun {
        Ok(custody) => custody,
        Err(failure) => return link.send(&FromGuardian::Failed(failure)).await,
    };
    let ended = match grant(&mut custody, &directory).await {
        Ok(granted) => match link.send(&FromGuardian::Ready(granted)).await {
            Ok(()) => hold(&mut custody, &mut link, lead).await,
            Err(_) => Ended::Abandoned { group: None },
        },
        Err(failure) => Ended::Refused(failure),
    };
    let group = match &ended {
        Ended::Abandoned { group } => *group,
        Ended::Refused(_) | Ended::Done => None,
    };
    let (lives_on, ()) = tokio::join!(custody.give_back(), end_group(group));
    drop(directory);
    match ended {
        Ended::Abandoned { .. } => Ok(()),
        Ended::Refused(failure) => link.send(&FromGuardian::Failed(failure)).await,
        Ended::Done => link.send(&FromGuardian::GivenBack { lives_on }).await,
    }
}

/// How the time of holding came to its end.
enum Ended {
    /// The job is over.
    Done,
    /// A secret was refused.
    Refused(Failure),
    /// buildpass is gone, and CMD's group, where there is one, has lost its keeper.
    Abandoned { group: Option<Pid> },
}

async fn grant(custody: &mut Custody, directory: &PrivateDirectory) -> Result<Granted, Failure> {
    let secrets = custody.read_all().await?;
    Ok(Granted { directory: directory.path().to_owned(), hidden: custody.hidden(), secrets })
}

async fn hold(custody: &mut Custody, link: &mut Link, lead: Duration) -> Ended {
    let mut group = None;
    let third = (lead / 3).max(Duration::from_millis(100));
    let mut ticks = tokio::time::interval_at(Instant::now() + third, third);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            message = link.receive() => message,
            _ = ticks.tick() => {
                // A vault that does not answer now is asked again at the next tick; the lead lasts for three of them.
                let _ = custody.renew().await;
                continue;
            }
        };
        let answer = match message {
            Ok(Some(ToGuardian::Group(leader))) => {
                group = Pid::from_raw(leader);
                FromGuardian::Noted
            }
            Ok(Some(ToGuardian::ReadAgain(name))) => {
                FromGuardian::Again(match custody.read_again(&name, READ_AGAIN).await {
                    Ok(value) => Again::Fresh(value),
                    Err(failure) => Again::Failed(failure),
                })
            }
            Ok(Some(ToGuardian::End)) => return Ended::Done,
            Ok(Some(ToGuardian::Begin(_)) | None) | Err(_) => return Ended::Abandoned { group },
        };
        if link.send(&answer).await.is_err() {
            return Ended::Abandoned { group };
        }
    }
}

/// TERM, and after the grace KILL.
async fn end_group(group: Option<Pid>) {
    let Some(group) = group else { return };
    let deadline = Instant::now() + GRACE;
    // A stopped process sees TERM only when it goes on.
    let _ = kill_process_group(group, Signal::TERM);
    let _ = kill_process_group(group, Signal::CONT);
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    while test_kill_process_group(group).is_ok() {
        if Instant::now() >= deadline {
            let _ = kill_process_group(group, Signal::KILL);
            return;
        }
        looks.tick().await;
    }
}

fn no_directory(begin: &Begin, error: &io::Error) -> Failure {
    let mut failure = Failure::usage(
        format!("no private directory can be made in `{}`", begin.folder.display()),
        "set TMPDIR to a folder that this user can write to, with a short path",
    );
    failure.causes.push(error.to_string());
    failure
}
