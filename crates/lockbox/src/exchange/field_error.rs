use thiserror::Error;

/// A value that cannot be read as what its field is, in Go's words.
#[derive(Debug, Error)]
#[error("error converting input for field {field:?}: {problem}")]
pub(crate) struct FieldError {
    pub(super) field: &'static str,
    pub(super) problem: String,
}
