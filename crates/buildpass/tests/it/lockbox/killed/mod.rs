//! `kill -9` at any moment under writes: what was acknowledged is there, and nothing is half there.

/// Rounds of writing, killing and looking.
mod rounds;

/// One who writes.
mod client;

/// One thing that is written, and what it may be.
mod thing;

/// How the things of each kind are changed and seen.
mod kind;

/// What is written into a secret.
mod content;

/// Numbers that are the same for the same seed.
mod dice;

pub(super) use rounds::at_that_moment;
