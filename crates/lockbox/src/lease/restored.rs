use std::sync::Arc;

use super::{Lease, Leases};
use crate::{
    auth::token::Tokens,
    clock::Moment,
    storage::{Batch, Pending},
};

impl Leases {
    /// Brings up what happened while a backup was put in the place of everything, and before: what was given since is ended
    /// by who has it now, and what has ended since does not come back.
    pub(crate) fn go_on_from(&self, before: &Self, (tokens, now): (&Tokens, Moment)) -> Option<Pending> {
        let there = before.table().all();
        let (mut table, mut batch) = (self.table(), Batch::default());
        for (lease, _) in table.all() {
            let is_alive_there = there.iter().any(|(other, is_alive)| other.id == lease.id && *is_alive);
            if !is_alive_there {
                table.end(&lease.id, now);
                let _ = self.put(&Lease { ends: lease.ends.min(now), ..Lease::clone(&lease) }, &mut batch);
            }
        }
        for (lease, is_alive) in there {
            if table.holds(&lease.id) {
                continue;
            }
            let has_ended = !is_alive || lease.session.is_some_and(|session| tokens.own(session).is_err());
            // So that it has ended for the next start as well.
            let ends = if has_ended { lease.ends.min(now) } else { lease.ends };
            let lease = Arc::new(Lease { ends, ..Lease::clone(&lease) });
            table.insert(Arc::clone(&lease));
            if has_ended {
                table.end(&lease.id, now);
            }
            // What cannot be written is in memory alone, as what the disk refuses is.
            let _ = self.put(&lease, &mut batch);
        }
        (!batch.is_empty()).then(|| self.store.submit(batch))
    }
}
