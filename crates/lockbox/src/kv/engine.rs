use super::{KvError, v1, v2};
use crate::exchange::{Answer, Request};

/// One mounted engine.
#[derive(Debug)]
pub(crate) enum Engine {
    V1(v1::Secrets),
    V2(v2::Secrets),
}

/// Which of the two an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
}

impl Engine {
    pub(crate) fn new(version: Version) -> Self {
        match version {
            Version::One => Self::V1(v1::Secrets::default()),
            Version::Two => Self::V2(v2::Secrets::default()),
        }
    }

    /// Whether a write to this path would be an update.
    pub(crate) fn holds(&self, path: &str) -> bool {
        match self {
            Self::V1(secrets) => secrets.holds(path),
            Self::V2(secrets) => secrets.holds(path),
        }
    }

    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        match self {
            Self::V1(secrets) => secrets.handle(request),
            Self::V2(secrets) => secrets.handle(request),
        }
    }
}
