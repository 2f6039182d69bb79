use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
};

/// How far a connection is, and since when: one word, so that whoever wants to cut it off and the connection itself
/// cannot disagree about who was first.
#[derive(Debug)]
pub(super) struct Progress(AtomicU64);

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It never said anything.
    Silent,
    /// The header of a request has begun.
    Header,
    /// A request is being worked on.
    Request,
    /// Its answer is on the way.
    Answer,
    /// It was answered, and may ask again.
    Idle,
    /// It was cut off.
    Cut,
}

/// What was seen of a connection at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sight(u64);

impl Progress {
    pub(super) fn new(now_millis: u64) -> Self {
        Self(AtomicU64::new(word(Phase::Silent, now_millis)))
    }

    pub(super) fn sight(&self) -> Sight {
        Sight(self.0.load(Ordering::Acquire))
    }

    /// Goes on to `phase`, if the connection is in one of those `from` which it leads.
    ///
    /// # Errors
    /// When the connection was cut off.
    pub(super) fn advance(&self, phase: Phase, from: &[Phase], now_millis: u64) -> io::Result<()> {
        let next = word(phase, now_millis);
        let step = |before| (before != next && from.contains(&Sight(before).phase())).then_some(next);
        match self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, step) {
            Err(before) if Sight(before).phase() == Phase::Cut => {
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Cuts the connection off, unless it moved since it was seen.
    pub(super) fn cut(&self, seen: Sight) -> Cut {
        let cut = word(Phase::Cut, seen.since_millis());
        match self.0.compare_exchange(seen.0, cut, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Cut::Done,
            Err(_) => Cut::Missed,
        }
    }
}

/// Whether a connection was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Done,
    Missed,
}

impl Sight {
    pub(super) fn phase(self) -> Phase {
        match self.0 & PHASE {
            0 => Phase::Silent,
            1 => Phase::Header,
            2 => Phase::Request,
            3 => Phase::Answer,
            4 => Phase::Idle,
            _ => Phase::Cut,
        }
    }

    pub(super) fn since_millis(self) -> u64 {
        self.0 >> PHASE_BITS
    }
}

fn word(phase: Phase, millis: u64) -> u64 {
    millis << PHASE_BITS | phase as u64
}

const PHASE_BITS: u32 = 3;
const PHASE: u64 = (1 << PHASE_BITS) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_goes_its_way() {
        let progress = Progress::new(5);
        assert_eq!((progress.sight().phase(), progress.sight().since_millis()), (Phase::Silent, 5));
        for (phase, from) in [
            (Phase::Header, Phase::Silent),
            (Phase::Request, Phase::Header),
            (Phase::Answer, Phase::Request),
            (Phase::Idle, Phase::Answer),
        ] {
            progress.advance(phase, &[Phase::Cut], 6).unwrap();
            assert_ne!(progress.sight().phase(), phase);
            progress.advance(phase, &[from], 7).unwrap();
            assert_eq!((progress.sight().phase(), progress.sight().since_millis()), (phase, 7));
        }
    }

    #[test]
    fn who_comes_first_wins() {
        let progress = Progress::new(0);
        let seen = progress.sight();
        progress.advance(Phase::Header, &[Phase::Silent], 1).unwrap();
        assert_eq!(progress.cut(seen), Cut::Missed);
        assert_eq!(progress.cut(progress.sight()), Cut::Done);
        progress.advance(Phase::Request, &[Phase::Header], 2).unwrap_err();
        assert_eq!(progress.sight().phase(), Phase::Cut);
    }
}
