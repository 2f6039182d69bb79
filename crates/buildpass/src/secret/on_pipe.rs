//! How a secret crosses the socket between buildpass and its guardian: a field opts in by
//! `#[serde(with = "crate::secret::on_pipe")]`, since no secret type can be serialized by itself.

use serde::{Deserialize, Deserializer, Serializer};

/// A secret type that may cross to the guardian and back.
pub trait OnPipe: Sized {
    /// The value, for the wire.
    fn to_wire(&self) -> &str;

    /// The value, from the wire.
    fn from_wire(value: String) -> Self;
}

impl OnPipe for super::BuildToken {
    fn to_wire(&self) -> &str {
        self.expose()
    }

    fn from_wire(value: String) -> Self {
        Self::new(value)
    }
}

/// Writes the value.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<T: OnPipe, S: Serializer>(secret: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.to_wire())
}

/// Reads the value.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, T: OnPipe, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    String::deserialize(from).map(T::from_wire)
}
