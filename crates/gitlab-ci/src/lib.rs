//! What a GitLab CI configuration means, without running it.
//!
//! The version modelled is GitLab 18.x. This crate is pure: text goes in, answers come out. Its own code cannot name
//! a socket, a file or the environment.
#![no_std]

extern crate alloc;

/// 1 A file's text, with the place of every value.
pub mod yaml;

/// 2 One file: its header, its inputs put in.
pub mod document;

/// 3 All files: which are included, and laid over each other.
pub mod include;

/// 4 `extends` and `!reference`.
pub mod expand;

/// 5 The language of `rules:if`: is this job, include or secret wanted?
pub mod rules;

/// 6 Which jobs there are, and what each is handed.
pub mod plan;

/// The pipeline that is asked about.
pub mod context;

/// Known, or unknown and why.
mod answer;

/// What GitLab refuses.
mod invalid;

/// `$VARIABLES` in texts, replaced.
mod substitute;

/// The whole way: a configuration's path, its files and its pipeline in, a plan out.
mod evaluate;

pub use answer::{Answer, Reason};
pub use evaluate::evaluate;
pub use invalid::{Invalid, Note, Within};
