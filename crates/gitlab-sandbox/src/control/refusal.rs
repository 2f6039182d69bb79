use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::git_http::RepositoryError;
use crate::issuer::{KeyError, UnavailableRandomness};

/// Why a control request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("these paths are for the administrator's token")]
    NotTheAdministrator,

    #[error("the request is not understood: {0}")]
    Malformed(String),

    #[error("there is no project `{0}`")]
    NoProject(String),

    #[error(transparent)]
    Key(#[from] KeyError),

    #[error(transparent)]
    Randomness(#[from] UnavailableRandomness),

    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotTheAdministrator => StatusCode::UNAUTHORIZED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NoProject(_) => StatusCode::NOT_FOUND,
            Self::Repository(RepositoryError::Refused { .. }) => StatusCode::BAD_REQUEST,
            Self::Key(_) | Self::Randomness(_) | Self::Repository(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({ "message": self.to_string() }))).into_response()
    }
}
