//! The checks, in the order in which the data flows: whoever reads the output from above meets the first cause first.

use std::error::Error;

use super::{Check, Evidence, Fault};
use crate::identity::{Claims, claims_in};

// What is asked for.

mod configuration;

mod secret_reference;

mod project;

mod job_template;

mod channel;

// Who is asking.

mod id_token;

mod id_token_times;

mod id_token_issuer;

mod id_token_audience;

mod id_token_claims;

// Who decides.

mod vault_address;

mod vault_connection;

mod vault_certificate;

mod vault_health;

mod clock;

mod vault_namespace;

// How the vault judges the ID token.

mod auth_mount;

mod auth_role;

mod issuer_discovery;

mod issuer_keys;

mod login;

mod role;

mod session;

// What the session may read.

mod secret_policy;

mod secret;

mod secret_field;

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
    secret_reference::CHECK,
    project::CHECK,
    job_template::CHECK,
    channel::CHECK,
    id_token::CHECK,
    id_token_times::CHECK,
    id_token_issuer::CHECK,
    id_token_audience::CHECK,
    id_token_claims::CHECK,
    vault_address::CHECK,
    vault_connection::CHECK,
    vault_certificate::CHECK,
    vault_health::CHECK,
    clock::CHECK,
    vault_namespace::CHECK,
    auth_mount::CHECK,
    auth_role::CHECK,
    issuer_discovery::CHECK,
    issuer_keys::CHECK,
    login::CHECK,
    role::CHECK,
    session::CHECK,
    secret_policy::CHECK,
    secret::CHECK,
    secret_field::CHECK,
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

/// The registered claims of the ID token, where there is one.
fn claims(evidence: &Evidence<'_>) -> Option<Claims> {
    let held = evidence.held()?;
    claims_in(&held.token, &held.place).ok()
}

fn in_ticks(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        texts => texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", "),
    }
}

/// The one of these that was perhaps meant.
fn nearest<'a>(text: &str, names: &[&'a str]) -> Option<&'a str> {
    const NEAR: f64 = 0.7;
    let near = names.iter().map(|name| (*name, strsim::normalized_levenshtein(text, name)));
    let (name, _) = near.filter(|(_, score)| *score > NEAR).max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some(name)
}

/// What nobody has need not be asked after.
const NO_TOKEN: &str = "no token for git is at hand";
