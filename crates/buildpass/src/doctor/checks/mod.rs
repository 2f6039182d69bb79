//! The checks, in the order in which the data flows: whoever reads the output from above meets the first cause first.

use std::error::Error;

use super::{Check, Fault};

// Who is asking, and for what.

mod configuration;

mod id_token;

mod id_token_audience;

// Who decides.

mod vault_address;

mod vault_connection;

mod vault_health;

/// Every check, in the order in which the data flows.
pub static CHECKS: &[Check] = &[
    configuration::CHECK,
    id_token::CHECK,
    id_token_audience::CHECK,
    vault_address::CHECK,
    vault_connection::CHECK,
    vault_health::CHECK,
];

/// An error with its causes, in one line.
fn in_one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        line = format!("{line}: {source}");
        cause = source.source();
    }
    line
}

/// A stage's own error as a fault: its words are what is, its hint is what to do.
fn fault_of(expected: &str, error: &dyn Error, hint: Option<String>) -> Fault {
    let hint = hint.unwrap_or_else(|| "mend what the line above names".to_owned());
    Fault::new(expected, in_one_line(error), hint)
}
