//! One request and its answer, as policies, engines and auth methods see them: without HTTP.

/// What is wanted of a path.
mod operation;

/// A request on its way to an engine.
mod request;

/// The named values that a request brings, read with Vault's tolerance and its error texts.
mod fields;

/// Which fields a path knows.
mod schema;

/// Durations as Go reads and writes them.
mod duration;

/// What an engine answers.
mod answer;

pub(crate) use answer::{Answer, Authenticated, Layout, Presence};
pub(crate) use duration::{compact, full, parse};
pub(crate) use fields::{FieldError, Fields};
pub(crate) use operation::Operation;
pub(crate) use request::Request;
pub(crate) use schema::{Field, Schema};
