use thiserror::Error;

use super::{parser, place::Place};

/// Why a text cannot be read, in the words of OpenBao's reader. The fault of who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum HclError {
    #[error("At {place}: {problem}")]
    At { place: Place, problem: String },
    /// What the JSON reader finds, and what is wrong with a number.
    #[error("{0}")]
    Plain(String),
}

impl HclError {
    pub(super) fn at(place: Place, problem: impl Into<String>) -> Self {
        Self::At { place, problem: problem.into() }
    }
}

/// What is wrong with bytes that are no UTF-8: what else cannot be read, or that.
pub(in crate::policy) fn not_utf8(bytes: &[u8]) -> HclError {
    if let Err(error) = parser::parse(&String::from_utf8_lossy(bytes)) {
        return error;
    }
    let fine = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let line = fine.rsplit('\n').next().unwrap_or_default();
    let place = Place { line: fine.matches('\n').count() + 1, column: line.chars().count() + 1 };
    HclError::at(place, "illegal UTF-8 encoding")
}
