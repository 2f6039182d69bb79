//! What error texts mean, in one table: who says it, what it means, its likely causes in their order, what to look at, and where
//! that is known from.
//!
//! `run`, `token`, `git` and `sources` print a row's hint under their own errors, `doctor` beside what it saw, and `doctor explain` finds
//! rows in a job's log. A row is data. It knows no other stage, and the text that it matched is never repeated.

mod cause;

mod log;

mod lookup;

mod pattern;

mod row;

pub mod rows;

pub use cause::GitCause;
pub use log::{Found, Report, read_log};
pub use lookup::{find, git_cause, login};
pub use row::{Row, Source, Stage, Weight};
