use std::time::Duration;

use tokio::time::Instant;

/// When everything must have been looked at; no single look may use all of it up.
#[derive(Clone, Copy, Debug)]
pub(in crate::doctor) struct Deadline(Instant);

/// All looks together; giving the session back comes after it.
const WHOLE: Duration = Duration::from_secs(11);

/// One look.
const ONE: Duration = Duration::from_secs(4);

impl Deadline {
    pub(in crate::doctor) fn begin() -> Self {
        Self(Instant::now() + WHOLE)
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
