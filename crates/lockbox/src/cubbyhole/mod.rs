//! A private place for every token, which ends with it: [cubbyholes](https://openbao.org/api-docs/secret/cubbyhole/).
//!
//! What is in a cubbyhole is kept under the digest of its owner's id, which opens nothing.

/// The cubbyholes of all tokens.
mod cubbyholes;

/// Why one refused.
mod error;

pub(crate) use cubbyholes::Cubbyholes;
pub(crate) use error::CubbyholeError;
