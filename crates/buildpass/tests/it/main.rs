//! The whole product on real parts, a file a stage.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests start servers and jobs, say what they skip, and fail by panicking"
)]

mod harness;

mod identity;

mod vault;

mod tls;

mod config;

mod token;

mod run;

mod git;

mod placeholder;

mod tools;

mod sources;

mod astray;

mod terminal;

mod demo;

mod doctor;

mod cluster;

mod exits;

mod interrupted;

mod minted;

mod leaks;

mod omnibus;

mod zero_config;

mod ci_questions;

mod ci_check;

mod ci_template;

mod access;

mod lockbox;

mod explain;

mod documents;

mod house;
