use thiserror::Error;

use crate::{auth::jwt::JwtError, exchange::FieldError, kv::KvError, storage::StorageError};

/// Why something was not mounted, unmounted, moved or tuned.
#[derive(Debug, Error)]
pub(crate) enum MountError {
    #[error("path is already in use at {0}")]
    InUse(String),
    #[error("cannot mount {0:?}")]
    Reserved(String),
    #[error("cannot unmount {0:?}")]
    Stays(String),
    #[error("token credential backend cannot be disabled")]
    TokenStays,
    #[error("token credential backend cannot be instantiated")]
    TokenOnce,
    #[error("No secret engine mount at {0}")]
    NoEngine(String),
    #[error("No auth engine at {0}")]
    NoMethod(String),
    #[error("cannot fetch sysview for path {0:?}")]
    NoView(String),
    #[error("tune of path {0:?} failed: no mount entry found")]
    NoEntry(String),
    #[error("backend type must be specified as a string")]
    NoKind,
    #[error("plugin_name must be provided for plugin backend")]
    NoPluginName,
    #[error("mount type of {0:?} is not mountable")]
    NotMountable(String),
    #[error("plugin not found in the catalog: {0}")]
    UnknownKind(String),
    #[error("secrets engine {0:?} does not allow setting a version")]
    NoVersions(String),
    #[error("auth method {0:?} does not allow setting a version")]
    NoMethodVersions(String),
    #[error("nil backend of type \"kv\" returned from factory")]
    UnknownVersion,
    #[error("unable to convert given {0} config information")]
    Config(&'static str),
    #[error("unable to parse {what} TTL of {text}: {problem}")]
    Ttl { what: &'static str, text: String, problem: String },
    #[error("given default lease TTL greater than given max lease TTL")]
    DefaultAboveMax,
    #[error("given default lease TTL greater than system max lease TTL of {0}")]
    DefaultAboveSystem(i64),
    #[error("backend max lease TTL of {max} would be less than backend default lease TTL of {default}")]
    MaxBelowDefault { max: i64, default: i64 },
    #[error("{0}")]
    Duration(String),
    #[error("cannot select non-builtin version of secrets plugin {0}")]
    NotBuiltIn(String),
    #[error("version {0:?} is not a valid semantic version: malformed version: {0}")]
    NoVersion(String),
    #[error("plugin not found in the catalog: {kind}, version={version}")]
    UnknownPluginVersion { kind: String, version: String },
    #[error("invalid listing_visibility {0}")]
    UnknownVisibility(String),
    #[error("invalid value for 'token_type'")]
    UnknownTokenKind,
    #[error("'token_type' can only be modified on auth mounts")]
    TokenKindOfEngine,
    #[error("'token_type' cannot be set for 'token' or 'ns_token' auth mounts")]
    TokenKindStays,
    #[error("tuning of user lockout configuration for auth type {0:?} not allowed")]
    NoLockout(String),
    #[error("cannot tune parameter {field} of {path}")]
    Fixed { field: &'static str, path: String },
    #[error("unable to parse options: strconv.ParseInt: parsing {0:?}: invalid syntax")]
    OptionVersion(String),
    #[error("invalid version provided: {0}")]
    NoSuchVersion(i64),
    #[error("cannot downgrade mount from version {0}")]
    Downgrade(i64),
    #[error("both 'from' and 'to' path must be specified as a string")]
    NoMove,
    #[error("'{0}' path cannot contain trailing whitespace")]
    SpaceInMove(&'static str),
    #[error("invalid destination mount: {0}")]
    NoPath(String),
    #[error("cannot remount auth mount to non-auth mount {0:?}")]
    MoveOutOfAuth(String),
    #[error("cannot remount {0:?}")]
    NotMoved(String),
    #[error("cannot remount to destination {0}")]
    NotMovedTo(String),
    #[error("no matching mount at {0:?}")]
    NothingToMove(String),
    #[error("path already in use at {0:?}")]
    TakenByOther(String),
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error(transparent)]
    Method(#[from] JwtError),
    #[error(transparent)]
    Engine(#[from] KvError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}
