//! What a GitLab CI configuration means, without running it.
//!
//! The version modelled is GitLab 18.x. This crate is pure: text goes in, answers come out. Its own code cannot name
//! a socket, a file or the environment.
#![no_std]

extern crate alloc;

/// The language of `rules:if`: is this job, include or secret wanted?
pub mod rules;
