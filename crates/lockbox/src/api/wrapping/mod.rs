//! Answers that are wrapped: [kept for a while](https://openbao.org/docs/concepts/response-wrapping/), and given once to
//! who shows the token that they are wrapped in.
//!
//! A wrapped answer is in the cubbyhole of its token: it ends with it.

/// For how long an answer shall be wrapped.
mod time;

/// The answers that are kept.
mod kept;

/// The token that a request is about.
mod named;

/// Which handler a path belongs to.
mod paths;

/// What goes wrong with them.
mod error;

pub(super) use error::WrapError;
pub(super) use kept::{is_wrapping, wrap};
pub(super) use named::{Place, named};
pub(super) use paths::{handle, look_up};
pub(super) use time::time;
