//! Gives a CI build the private repositories that it may read, for as long as it runs, and nothing else.
//!
//! One module a stage, in the order in which data flows. The types tell the same story:
//! `IdToken → vault::Config::login → Session → Session::read → Lease<BuildToken> → git`, or the build's environment.

/// 0 The time of day, handed in.
pub mod clock;

/// 0 A failure in words, and whose turn it is after it.
pub mod failure;

/// 0 One request, one answer.
pub mod http;

/// 0 What error texts mean: one table for everybody.
pub mod explain;

/// 1 Who is asking: `IdToken`, its claims, where CI systems keep it.
pub mod identity;

/// 2 Who decides: address, login, session, secret references, read, give back.
pub mod vault;

/// 3 What is granted: `BuildToken`, `Lease`, redaction.
pub mod secret;

/// 4 What is wanted: channels, versions, checkouts.
pub mod sources;

/// 5 How it reaches git: `Realm`, `RemoteUrl`, the credential helper.
pub mod git;

/// 6 How it reaches a build: environment, masking, signals, the end.
pub mod run;

/// 7 Who may have what: declared tokens and grants, brought to GitLab and the vault.
pub mod access;

/// How a vault is left: all of it, written into another one.
pub mod export;

/// Which job may have what: the project's own GitLab CI configuration.
pub mod pipeline;

/// The whole story on one machine.
pub mod demo;

/// 9 Why it does not work: one file a check.
pub mod doctor;

/// Flags, `buildpass.toml` and the environment, turned into proven values.
pub mod config;

/// The commands.
pub mod cli;
