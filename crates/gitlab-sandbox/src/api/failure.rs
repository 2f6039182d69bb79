use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::git_http::RepositoryError;
use crate::issuer::UnavailableRandomness;
use crate::registry::{InvalidPath, PathTaken, UnknownScope};

/// Why an API request was not carried out; each one has GitLab's status and body.
#[derive(Debug)]
pub(super) enum Failure {
    /// No token, an unknown one, or one that may not even ask.
    Unauthorized,
    /// The token was taken back.
    Revoked,
    /// The token's day has come.
    Expired,
    /// The token is not for this; the scopes that would do are named.
    InsufficientScope(&'static str),
    /// The token is fine-grained, and this takes a permission that it does not have.
    LacksPermission(&'static str),
    /// The user may not do this.
    Forbidden,
    /// What was asked for is not there, or not for this user: `Group`, `Project`, …
    NotFound(String),
    /// What was asked for is not there, and is not named.
    NothingThere,
    /// The token is of a kind that this is not for.
    NotAllowed,
    /// This list has no keyset pagination.
    NoKeyset,
    /// It is there already.
    Conflict(&'static str),
    /// The branch or the tag is protected already.
    AlreadyProtected(String),
    /// A parameter is missing, of the wrong kind, or out of range.
    Parameters(String),
    /// The request was understood and refused.
    Refused(String),
    /// A field holds what it cannot hold.
    Invalid {
        /// The field of the request.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A fault of the machine.
    Broken(String),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized | Self::Revoked | Self::Expired => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope(_) | Self::LacksPermission(_) | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound(_) | Self::NothingThere => StatusCode::NOT_FOUND,
            Self::NotAllowed | Self::NoKeyset => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::AlreadyProtected(_) => StatusCode::CONFLICT,
            Self::Parameters(_) | Self::Refused(_) | Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn body(self) -> Value {
        match self {
            Self::Unauthorized => json!({ "message": "401 Unauthorized" }),
            Self::Revoked => json!({
                "error": "invalid_token",
                "error_description": "Token was revoked. You have to re-authorize from the user.",
            }),
            Self::Expired => json!({
                "error": "invalid_token",
                "error_description": "Token is expired. You can either do re-authorization or token refresh.",
            }),
            Self::InsufficientScope(scope) => json!({
                "error": "insufficient_scope",
                "error_description": "The request requires higher privileges than provided by the access token.",
                "scope": scope,
            }),
            Self::LacksPermission(permission) => json!({
                "error": "insufficient_granular_scope",
                "error_description": format!(
                    "Access denied: Your Personal Access Token lacks the required permissions: [{permission}]."
                ),
            }),
            Self::Forbidden => json!({ "message": "403 Forbidden" }),
            Self::NotFound(what) => json!({ "message": format!("404 {what} Not Found") }),
            Self::NothingThere => json!({ "message": "404 Not Found" }),
            Self::NotAllowed => json!({ "message": "405 Method Not Allowed" }),
            Self::NoKeyset => {
                json!({ "error": "Keyset pagination is not yet available for this type of request" })
            }
            Self::Conflict(problem) => json!({ "message": problem }),
            Self::AlreadyProtected(name) => {
                json!({ "message": format!("Protected ref '{name}' already exists") })
            }
            Self::Parameters(problem) => json!({ "error": problem }),
            Self::Refused(reason) => json!({ "message": format!("400 Bad request - {reason}") }),
            Self::Invalid { field, problem } => json!({ "message": { field: [problem] } }),
            Self::Broken(reason) => json!({ "message": format!("500 Internal Server Error: {reason}") }),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status(), Json(self.body())).into_response()
    }
}

impl From<InvalidPath> for Failure {
    fn from(error: InvalidPath) -> Self {
        Self::Invalid { field: "path", problem: error.to_string() }
    }
}

impl From<PathTaken> for Failure {
    fn from(error: PathTaken) -> Self {
        Self::Invalid { field: "path", problem: error.to_string() }
    }
}

impl From<UnknownScope> for Failure {
    fn from(error: UnknownScope) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<UnavailableRandomness> for Failure {
    fn from(error: UnavailableRandomness) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<RepositoryError> for Failure {
    fn from(error: RepositoryError) -> Self {
        Self::Broken(error.to_string())
    }
}
