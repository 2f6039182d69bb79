use std::{collections::HashSet, hash::Hash, sync::Arc};

use super::Token;
use crate::auth::Cidr;

/// What many tokens have in common, since one role made them: each of it is in memory once.
#[derive(Debug, Default)]
pub(super) struct Shared {
    texts: HashSet<Arc<str>>,
    lists: HashSet<Arc<[String]>>,
    networks: HashSet<Arc<[Cidr]>>,
}

impl Shared {
    /// Lets a token hold together with others what they have in common.
    pub(super) fn share(&mut self, token: &mut Token) {
        share(&mut self.texts, &mut token.path);
        token.role.iter_mut().for_each(|role| share(&mut self.texts, role));
        share(&mut self.lists, &mut token.policies);
        token.metadata.iter_mut().for_each(|said| share(&mut self.lists, &mut said.names));
        share(&mut self.networks, &mut token.bound_cidrs);
    }
}

fn share<T: Eq + Hash + ?Sized>(known: &mut HashSet<Arc<T>>, one: &mut Arc<T>) {
    if let Some(same) = known.get(one) {
        *one = Arc::clone(same);
        return;
    }
    if known.len() == MOST {
        // What is in use stays with its tokens.
        known.clear();
    }
    known.insert(Arc::clone(one));
}

/// More than roles have; who makes each token another way does not fill the memory with what was.
const MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_held_once_and_nothing_is_held_without_end() {
        let (mut known, mut one, mut two) = (HashSet::new(), Arc::<str>::from("a"), Arc::from("a"));
        share(&mut known, &mut one);
        share(&mut known, &mut two);
        assert!(Arc::ptr_eq(&one, &two));
        for number in 0..10_000 {
            share(&mut known, &mut Arc::from(number.to_string()));
        }
        assert!(known.len() <= MOST);
    }
}
