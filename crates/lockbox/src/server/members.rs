use std::{collections::HashMap, sync::Arc};

use tokio::task::AbortHandle;

use super::progress::{Cut, Progress, Sight};
use crate::limit::Source;

/// The connections of a crowd, in no order.
#[derive(Default)]
pub(super) struct Members {
    by_id: HashMap<u64, Member>,
    by_source: HashMap<Source, usize>,
    next_id: u64,
}

/// One connection.
pub(super) struct Member {
    pub(super) source: Source,
    progress: Arc<Progress>,
    task: Option<AbortHandle>,
}

/// Members that were cut off. Whoever holds them locks the crowd afterwards: an ending task wants to leave it.
#[derive(Default)]
pub(super) struct Gone(Vec<Member>);

impl Members {
    pub(super) fn count(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn count_from(&self, source: Source) -> usize {
        self.by_source.get(&source).copied().unwrap_or_default()
    }

    pub(super) fn seen(&self) -> impl Iterator<Item = (u64, &Member, Sight)> {
        self.by_id.iter().map(|(id, member)| (*id, member, member.progress.sight()))
    }

    /// Gives the id of the new member.
    pub(super) fn add(&mut self, source: Source, progress: Arc<Progress>) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.by_id.insert(id, Member { source, progress, task: None });
        *self.by_source.entry(source).or_default() += 1;
        id
    }

    /// # Errors
    /// With the task, when nobody has this id.
    pub(super) fn attach(&mut self, id: u64, task: AbortHandle) -> Result<(), AbortHandle> {
        match self.by_id.get_mut(&id) {
            Some(member) => {
                member.task = Some(task);
                Ok(())
            }
            None => Err(task),
        }
    }

    /// Cuts a member off, unless it moved since it was seen.
    pub(super) fn cut(&mut self, id: u64, seen: Sight, gone: &mut Gone) -> Cut {
        let cut = self.by_id.get(&id).map_or(Cut::Missed, |member| member.progress.cut(seen));
        if cut == Cut::Done {
            gone.0.extend(self.remove(id));
        }
        cut
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Member> {
        let member = self.by_id.remove(&id)?;
        if let Some(count) = self.by_source.get_mut(&member.source) {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&member.source);
            }
        }
        Some(member)
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        for task in self.0.iter().filter_map(|member| member.task.as_ref()) {
            task.abort();
        }
    }
}
