use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::{Mutex, MutexGuard};

/// Who changes what depends on its own earlier state waits for a turn; different names seldom wait for one another.
#[derive(Debug)]
pub(crate) struct Turns(Box<[Mutex<()>]>);

impl Turns {
    pub(crate) async fn of(&self, name: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let lanes = self.0.len() as u64;
        let lane = usize::try_from(hasher.finish() % lanes).unwrap_or_default();
        self.0[lane].lock().await
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self((0..LANES).map(|_| Mutex::default()).collect())
    }
}

const LANES: usize = 64;
