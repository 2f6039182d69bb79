use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

use super::event::Mark;
use super::problem::Problem;
use super::token::{Kind, Token};

/// How far behind its start the `:` of a key may stand.
const MAX_KEY_BYTES: usize = 1024;

/// Tokens that wait to be taken. Some wait because a `:` may still turn up and make a key of them.
pub(super) struct Lookahead<'a> {
    tokens: VecDeque<Token<'a>>,
    /// How many were taken before the first that waits.
    taken: usize,
    /// One for the block, and one more for each open bracket.
    keys: Vec<PossibleKey>,
}

#[derive(Clone, Copy, Default)]
struct PossibleKey {
    /// How many tokens came before it; `None` where there is none.
    number: Option<usize>,
    /// At this place nothing but a key may stand.
    required: bool,
    mark: Mark,
}

impl<'a> Lookahead<'a> {
    pub(super) fn new() -> Self {
        Self { tokens: VecDeque::new(), taken: 0, keys: vec![PossibleKey::default()] }
    }

    pub(super) fn push(&mut self, token: Token<'a>) {
        self.tokens.push_back(token);
    }

    /// Puts a token before the `number`th.
    pub(super) fn insert(&mut self, number: usize, token: Token<'a>) {
        let at = number.saturating_sub(self.taken).min(self.tokens.len());
        self.tokens.insert(at, token);
    }

    pub(super) fn first(&self) -> Option<&Token<'a>> {
        self.tokens.front()
    }

    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.pop_front()?;
        self.taken += 1;
        Some(token)
    }

    /// Is it decided what comes first?
    pub(super) fn is_decided(&mut self, here: Mark) -> Result<bool, Problem> {
        if self.tokens.is_empty() {
            return Ok(false);
        }
        self.forget_old_keys(here)?;
        Ok(self.keys.iter().all(|key| key.number != Some(self.taken)))
    }

    /// A key may not go over a line's end, nor be very long.
    pub(super) fn forget_old_keys(&mut self, here: Mark) -> Result<(), Problem> {
        for key in &mut self.keys {
            let is_old = key.mark.line < here.line || key.mark.index + MAX_KEY_BYTES < here.index;
            if key.number.is_some() && is_old {
                key.forget(here)?;
            }
        }
        Ok(())
    }

    /// What is read next may turn out to be a key.
    pub(super) fn expect_key(&mut self, mark: Mark, required: bool) -> Result<(), Problem> {
        self.forget_key(mark)?;
        let number = Some(self.taken + self.tokens.len());
        if let Some(key) = self.keys.last_mut() {
            *key = PossibleKey { number, required, mark };
        }
        Ok(())
    }

    pub(super) fn forget_key(&mut self, here: Mark) -> Result<(), Problem> {
        self.keys.last_mut().map_or(Ok(()), |key| key.forget(here))
    }

    /// There is the `:`. The key before it, where there is one: the number of its first token, and its place.
    pub(super) fn take_key(&mut self) -> Option<(usize, Mark)> {
        let key = self.keys.last_mut()?;
        let number = key.number.take()?;
        let mark = key.mark;
        self.insert(number, Token { kind: Kind::Key, start: mark, end: mark });
        Some((number, mark))
    }

    pub(super) fn open_bracket(&mut self) {
        self.keys.push(PossibleKey::default());
    }

    pub(super) fn close_bracket(&mut self) {
        if self.is_in_brackets() {
            self.keys.pop();
        }
    }

    pub(super) fn is_in_brackets(&self) -> bool {
        self.keys.len() > 1
    }
}

impl PossibleKey {
    fn forget(&mut self, here: Mark) -> Result<(), Problem> {
        if self.number.is_some() && self.required {
            return Err(Problem::new("could not find expected ':'", here)
                .during("while scanning a simple key", self.mark));
        }
        self.number = None;
        Ok(())
    }
}
