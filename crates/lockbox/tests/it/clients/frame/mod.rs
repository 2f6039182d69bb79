//! Two servers, programs that run to their end, and what they said compared.

/// The two servers, by their addresses.
mod servers;

/// A CI job that logs in.
mod job;

/// A program that runs to its end.
mod process;

/// Texts that a person reads, compared word by word.
mod text;

/// What a program does with a library, step by step.
mod transcript;

/// What clients are known to see.
mod known;

/// Programs in a language that is interpreted.
mod script;

pub(crate) use job::Job;
pub(crate) use known::judge;
pub(crate) use process::{Said, run};
pub(crate) use script::Interpreter;
pub(crate) use servers::Servers;
pub(crate) use text::differences;
pub(crate) use transcript::{Told, agree};
