use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::registry::Permission;

/// Why a Git request is not served, as GitLab tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No credential where one is needed, or one that proves nothing.
    AccessDenied {
        /// The page that the text points to.
        help_page: String,
    },
    /// The project does not exist, or not for this user.
    ProjectNotFound,
    /// The project has no repository on disk.
    NoRepository,
    /// A member, but not at a level that may read code.
    DownloadNotAllowed,
    /// A fine-grained token that is not for this in this project.
    LacksPermission {
        /// What it would take.
        permission: Permission,
        /// The project's full path.
        project_path: String,
    },
    /// The token's scopes do not include writing.
    UploadNotInScope,
    /// A member, but not at a level that may push.
    PushNotAllowed,
    /// No operation of the smart protocol.
    CommandNotAllowed,
    /// The backend could not be run or answered nonsense.
    BackendFailed,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::AccessDenied { .. } => StatusCode::UNAUTHORIZED,
            Self::ProjectNotFound | Self::NoRepository => StatusCode::NOT_FOUND,
            Self::DownloadNotAllowed
            | Self::LacksPermission { .. }
            | Self::UploadNotInScope
            | Self::PushNotAllowed
            | Self::CommandNotAllowed => StatusCode::FORBIDDEN,
            Self::BackendFailed => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn text(&self) -> String {
        let text = match self {
            Self::AccessDenied { help_page } => {
                return format!(
                    "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was \
                     incorrect or you're required to use a token instead of a password. If a token was provided, it \
                     was either incorrect, expired, or improperly scoped. See {help_page}"
                );
            }
            Self::LacksPermission { permission, project_path } => {
                return format!(
                    "Access denied: Your Personal Access Token lacks the required permissions: [{}] for \"{project_path}\".",
                    permission.as_str()
                );
            }
            Self::ProjectNotFound => {
                "The project you were looking for could not be found or you don't have permission to view it."
            }
            Self::NoRepository => "A repository for this project does not exist yet.",
            Self::DownloadNotAllowed => "You are not allowed to download code from this project.",
            Self::UploadNotInScope => "You are not allowed to upload code.",
            Self::PushNotAllowed => "You are not allowed to push code to this project.",
            Self::CommandNotAllowed => "The command you're trying to execute is not allowed.",
            Self::BackendFailed => {
                "The git server, Gitaly, is not available at this time. Please contact your administrator."
            }
        };
        text.to_owned()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // Git shows a body to its user when it is plain text.
        let content_type = (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        let mut response = (self.status(), [content_type], self.text()).into_response();
        if let Self::AccessDenied { .. } = self {
            let challenge = HeaderValue::from_static("Basic realm=\"GitLab\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
