use thiserror::Error;

use super::{go_text, hcl1::HclError};
use crate::{exchange::FieldError, storage::StorageError};

/// Why a policy was not taken. All of these but the last are the fault of who wrote it.
#[derive(Debug, Error)]
pub(crate) enum PolicyError {
    #[error("'policy' parameter not supplied or empty")]
    Empty,
    #[error("policy not found")]
    NotFound,
    #[error("Field validation failed: {0}")]
    Field(#[from] FieldError),
    #[error("cannot supply both 'expiration' and 'ttl' for policies")]
    TwoEnds,
    #[error("refusing to update policy as expiration time has already elapsed")]
    Ended,
    #[error("cannot update {0:?} policy")]
    Fixed(&'static str),
    #[error("cannot delete {0:?} policy")]
    Stays(&'static str),
    #[error("cannot delete default policy")]
    DefaultStays,
    #[error("check-and-set parameter required for this call")]
    CasRequired,
    #[error("check-and-set parameter set to -1 on existing entry")]
    Exists,
    #[error("check-and-set parameter {asked} did not match the current version {current}")]
    CasMismatch { asked: i64, current: u64 },
    #[error("failed to parse policy: {0}")]
    Unreadable(#[from] HclError),
    #[error("failed to parse policy: {}", unknown_keys(.0))]
    UnknownKeys(Vec<UnknownKey>),
    #[error("failed to parse policy: path {}: {problem}", go_text::quoted(.path))]
    Rule { path: String, problem: RuleError },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What is wrong with one rule of a policy.
#[derive(Debug, Error)]
pub(crate) enum RuleError {
    #[error("{}", unknown_keys(.0))]
    UnknownKeys(Vec<UnknownKey>),
    #[error("cannot check HCL keys of type {0}")]
    NoBlock(&'static str),
    #[error("failed to validate policy templating: unbalanced templating characters")]
    Template,
    #[error("error handling control_group: {}", go_text::occurred([.0.as_str()].into_iter()))]
    ControlGroup(String),
    /// OpenBao says the path once more.
    #[error("path {}: {problem}", go_text::quoted(.path))]
    Named { path: String, problem: String },
    #[error("error parsing {field}: {problem}")]
    WrappingTime { field: &'static str, problem: String },
    #[error("max_wrapping_ttl cannot be less than min_wrapping_ttl")]
    WrappingTimes,
    #[error("list_scan_response_keys_filter_path {0}")]
    KeyFilter(&'static str),
    #[error("unable to compile template for list_scan_response_keys_filter_path: {0}")]
    KeyTemplate(String),
}

/// A key that no policy has.
#[derive(Debug, Error)]
#[error("invalid key {} on line {line}", go_text::quoted(.key))]
pub(crate) struct UnknownKey {
    pub(super) key: String,
    /// Zero when it has no sign of assignment.
    pub(super) line: usize,
}

fn unknown_keys(unknown: &[UnknownKey]) -> String {
    let told: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    go_text::occurred(told.iter().map(String::as_str))
}
