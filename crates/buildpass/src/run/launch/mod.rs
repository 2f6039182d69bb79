//! Starting CMD: what has to happen between fork and exec is done by buildpass itself, run again under the hidden command `launch`.
//!
//! The launcher waits until the guardian knows its group; where buildpass dies before, the launcher ends and CMD never was.

mod control;

mod launcher;

mod start;

pub use launcher::{Plan, launch};
pub(super) use start::{Channels, Launched, Said, Style};
