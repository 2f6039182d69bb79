//! A small GitLab on loopback, for demonstrations and tests.
//!
//! It is reached over HTTP only, as the real one is: it signs ID tokens, keeps groups, projects, people and access
//! tokens in memory, serves Git through the real `git http-backend`, and has a [`runner`] for one job's script. What it
//! answers follows GitLab's [REST API](https://docs.gitlab.com/api/rest/) and
//! [ID tokens](https://docs.gitlab.com/ci/secrets/id_token_authentication/); its own control paths stand under
//! `/-/sandbox/`, which GitLab does not have: ID tokens made to order, jobs, commits, redirects, the record
//! of Git requests, and a clock to turn. It never listens by itself and never reads a clock or the environment.

/// The time, as the caller tells it.
mod clock;

/// What a GitLab remembers: groups, projects, people and access tokens.
mod registry;

/// Signs the ID tokens of jobs and publishes the keys that prove them.
mod issuer;

/// GitLab's REST API under `/api/v4`.
mod api;

/// Git over HTTP: who may fetch or push, and the real git behind it.
mod git_http;

/// The sandbox's own control paths under `/-/sandbox`.
mod control;

/// Runs one job's script as GitLab Runner does.
pub mod runner;

/// Joins the parts and serves them.
mod server;

pub use clock::Clock;
pub use issuer::KeyError;
pub use server::{Config, Error, Sandbox};
