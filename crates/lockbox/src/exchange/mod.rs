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

/// A value that is not what its field is.
mod field_error;

/// The fields that a path knows.
mod schema;

/// Values read as Go reads them.
mod convert;

/// Whole numbers as Go reads them loosely.
mod go_integer;

/// Values as Go prints them.
mod go_value;

/// Durations as Go reads and writes them.
mod duration;

/// Points in time as Go reads them.
mod absolute_time;

/// What an engine answers.
mod answer;

/// The token that an answer is wrapped in.
mod wrap_info;

pub(crate) use absolute_time::absolute_time;
pub(crate) use answer::{Answer, Authenticated, Layout, Presence};
pub(crate) use duration::{compact, full, parse};
pub(crate) use field_error::FieldError;
pub(crate) use fields::Fields;
pub(crate) use go_value::go_value;
pub(crate) use integer::whole_number;
pub(crate) use operation::Operation;
pub(crate) use printable::{is_printable, quoted};
pub(crate) use request::Request;
pub(crate) use schema::{Field, Schema};
pub(crate) use wrap_info::WrapInfo;
