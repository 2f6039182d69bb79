//! A real OpenBao for whoever tests against one: installed once by name and hash, and started on a port of its own.
//!
//! Shared as source (`#[path]`) by the tests of several crates; it needs nothing but the standard library and `tempfile`.

/// The program, installed.
pub(crate) mod install;

/// The program, running.
mod server;

pub(crate) use server::OpenBao;
