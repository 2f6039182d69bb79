//! YAML as GitLab reads it: [Psych](https://github.com/ruby/psych)'s YAML 1.1 with GitLab's `!reference`, into values
//! that know where they are written. Nothing a file holds makes the work grow out of proportion to its size.

mod parse;

mod syntax;

mod build;

mod merge;

mod tag;

mod plain;

mod time;

mod number;

mod scalar;

mod node;

mod mapping;

mod place;

#[cfg(test)]
mod tests;

pub(crate) use mapping::{Budget, TooBig};
pub use mapping::{Entry, Mapping};
pub use node::{How, Linked, Node, Step, Value};
pub use parse::{MAX_BYTES, parse};
pub use place::{FileId, Place, Source, Sources};
