//! Masks secrets in a stream of bytes: every written form of each, wherever the stream is cut into chunks.
//!
//! The clean case costs one pass: line breaks are squeezed out, so that base64 reads the same however it is wrapped,
//! and every fourth position is looked up in a table that knows some bytes of each form. Only what the table knows is
//! compared. A value shorter than eight bytes cannot be told from ordinary text and is refused. What a program prints
//! in a form that is not listed at `Forms` (encrypted, reversed, one letter a line with indents) is not recognised.

mod anchor;

mod base64_forms;

mod escaped;

mod form;

mod forms;

mod grams;

mod masker;

mod needles;

pub mod speed;

mod squeezed;

#[cfg(test)]
mod tests;

pub use forms::{Forms, TooShort};
pub use masker::{Held, Masker};
pub use needles::Needles;
