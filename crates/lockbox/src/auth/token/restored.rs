use std::sync::{Arc, PoisonError};

use super::{Session, Tokens, written::Written};
use crate::{
    clock::Moment,
    storage::{Batch, Fate, Pending, Record, json},
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
            // Another token may have a chosen id meanwhile.
            let alive = tables.alive(written.key, now).filter(|session| written.is_of(session));
            let Some(session) = alive else { return Fate::Goes };
            let session = Session { record: record.number, ..session.clone() };
            json(&Written::from(&session)).map_or(Fate::Stays, Fate::Becomes)
        }
    }

    /// Brings up what happened among the tokens of before while a backup was put in their place, after their fates were said:
    /// what has ended there ends here, and what is alive stays as it is there. Nothing is to be written when nothing happened.
    pub(crate) fn go_on_from(&self, before: &Self, now: Moment) -> Option<Pending> {
        let (mut tables, before) = (self.write(), before.read());
        let (mut ended, mut changed) = (Vec::new(), Vec::new());
        for session in tables.sessions() {
            let is_same = |there: &&Session| there.token.accessor == session.token.accessor;
            // One that was used up ends with its request, which has nothing to do with what is here.
            let is_left = |there: &&Session| is_same(there) && there.uses >= 0;
            match before.alive(session.key, now).filter(is_left) {
                None => ended.push(session.key),
                Some(there) if there.standing() == session.standing() => {}
                Some(there) => {
                    let token = Arc::clone(&session.token);
                    changed.push(Session { token, record: session.record, ..there.clone() });
                }
            }
        }
        let mut batch = Batch::default();
        for session in changed {
            put(&mut batch, &session);
            tables.replace(session);
        }
        for key in ended {
            // Those of its children that are alive there have lost their parent.
            let (record, orphans) = tables.remove_alone(key);
            orphans.iter().for_each(|orphan| put(&mut batch, orphan));
            record.into_iter().for_each(|record| batch.delete_record(record));
        }
        (!batch.is_empty()).then(|| self.store.submit(batch))
    }
}

fn put(batch: &mut Batch, session: &Session) {
    // What cannot be written is in memory alone, as what the disk refuses is.
    if let Ok(written) = json(&Written::from(session)) {
        batch.put_record(session.record, written);
    }
}
