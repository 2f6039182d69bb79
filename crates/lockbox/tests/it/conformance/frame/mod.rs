//! Scripts of requests, asked of both servers and compared.

/// Requests in their order.
mod script;

/// One request of a script, and what is kept of its answer.
mod step;

/// What scripts keep of answers, each server's own.
mod variables;

/// HTTP as it goes over the wire, odd requests included.
mod wire;

/// The two servers.
mod pair;

/// What a random text is, when it cannot be compared.
mod kind;

/// Times that lie close together.
mod time;

/// The differences between two answers.
mod compare;

/// A script asked of both servers.
mod run;

/// Scripts run side by side, and what is said of them.
mod suite;

/// The scripts in which lockbox is known to differ.
mod known;

pub(crate) use compare::{generalised, values};
pub(crate) use kind::generalise;
pub(crate) use pair::{Pair, ROOT, RUNTIME};
pub(crate) use run::run;
pub(crate) use script::Script;
pub(crate) use suite::{agree, agree_alone, agree_on, fresh_number};
pub(crate) use time::alike;
pub(crate) use variables::Variables;

/// What HTTP can ask for, and what it cannot.
pub(crate) const METHODS: [&str; 11] =
    ["GET", "LIST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "SCAN", "TRACE", "FOO"];
