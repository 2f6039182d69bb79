use thiserror::Error;

use crate::{auth::CidrError, exchange::FieldError, storage::StorageError};

/// Why a token was refused or not made.
#[derive(Debug, Error)]
pub(crate) enum TokenError {
    /// Unknown, ended or revoked, or used from where it may not be used.
    #[error("permission denied")]
    Refused,
    #[error("bad token")]
    Unknown,
    /// What is given as a token is no text.
    #[error("invalid token")]
    NoText,
    #[error("1 error occurred:\n\t* invalid accessor\n\n")]
    UnknownAccessor,
    #[error("1 error occurred:\n\t* missing accessor\n\n")]
    NoAccessor,
    #[error("missing token ID")]
    NoId,
    #[error("token not found")]
    NotFound,
    #[error("token to revoke not found")]
    NothingToRevoke,
    #[error("parent token lookup failed: no parent found")]
    NoParent,
    #[error("batch tokens cannot be revoked")]
    BatchStays,
    #[error("batch tokens cannot be renewed")]
    BatchEndsAsItIs,
    #[error("invalid lease ID")]
    NoLease,
    #[error("lease is not renewable")]
    NotRenewable,
    #[error("1 error occurred:\n\t* past the max TTL, cannot renew\n\n")]
    PastItsLongest,
    #[error("batch tokens cannot be root tokens")]
    BatchRoot,
    #[error("batch tokens cannot create more tokens")]
    BatchParent,
    #[error("restricted use token cannot generate child tokens")]
    RestrictedParent,
    #[error("auth methods cannot create root tokens")]
    RootByLogin,
    #[error("root tokens may not be created without parent token being root")]
    RootByOthers,
    #[error("expiring root tokens cannot create non-expiring root tokens")]
    RootThatOutlives,
    #[error("invalid 'token_type' value")]
    UnknownKind,
    #[error("child policies must be subset of parent")]
    MorePolicies,
    #[error(
        "token policies ({asked}) must be subset of the role's allowed policies ({allowed}) or glob policies ({globs})"
    )]
    NotAllowedByRole { asked: String, allowed: String, globs: String },
    #[error("token policy {0:?} is disallowed by this role")]
    DisallowedByRole(String),
    #[error("cannot assign policy {0:?}")]
    NotAssignable(String),
    #[error("root or sudo privileges required to create orphan token")]
    OrphanNeedsSudo,
    #[error("root or sudo privileges required to revoke and orphan")]
    RevokingAloneNeedsSudo,
    #[error("root or sudo privileges required to specify token id")]
    IdNeedsSudo,
    #[error("root or sudo privileges required to create periodic token")]
    PeriodNeedsSudo,
    #[error("cannot create a token with a duplicate ID")]
    IdTaken,
    #[error("custom token ID cannot have the '{0}' prefix")]
    ReservedId(&'static str),
    #[error("custom token ID cannot have a '.' in the value")]
    DottedId,
    #[error("'entity_alias' is only allowed in combination with token role")]
    AliasWithoutRole,
    #[error("invalid 'entity_alias' value")]
    AliasNotAllowed,
    #[error("number of uses cannot be negative")]
    NegativeUses,
    #[error("{0} must be positive")]
    Negative(&'static str),
    #[error("batch tokens cannot have {0:?} set")]
    NotForBatch(&'static str),
    #[error("'{0}' value could not be parsed")]
    NoDuration(&'static str),
    #[error("{0}")]
    Duration(String),
    #[error("unknown role {0}")]
    UnknownRole(String),
    /// The role that was written says something wrong.
    #[error("{0}")]
    RoleSetting(String),
    #[error("error parsing bound_cidrs: {0}")]
    OldCidr(CidrError),
    #[error("error parsing role fields: {0}")]
    Cidr(CidrError),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The role that a login gave the token by is gone.
    #[error("1 error occurred:\n\t* failed to renew entry: role {0} does not exist during renewal\n\n")]
    LoginRoleGone(String),
    /// The same of the tokens' own roles.
    #[error(
        "1 error occurred:\n\t* failed to renew entry: original token role {0:?} could not be found, not renewing\n\n"
    )]
    TokenRoleGone(String),
}
