use std::sync::{Arc, PoisonError};

use super::{Session, Tokens, written::Written};
use crate::{
    clock::Moment,
    storage::{Fate, Record, json},
};

impl Tokens {
    /// Says what becomes of a token in a backup that is put in the place of everything: one that has ended since does not come
    /// back, and one that is alive stays as it is, with the uses and the time that it has left.
    pub(crate) fn fates(&self, now: Moment) -> impl Fn(&Record) -> Fate + Send + 'static {
        let tables = Arc::clone(&self.tables);
        move |record| {
            let Ok(written) = serde_json::from_slice::<Written<'_>>(&record.value) else {
                // Who loads it says what is wrong with it.
                return Fate::Stays;
            };
            let tables = tables.read().unwrap_or_else(PoisonError::into_inner);
            let Some(session) = tables.alive(written.key, now) else { return Fate::Goes };
            let session = Session { record: record.number, ..session.clone() };
            json(&Written::from(&session)).map_or(Fate::Stays, Fate::Becomes)
        }
    }
}
