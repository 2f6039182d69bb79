use thiserror::Error;

use crate::{auth::CidrError, exchange::FieldError, storage::StorageError};

/// Why a login, a role or a configuration was refused, in OpenBao's words.
#[derive(Debug, Error)]
pub(crate) enum JwtError {
    #[error("nothing is there")]
    NotFound,
    #[error("unsupported path")]
    UnsupportedPath,
    #[error("unsupported operation")]
    UnsupportedOperation,
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error("Field validation failed: {0}")]
    Body(FieldError),
    /// The role or configuration that was written says something wrong.
    #[error("{0}")]
    Setting(String),
    #[error(transparent)]
    Cidr(#[from] CidrError),
    #[error("could not load configuration")]
    NoConfig,
    #[error("missing role")]
    NoRole,
    #[error("role {0:?} could not be found")]
    UnknownRole(String),
    #[error("relative paths not supported")]
    RelativePath,
    #[error("missing token")]
    NoToken,
    /// The role is bound to other networks.
    #[error("permission denied")]
    OtherNetwork,
    #[error("error configuring token validator: keyset configuration error: {0}")]
    Undiscovered(String),
    #[error("error validating token: error verifying token signature: {0}")]
    Signature(String),
    #[error("error validating token: {0}")]
    Token(String),
    #[error("audience claim found in JWT but no audiences bound to the role")]
    UnboundAudience,
    #[error("claim {0:?} not found in token")]
    NoUserClaim(String),
    #[error("claim {0:?} could not be converted to string")]
    UserClaimNotText(String),
    #[error("error converting claim '{0}' to string")]
    MappedClaimNotText(String),
    #[error("failed to fetch groups: {0:?} claim not found in token")]
    NoGroups(String),
    #[error("{0:?} claim could not be converted to string list")]
    GroupsNotListed(String),
    #[error("missing name in alias")]
    NoAlias,
    #[error("value {0} in groups claim could not be parsed as string")]
    GroupNotText(String),
    #[error("error validating claims: {0}")]
    Claims(String),
    #[error("{0}")]
    Template(String),
    #[error("role with oidc role_type is not allowed")]
    OidcRole,
    #[error(transparent)]
    Storage(#[from] StorageError),
}
