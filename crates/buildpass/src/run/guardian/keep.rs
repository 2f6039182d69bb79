use std::{io, os::unix::net::UnixStream, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, timeout},
};

use super::{
    custody::Custody,
    link::Link,
    message::{Again, Begin, FromGuardian, Granted, Place, ToGuardian},
};
use crate::{
    clock::Clock,
    failure::Failure,
    run::{private_dir::PrivateDirectory, signals::Signals},
};

/// How long CMD's group has after TERM when buildpass died.
const GRACE: Duration = Duration::from_secs(10);

/// How long one fresh reading may take: git waits for it.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// How long a token that is on its way is waited for when the job is over: it is to be ended too.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// The guardian's whole life: fetch, hold, give back. Ends when everything is given back.
///
/// # Errors
/// When the socket to buildpass cannot be used.
pub async fn keep(stream: UnixStream, clock: &Clock) -> io::Result<()> {
    // Whoever asks all processes to end asks buildpass too; the guardian ends after it.
    let _not_ended_by = Signals::listen()?;
    let mut link = Link::new(stream)?;
    let Some(ToGuardian::Begin(begin)) = link.receive().await? else {
        return Ok(());
    };
    let needed = (begin.place == Place::Directory).then(|| PrivateDirectory::make_in(&begin.folder));
    let directory = match needed.transpose() {
        Ok(directory) => directory,
        Err(error) => return refuse(&mut link, no_directory(&begin, &error)).await,
    };
    let lead = begin.lead;
    let mut notes = Vec::new();
    // Never given up half way: nobody could end a session whose token is on its way.
    let begun = Custody::begin(*begin, clock, &mut notes).await;
    for note in notes {
        // Where buildpass is gone, the next `receive` says so.
        let _ = link.send(&FromGuardian::Note(note)).await;
    }
    let mut custody = match begun {
        Ok(custody) => custody,
        Err(failure) => return refuse(&mut link, failure).await,
    };
    let ended = match grant(&mut custody, directory.as_ref(), &mut link).await {
        Ok(()) => hold(&mut custody, &mut link, lead).await,
        Err(ended) => ended,
    };
    let group = match ended {
        Ended::Abandoned { group } => group,
        Ended::Done => None,
    };
    let end_all_here = async {
        end_group(group).await;
        drop(directory);
    };
    // A vault that is not there keeps neither the group nor the directory alive.
    let (over, mut parts) = mpsc::unbounded_channel();
    let say_so = async {
        while let Some(part) = parts.recv().await {
            // Nobody may listen any more.
            let _ = link.send(&FromGuardian::Over(part)).await;
        }
    };
    let (lives_on, (), ()) = tokio::join!(custody.give_back(over), end_all_here, say_so);
    match ended {
        Ended::Abandoned { .. } => Ok(()),
        Ended::Done => link.send(&FromGuardian::GivenBack { lives_on }).await,
    }
}

/// Says why nothing was granted, where there is nothing to give back.
async fn refuse(link: &mut Link, failure: Failure) -> io::Result<()> {
    link.send(&FromGuardian::Failed(failure)).await?;
    link.send(&FromGuardian::GivenBack { lives_on: Vec::new() }).await
}

/// How the time of holding came to its end.
enum Ended {
    /// The job is over, or never was, and buildpass waits for the end.
    Done,
    /// buildpass is gone, and CMD's group, where there is one, has lost its keeper.
    Abandoned { group: Option<Pid> },
}

/// Puts the session on its short lead, reads every secret, and hands them over or says why not.
async fn grant(
    custody: &mut Custody,
    directory: Option<&PrivateDirectory>,
    link: &mut Link,
) -> Result<(), Ended> {
    if let Some(note) = unless_over(custody.shorten(), link, (None, Duration::ZERO)).await? {
        let _ = link.send(&FromGuardian::Note(note)).await;
    }
    let grace = grace(custody);
    let (answer, then) = match unless_over(custody.read_all(), link, (None, grace)).await? {
        Ok(secrets) => {
            let directory = directory.map(|directory| directory.path().to_owned());
            let (hidden, minted) = (custody.hidden(), custody.minted());
            (FromGuardian::Ready(Granted { directory, hidden, secrets, minted }), Ok(()))
        }
        Err(failure) => (FromGuardian::Failed(failure), Err(Ended::Done)),
    };
    match link.send(&answer).await {
        Ok(()) => then,
        Err(_) => Err(Ended::Abandoned { group: None }),
    }
}

/// How long reading goes on when the job is over.
fn grace(custody: &Custody) -> Duration {
    if custody.may_mint() { ON_ITS_WAY } else { Duration::ZERO }
}

/// Works until that is done, unless buildpass says first that the job is over, or is gone; then for the grace alone.
async fn unless_over<T>(
    work: impl Future<Output = T>,
    link: &mut Link,
    (group, grace): (Option<Pid>, Duration),
) -> Result<T, Ended> {
    tokio::pin!(work);
    let ended = loop {
        tokio::select! {
            biased;
            message = link.receive() => match message {
                Ok(Some(ToGuardian::End)) => break Ended::Done,
                Ok(None) | Err(_) => break Ended::Abandoned { group },
                // buildpass asks for one thing at a time, and waits for it.
                Ok(Some(ToGuardian::Begin(_) | ToGuardian::Group(_) | ToGuardian::ReadAgain(_))) => {}
            },
            done = &mut work => return Ok(done),
        }
    };
    if !grace.is_zero() {
        let _ = timeout(grace, work).await;
    }
    Err(ended)
}

async fn hold(custody: &mut Custody, link: &mut Link, lead: Duration) -> Ended {
    let (mut group, mut said) = (None, false);
    let third = (lead / 3).max(Duration::from_millis(100));
    let mut ticks = tokio::time::interval_at(Instant::now() + third, third);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            message = link.receive() => message,
            _ = ticks.tick() => tokio::select! {
                // A vault that does not answer now is asked again at the next tick; the lead lasts for three of them.
                renewed = custody.renew() => {
                    if let (Err(failure), false) = (renewed, said) {
                        said = true;
                        let _ = link.send(&FromGuardian::Note(failure.what)).await;
                    }
                    continue;
                }
                // What buildpass has to say is not kept waiting by a vault that hangs.
                message = link.receive() => {
                    ticks.reset_immediately();
                    message
                }
            },
        };
        let answer = match message {
            Ok(Some(ToGuardian::Group(leader))) => {
                group = Pid::from_raw(leader);
                FromGuardian::Noted
            }
            Ok(Some(ToGuardian::ReadAgain(name))) => {
                let grace = grace(custody);
                match unless_over(custody.read_again(&name, READ_AGAIN), link, (group, grace)).await {
                    Ok(Ok((value, minted))) => FromGuardian::Again(Again::Fresh(value, minted)),
                    Ok(Err(failure)) => FromGuardian::Again(Again::Failed(failure)),
                    Err(ended) => return ended,
                }
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
