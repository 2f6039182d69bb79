//! One request and its answer, as policies, engines and auth methods see them: without HTTP.

/// What is wanted of a path.
mod operation;

/// A request on its way to an engine.
mod request;

/// The named values that a request brings, read with Vault's tolerance and its error texts.
mod fields;

/// Whole numbers as Go reads them.
mod integer;

/// Objects, and what counts as given, for engines that keep what they get.
mod given;

/// What Go can print, and how it quotes the rest.
mod printable;

/// The fields that a path knows.
mod schema;

/// Durations as Go reads and writes them.
mod duration;

/// Points in time as Go reads them.
mod absolute_time;

/// What an engine answers.
mod answer;

pub(crate) use absolute_time::absolute_time;
pub(crate) use answer::{Answer, Authenticated, Layout, Presence};
pub(crate) use duration::{compact, full, parse};
pub(crate) use fields::{FieldError, Fields};
pub(crate) use integer::whole_number;
pub(crate) use operation::Operation;
pub(crate) use printable::{is_printable, quoted};
pub(crate) use request::Request;
pub(crate) use schema::{Field, Schema};
