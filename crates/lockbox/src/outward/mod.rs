//! Requests to other servers: in bounded time and size, and trusting whom they were told to trust.

/// Clients, and why they came back with nothing.
mod client;

/// Clients that are kept for the next request.
mod clients;

pub(crate) use client::{body, builder, cause};
pub(crate) use clients::Clients;
