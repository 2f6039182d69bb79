use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// Something that is fetched by one at a time: who waits while it is under way shares how it ends, good or bad.
#[derive(Debug)]
pub(super) struct Errand {
    /// How often it has ended.
    ended: AtomicU64,
    /// How it ended last; held while it is under way.
    last: Mutex<Result<(), String>>,
}

impl Errand {
    pub(super) fn new() -> Self {
        Self { ended: AtomicU64::new(0), last: Mutex::new(Ok(())) }
    }

    /// How often it has ended: to be asked before what it would bring is looked at.
    pub(super) fn ended(&self) -> u64 {
        self.ended.load(Ordering::Acquire)
    }

    /// Has it done, unless it ended since then.
    ///
    /// # Errors
    /// When it failed, whoever did it.
    pub(super) async fn done_since(
        &self,
        ended: u64,
        errand: impl Future<Output = Result<(), String>>,
    ) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if self.ended() == ended {
            *last = errand.await;
            self.ended.fetch_add(1, Ordering::Release);
        }
        last.clone()
    }
}
