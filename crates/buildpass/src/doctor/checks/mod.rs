//! The checks, in the order in which the data flows: whoever reads the output from above meets the first cause first.

use std::error::Error;

use super::{Check, Fault};

// Who is asking, and for what.

mod configuration;

mod project;

mod job_template;

mod channel;

mod id_token;

mod id_token_audience;

// Who decides.

mod vault_address;

mod vault_connection;

mod vault_health;

// What GitLab says of the token, and what it opens.

mod gitlab;

mod build_token;

mod build_token_scopes;

mod build_token_role;

mod repository_credential;

mod repository_read;

mod repository_push;

// How it reaches git.

mod git_program;

mod git_helpers;

mod git_rewrites;

mod git_settings;

mod git_lfs;

mod git_submodules;

// What several of them need.

mod explained;

mod of_url;

/// Every check, in the order in which the data flows.
pub static CHECKS: &[Check] = &[
    configuration::CHECK,
    project::CHECK,
    job_template::CHECK,
    channel::CHECK,
    id_token::CHECK,
    id_token_audience::CHECK,
    vault_address::CHECK,
    vault_connection::CHECK,
    vault_health::CHECK,
    gitlab::CHECK,
    build_token::CHECK,
    build_token_scopes::CHECK,
    build_token_role::CHECK,
    repository_credential::CHECK,
    repository_read::CHECK,
    repository_push::CHECK,
    git_program::CHECK,
    git_helpers::CHECK,
    git_rewrites::CHECK,
    git_settings::CHECK,
    git_lfs::CHECK,
    git_submodules::CHECK,
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
