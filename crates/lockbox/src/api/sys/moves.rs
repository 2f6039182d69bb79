use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// The mounts that were moved since the start, by the ids that their movers were told: the last of them.
#[derive(Debug, Default)]
pub(crate) struct Moves(Mutex<VecDeque<Move>>);

#[derive(Debug)]
struct Move {
    id: String,
    from: String,
    to: String,
}

impl Moves {
    pub(super) fn remember(&self, id: &str, from: String, to: String) {
        let mut moves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        moves.truncate(MOST_REMEMBERED - 1);
        moves.push_front(Move { id: id.to_owned(), from, to });
    }

    /// From where to where.
    pub(super) fn find(&self, id: &str) -> Option<(String, String)> {
        let moves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        moves.iter().find(|moved| moved.id == id).map(|moved| (moved.from.clone(), moved.to.clone()))
    }
}

const MOST_REMEMBERED: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_moves_are_remembered() {
        let moves = Moves::default();
        for number in 0..=MOST_REMEMBERED {
            moves.remember(&number.to_string(), format!("{number}/"), "to/".to_owned());
        }
        assert!(moves.find("0").is_none());
        assert_eq!(moves.find("1"), Some(("1/".to_owned(), "to/".to_owned())));
    }
}
