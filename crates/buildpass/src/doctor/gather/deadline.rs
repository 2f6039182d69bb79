use std::time::Duration;

use tokio::time::Instant;

/// When a step's looks must be over; no single look may use all of it up.
#[derive(Clone, Copy, Debug)]
pub(in crate::doctor) struct Deadline(Instant);

/// The steps one after another, each with its end: what one does not use, the next may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps(Instant);

/// One look; where one node says nothing, what is asked of the others still has time.
const ONE: Duration = Duration::from_secs(3);

/// Ends of the steps, counted from the beginning. Giving the session back follows its step, and all together stay below ten seconds.
const MACHINE: Duration = Duration::from_millis(2_500);
const SERVERS: Duration = Duration::from_millis(4_000);
const SESSION: Duration = Duration::from_millis(6_500);
const GITLAB: Duration = Duration::from_millis(9_500);

/// How long a login may take at the least, however late it begins.
const LOGIN: Duration = Duration::from_secs(3);

/// How long the looks of a session may take at the least, however late its login ended.
const LOOKS: Duration = Duration::from_secs(1);

/// How long giving the session back may take.
pub(super) const GIVING_BACK: Duration = Duration::from_millis(1_500);

impl Steps {
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Files, git, and whoever makes the ID token to order.
    pub(super) fn machine(self) -> Deadline {
        Deadline(self.0 + MACHINE)
    }

    /// Vault and issuer, before anybody logs in.
    pub(super) fn servers(self) -> Deadline {
        Deadline(self.0 + SERVERS)
    }

    /// The login, and what its session shows.
    pub(super) fn session(self) -> Deadline {
        Deadline(self.0 + SESSION)
    }

    /// What is asked of GitLab and of the repositories.
    pub(super) fn gitlab(self) -> Deadline {
        Deadline(self.0 + GITLAB)
    }
}

impl Deadline {
    /// A login that is broken off leaves a session that nobody can give back.
    pub(super) fn of_a_login(self) -> Self {
        Self(self.0.max(Instant::now() + LOGIN))
    }

    /// A session that nothing is asked with shows faults that nobody has.
    pub(super) fn of_the_looks(self) -> Self {
        Self(self.0.max(Instant::now() + LOOKS))
    }

    /// How long the next look may take.
    pub(in crate::doctor) fn for_one_look(self) -> Duration {
        self.0.saturating_duration_since(Instant::now()).min(ONE)
    }

    /// What a look comes to, or in words that it took too long.
    pub(in crate::doctor) async fn within<T, E: ToString>(
        self,
        look: impl Future<Output = Result<T, E>>,
    ) -> Result<T, String> {
        let patience = self.for_one_look();
        match tokio::time::timeout(patience, look).await {
            Ok(seen) => seen.map_err(|error| error.to_string()),
            Err(_) => Err(format!("nothing came in {} s", patience.as_secs_f32().ceil())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_follow_one_another_and_end_below_ten_seconds() {
        assert!(
            ONE + LOOKS <= SERVERS
                && MACHINE < SERVERS
                && SERVERS < SESSION
                && SESSION + GIVING_BACK < GITLAB
        );
        assert!(SERVERS + LOGIN + LOOKS + GIVING_BACK <= GITLAB && GITLAB < Duration::from_secs(10));
    }

    #[test]
    fn a_late_login_leaves_its_session_time_to_be_looked_at() {
        let past = Deadline(Instant::now());
        assert_eq!(past.for_one_look(), Duration::ZERO);
        let left = past.of_the_looks().for_one_look();
        assert!(left > Duration::ZERO && left <= LOOKS, "{left:?}");
        assert!(Deadline(Instant::now() + 2 * LOOKS).of_the_looks().for_one_look() > LOOKS);
    }
}
