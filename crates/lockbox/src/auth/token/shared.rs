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

fn share<T: Eq + Hash + Long + ?Sized>(known: &mut HashSet<Arc<T>>, one: &mut Arc<T>) {
    if one.bytes() > MOST_BYTES {
        return;
    }
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

/// What takes room by what is in it.
trait Long {
    fn bytes(&self) -> usize;
}

impl Long for str {
    fn bytes(&self) -> usize {
        self.len()
    }
}

impl Long for [String] {
    fn bytes(&self) -> usize {
        size_of_val(self) + self.iter().map(String::len).sum::<usize>()
    }
}

impl Long for [Cidr] {
    fn bytes(&self) -> usize {
        size_of_val(self) + self.iter().map(|cidr| cidr.text().len()).sum::<usize>()
    }
}

/// More than roles have; who makes each token another way does not fill the memory with what was.
const MOST: usize = 4096;

/// What is longer stays with its token: so many of it would fill the memory all the same.
const MOST_BYTES: usize = 1024;

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
        let mut held = HashSet::new();
        for (bytes, is_held) in [(MOST_BYTES, true), (MOST_BYTES + 1, false)] {
            let mut long: Arc<str> = "x".repeat(bytes).into();
            share(&mut held, &mut long);
            assert_eq!(held.contains(&long), is_held, "{bytes}");
        }
        let (mut many, mut long) = (Arc::from(vec![String::new(); 1024]), Arc::from(["x".repeat(1024)]));
        let mut held = HashSet::<Arc<[String]>>::new();
        share(&mut held, &mut many);
        share(&mut held, &mut long);
        assert!(held.is_empty());
    }
}
