//! From text to events, as [libyaml](https://github.com/yaml/libyaml) does it, on which Psych stands: YAML 1.1 with all
//! of its leniency and strictness, and its words for what is wrong. It reads no further than the first document.

mod parser;

mod node;

mod collection;

mod scanner;

mod lookahead;

mod token;

mod plain;

mod quoted;

mod escape;

mod fold;

mod block;

mod property;

mod directive;

mod cursor;

mod event;

mod problem;

pub(super) use event::{Event, Mark, Properties, Style, What};
pub(super) use parser::Parser;
pub(super) use problem::Problem;
