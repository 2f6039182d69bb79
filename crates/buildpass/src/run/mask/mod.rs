//! Masks secrets in a stream of bytes: every written form of each, wherever the stream is cut into chunks.
//!
//! Text is read with its line breaks squeezed out, so that base64 reads the same however it is wrapped, and every so
//! many positions are looked up in a table that knows some bytes of each form. Only what the table knows is compared.
//! Clean text is not even squeezed: its positions and the seams at its line breaks are looked up where they stand. A
//! value shorter than eight bytes cannot be told from ordinary text and is refused. What a program prints in a form
//! that is not listed at `Forms` (encrypted, reversed, one letter a line with indents) is not recognised.

mod anchor;

mod base64_forms;

mod escaped;

mod form;

mod forms;

mod gram_set;

mod grams;

mod masker;

mod needles;

mod seams;

pub mod speed;

mod squeezed;

#[cfg(test)]
mod tests;

pub use forms::{Forms, TooShort};
pub use masker::{Held, Masker};
pub use needles::Needles;
