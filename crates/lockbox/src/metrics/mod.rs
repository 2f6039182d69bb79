//! What the server counts, for [Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/).
//!
//! Counting costs a few nanoseconds. No label holds a path, a name or anything else that a client chose.

/// The counters, as the rest of the server sees them.
mod handle;

/// The limits that a client can run into.
mod limit;

/// New counters, with their names.
mod families;

/// Which kind of request one was.
mod request_kind;

/// Requests by kind and status, and how long they took.
mod requests;

/// How values are spread.
mod histogram;

/// `GET /metrics`.
mod page;

pub(crate) use handle::Metrics;
pub(crate) use limit::Limit;
pub(crate) use page::Page;
pub(crate) use request_kind::RequestKind;
