use thiserror::Error;

/// Why a token was refused or not made.
#[derive(Debug, Error)]
pub(crate) enum TokenError {
    /// Unknown, ended or revoked, or used from where it may not be used.
    #[error("permission denied")]
    Refused,
    #[error("bad token")]
    Unknown,
    #[error("1 error occurred:\n\t* invalid accessor\n\n")]
    UnknownAccessor,
    #[error("1 error occurred:\n\t* missing accessor\n\n")]
    NoAccessor,
    #[error("missing token ID")]
    NoId,
    #[error("batch tokens cannot be revoked")]
    BatchStays,
    #[error("batch tokens cannot be renewed")]
    BatchEndsAsItIs,
    #[error("lease is not renewable")]
    NotRenewable,
    #[error("batch tokens cannot be root tokens")]
    BatchRoot,
    #[error("batch tokens cannot create more tokens")]
    BatchParent,
    #[error("restricted use token cannot generate child tokens")]
    RestrictedParent,
    #[error("auth methods cannot create root tokens")]
    RootByLogin,
    #[error("invalid 'token_type' value")]
    UnknownKind,
    #[error("child policies must be subset of parent")]
    MorePolicies,
    #[error("root or sudo privileges required to create orphan token")]
    OrphanNeedsSudo,
    #[error("root or sudo privileges required to specify token id")]
    IdNeedsSudo,
    #[error("root or sudo privileges required to create periodic token")]
    PeriodNeedsSudo,
    #[error("cannot create a token with a duplicate ID")]
    IdTaken,
    #[error("custom token ID cannot have the '{0}' prefix")]
    ReservedId(&'static str),
    #[error("number of uses cannot be negative")]
    NegativeUses,
    #[error("batch tokens cannot have {0:?} set")]
    NotForBatch(&'static str),
    #[error("token not found")]
    NotFound,
    #[error(transparent)]
    Field(#[from] crate::exchange::FieldError),
    #[error("Field validation failed: {0}")]
    Body(crate::exchange::FieldError),
    #[error("{0}")]
    Duration(String),
    #[error(transparent)]
    Storage(#[from] crate::storage::StorageError),
    #[error("1 error occurred:\n\t* failed to renew entry: role {0} does not exist during renewal\n\n")]
    RoleGone(String),
}
