use std::{fmt, time::SystemTime};

/// A secret with an end.
#[derive(Debug)]
pub struct Lease<T> {
    value: T,
    end: End,
}

impl<T> Lease<T> {
    /// Binds a value to its end.
    pub fn new(value: T, end: End) -> Self {
        Self { value, end }
    }

    /// What was granted.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// When it ends, and how it is given back.
    pub fn end(&self) -> &End {
        &self.end
    }

    /// The same lease on a part of what was granted.
    ///
    /// # Errors
    /// Those of `part`.
    pub fn try_part<U, E>(&self, part: impl FnOnce(&T) -> Result<U, E>) -> Result<Lease<U>, E> {
        Ok(Lease { value: part(&self.value)?, end: self.end.clone() })
    }
}

/// When a secret ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It is stored in the vault and stays there: there is nothing to give back.
    Stored,
    /// It was made for this session and ends with it, or before.
    Leased {
        /// What the vault knows it by.
        id: LeaseId,
        /// When the vault ends it unless it is renewed.
        until: SystemTime,
        /// Whether the vault renews it on request.
        renewable: bool,
    },
    /// It was made for this session, and the vault does not end it.
    Unbound {
        /// When whoever made it ends it, where that is known.
        until: Option<SystemTime>,
    },
}

/// The vault's name of a lease; it reveals a path, not a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseId(pub String);

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
