use serde_json::Value;

use super::{WrapError, is_wrapping};
use crate::{
    api::{Core, http::Incoming},
    auth::token::Session,
    exchange::Operation,
};

/// The paths that are about a wrapping token, which is looked at before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Place {
    Lookup,
    Unwrap,
    Rewrap,
}

impl Place {
    /// Of a path under `sys/`.
    pub(in crate::api) fn find(path: &str) -> Option<Self> {
        match path {
            "wrapping/lookup" => Some(Self::Lookup),
            "wrapping/unwrap" => Some(Self::Unwrap),
            "wrapping/rewrap" => Some(Self::Rewrap),
            _ => None,
        }
    }

    /// Whether this is asked of it without a token.
    pub(in crate::api) fn is_open(self, operation: Operation) -> bool {
        self == Self::Lookup && matches!(operation, Operation::Read | Operation::Update)
    }
}

/// The wrapping token that a request is about: the one that it names, or else the one that it shows.
///
/// # Errors
/// When there is none, or it is no wrapping token.
pub(in crate::api) fn named(core: &Core, incoming: &Incoming) -> Result<Session, WrapError> {
    let id = match incoming.fields.value("token") {
        Some(Value::String(id)) if id.is_empty() => {
            return Err(WrapError::Unreadable("empty token in request body"));
        }
        Some(Value::String(id)) => id.as_str(),
        Some(_) => return Err(WrapError::Unreadable("could not decode token in request body")),
        None => incoming.token.as_deref().ok_or(WrapError::Unreadable("token is empty"))?,
    };
    core.tokens.find(id, core.now()).filter(is_wrapping).ok_or(WrapError::Invalid)
}
