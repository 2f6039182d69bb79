//! Tokens of a real group, minted by lockbox for a job: what reads, for how long, and what ends it.

/// A group at GitLab, and a lockbox that mints its tokens.
mod scene;

/// A token for a job, told, named, and used.
mod asked;

/// Its lease, beside one of OpenBao's.
mod alike;

/// What ends a token.
mod ended;

/// The same, where lockbox or GitLab is away meanwhile.
mod away;

/// What is not minted, and why.
mod refused;

use scene::{At, Scene};
