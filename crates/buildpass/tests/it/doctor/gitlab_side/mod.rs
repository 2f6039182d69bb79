//! GitLab's side: a job of the security project that has the build token, and the same with one thing wrong.

mod world;

mod project;

mod token;

mod repositories;

mod git;

mod fixes;

pub(crate) use world::{World, assert_fault};
