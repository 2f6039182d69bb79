use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{task::AbortHandle, time::Instant};

use super::{
    members::{Gone, Member, Members},
    open_files,
    progress::{Cut, Phase, Progress, Sight},
};
use crate::{
    limit::{Limits, Source},
    metrics::{Limit, Metrics},
};

/// Everybody who is connected to one listener.
///
/// Whoever waits longest without a request goes first when there are too many, and everybody goes who is too slow.
pub(super) struct Crowd {
    allowed: Allowed,
    members: Mutex<Members>,
    metrics: Metrics,
    start: Instant,
    /// The time at the last round, so that connections need not ask for it.
    now_millis: AtomicU64,
}

/// What is allowed here.
struct Allowed {
    connections: usize,
    connections_per_source: usize,
    header: Duration,
    idle: Duration,
}

/// A connection's place in the crowd, which it leaves at its end.
pub(super) struct Place {
    crowd: Arc<Crowd>,
    id: u64,
    progress: Arc<Progress>,
}

/// There is no room for one more.
#[derive(Debug)]
pub(super) struct Full;

impl Crowd {
    pub(super) fn new(limits: &Limits, metrics: Metrics) -> Arc<Self> {
        Arc::new(Self {
            allowed: Allowed {
                connections: open_files::at_most(limits.max_connections),
                connections_per_source: limits.max_connections_per_source,
                header: limits.header_read_timeout,
                idle: limits.idle_timeout,
            },
            members: Mutex::default(),
            metrics,
            start: Instant::now(),
            now_millis: AtomicU64::new(0),
        })
    }

    /// Lets a connection in, in the place of others that wait without a request if need be.
    ///
    /// # Errors
    /// When there are too many, and all of them have a request under way.
    pub(super) fn enter(self: &Arc<Self>, source: Source) -> Result<Place, Full> {
        let mut gone = Gone::default();
        let mut members = self.members();
        if members.count_from(source) >= self.allowed.connections_per_source {
            let from_there = |member: &Member| member.source == source;
            self.make_room(&mut members, &mut gone, Limit::ConnectionsPerSource, from_there)?;
        }
        if members.count() >= self.allowed.connections {
            self.make_room(&mut members, &mut gone, Limit::Connections, |_| true)?;
        }
        let progress = Arc::new(Progress::new(self.now_millis()));
        let id = members.add(source, Arc::clone(&progress));
        self.metrics.connection_opened();
        Ok(Place { crowd: Arc::clone(self), id, progress })
    }

    /// Names the task of a connection that was let in.
    pub(super) fn attach(&self, id: u64, task: AbortHandle) {
        let unknown = self.members().attach(id, task);
        if let Err(task) = unknown {
            // It is done already, or was cut off before it had a task.
            task.abort();
        }
    }

    /// Cuts off some of those who wait, since the process has no more files.
    pub(super) fn shrink(&self) {
        let mut gone = Gone::default();
        // Where all are busy there is nothing to be done.
        let _ = self.make_room(&mut self.members(), &mut gone, Limit::Connections, |_| true);
    }

    /// Cuts off everybody who is too slow.
    pub(super) fn round(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.now_millis.store(now, Ordering::Relaxed);
        let late = |seen: Sight| {
            let (allowed, limit) = match seen.phase() {
                Phase::Silent | Phase::Header => (self.allowed.header, Limit::HeaderTime),
                Phase::Answer | Phase::Idle => (self.allowed.idle, Limit::IdleTime),
                Phase::Request | Phase::Cut => return None,
            };
            let waited = Duration::from_millis(now.saturating_sub(seen.since_millis()));
            (waited > allowed).then_some(limit)
        };
        let mut gone = Gone::default();
        let mut members = self.members();
        let all: Vec<_> = members.seen().filter_map(|(id, _, seen)| Some((id, seen, late(seen)?))).collect();
        for (id, seen, limit) in all {
            if members.cut(id, seen, &mut gone) == Cut::Done {
                self.metrics.refused(limit);
            }
        }
    }

    /// Cuts off everybody who has no request under way.
    pub(super) fn dismiss(&self) {
        let mut gone = Gone::default();
        let mut members = self.members();
        let all: Vec<_> =
            members.seen().filter(|(_, _, seen)| is_waiting(*seen)).map(|(id, _, seen)| (id, seen)).collect();
        for (id, seen) in all {
            members.cut(id, seen, &mut gone);
        }
    }

    /// How often a round is due.
    pub(super) fn round_every(&self) -> Duration {
        let shortest = self.allowed.header.min(self.allowed.idle);
        (shortest / 8).clamp(Duration::from_millis(10), Duration::from_secs(1))
    }

    fn make_room(
        &self,
        members: &mut Members,
        gone: &mut Gone,
        limit: Limit,
        belongs: impl Fn(&Member) -> bool,
    ) -> Result<(), Full> {
        let mut waiting: Vec<_> = members
            .seen()
            .filter(|(_, member, _)| belongs(member))
            .filter_map(|(id, _, seen)| Some((rank(seen.phase())?, seen.since_millis(), id, seen)))
            .collect();
        // A few more than needed, so that a flood does not make us look at everybody for every newcomer.
        let some = (waiting.len() / 64).max(1);
        if waiting.len() > some {
            waiting.select_nth_unstable_by_key(some, |(rank, since, id, _)| (*rank, *since, *id));
        }
        let mut room = Err(Full);
        for (_, _, id, seen) in waiting.into_iter().take(some) {
            if members.cut(id, seen, gone) == Cut::Done {
                self.metrics.refused(limit);
                room = Ok(());
            }
        }
        if room.is_err() {
            self.metrics.refused(limit);
        }
        room
    }

    fn now_millis(&self) -> u64 {
        self.now_millis.load(Ordering::Relaxed)
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Goes on to `phase`, if the connection is in one of those `from` which it leads.
    ///
    /// # Errors
    /// When the connection was cut off.
    pub(super) fn advance(&self, phase: Phase, from: &[Phase]) -> io::Result<()> {
        self.progress.advance(phase, from, self.crowd.now_millis())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.members().remove(self.id);
        self.crowd.metrics.connection_closed();
    }
}

/// Nothing that a client began would be lost.
fn is_waiting(seen: Sight) -> bool {
    matches!(seen.phase(), Phase::Silent | Phase::Idle)
}

/// Who makes room first: who never said anything, then who does not come to an end, then who was served before.
fn rank(phase: Phase) -> Option<u8> {
    match phase {
        Phase::Silent => Some(0),
        Phase::Header => Some(1),
        Phase::Idle => Some(2),
        Phase::Request | Phase::Answer | Phase::Cut => None,
    }
}
