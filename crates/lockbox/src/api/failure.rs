use std::{net::SocketAddr, time::Duration};

use thiserror::Error;

use super::{mount::MountError, vault::OpenError, wrapping::WrapError};
use crate::{
    audit::AuditError,
    auth::{jwt::JwtError, token::TokenError},
    cubbyhole::CubbyholeError,
    exchange::FieldError,
    gitlab::GitlabError,
    kv::KvError,
    policy::PolicyError,
    seal::SplitError,
    storage::{BackupError, StorageError},
};

/// Everything that can go wrong between a connection and an answer.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("namespace not found")]
    NoNamespace,
    #[error("operation unavailable in namespaces")]
    NotInNamespaces,
    #[error("relative paths not supported")]
    RelativePath,
    /// The path can be written shorter, and is asked for there.
    #[error("the path is {0}")]
    Elsewhere(String),
    /// The same, asked for by a read.
    #[error("the path is {0}")]
    ReadElsewhere(String),
    /// Go's own server does not take it for a request.
    #[error("the request is none")]
    BrokenRequest,
    #[error("failed to decode \"X-Vault-Index\"")]
    BrokenIndex,
    /// The path holds what no path may hold.
    #[error("the path is not text")]
    BrokenPath,
    /// The query says what cannot be understood.
    #[error("the query cannot be understood")]
    BrokenQuery,
    /// The same of a question about the health that wants no body.
    #[error("the query cannot be understood")]
    BrokenHeadQuery,
    #[error("there is nothing outside of /v1/")]
    OutsideApi,
    #[error("the method is not known here")]
    UnknownMethod,
    #[error("cannot handle internal-only request operation")]
    InternalOperation,
    #[error("cannot write to a path ending in '/'")]
    WriteToFolder,
    #[error("http: request body too large")]
    BodyTooLarge,
    /// The connection ended within the body.
    #[error("unexpected EOF")]
    BodyCutOff,
    #[error("invalid byte in chunk length")]
    BodyBroken,
    #[error("read tcp {local}->{peer}: i/o timeout")]
    BodyTooSlow { local: SocketAddr, peer: SocketAddr },
    /// All bodies that are being read take too much together.
    #[error("too many large requests at a time")]
    TooManyBodies,
    #[error("context deadline exceeded")]
    TookTooLong,
    #[error("request path {path:?}: rate limit quota exceeded")]
    TooManyLogins { path: String, wait: Duration },
    #[error("failed to decode JSON input: {0}")]
    Json(String),
    #[error("error parsing form data")]
    Form,
    #[error("failed to decode JSON input: exceeded max depth")]
    JsonTooDeep,
    #[error("refused JSON input due to high complexity: exceeded maximum estimated memory limits")]
    JsonTooLarge,
    #[error("refused JSON input due to high complexity: exceeded maximum number of strings")]
    JsonTooManyStrings,
    #[error("PATCH requires Content-Type of application/merge-patch+json, provided {0}")]
    PatchType(String),
    #[error("mime: no media type")]
    NoPatchType,
    #[error("mime: invalid media parameter")]
    PatchParameter,
    #[error("no handler for route {0:?}. route entry not found.")]
    NoRoute(String),
    #[error("nothing is there")]
    NotFound,
    #[error("unsupported path")]
    UnsupportedPath,
    /// The same, of a path that is asked without a token.
    #[error("unsupported path")]
    UnsupportedOpenPath,
    #[error("unsupported operation")]
    UnsupportedOperation,
    /// The same, of a login, which is asked without a token.
    #[error("unsupported operation")]
    UnsupportedLogin,
    /// The token is good, and its policies say no.
    #[error("permission denied")]
    RefusedByPolicy,
    #[error(
        "preflight capability check returned 403, please ensure client's policies grant access to path {0:?}"
    )]
    MountNotSeen(String),
    #[error("Vault is sealed")]
    Sealed,
    #[error("Vault is not initialized")]
    NotInitialised,
    #[error("invalid seal configuration: {0}")]
    Split(SplitError),
    #[error(
        "invalid seal configuration: count mismatch between number of provided PGP keys and number of shares"
    )]
    PgpCount,
    #[error("{0} is not supported by lockbox")]
    Pgp(&'static str),
    #[error("'key' must be specified in request body as JSON, or 'reset' set to true")]
    NoShare,
    #[error("vault is unsealed")]
    NotSealed,
    #[error("invalid key: failed to setup unseal key: crypto/aes: invalid key size {0}")]
    ShareSize(usize),
    #[error("'key' must be a valid hex or base64 string")]
    ShareForm,
    #[error("invalid key: key is shorter than minimum {0} bytes")]
    ShareTooShort(usize),
    #[error("invalid key: key is longer than maximum {0} bytes")]
    ShareTooLong(usize),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("error restoring the snapshot: {0}")]
    Backup(#[from] BackupError),
    /// What cannot be logged is not done.
    #[error("internal error")]
    Audit(#[source] AuditError),
    #[error(
        "cannot enable audit device via API; use declarative, config-based audit device management instead"
    )]
    AuditByApi,
    #[error("cannot disable configuration-managed audit device")]
    AuditStays,
    #[error("unknown audit backend {0:?}")]
    UnknownAudit(String),
    #[error("the \"input\" parameter is empty")]
    NoInput,
    #[error("paths must be supplied")]
    NoPaths,
    #[error("missing path")]
    EmptyPath,
    #[error("missing accessor")]
    NoAccessor,
    #[error("no token found")]
    NoTokenNamed,
    #[error("invalid token")]
    UnknownTokenNamed,
    #[error("invalid accessor")]
    UnknownAccessorNamed,
    /// A browser talks to lockbox through nobody.
    #[error("CORS is not supported by lockbox")]
    NoCors,
    #[error("Could not find header in config")]
    UnknownHeader,
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The same, found before the request reached what it is for.
    #[error("Field validation failed: {0}")]
    Validation(FieldError),
    #[error("invalid lease ID")]
    LeaseNoText,
    #[error("failed to read lease entry {0}: relative paths not supported")]
    RelativeLease(String),
    #[error("lease_id must be specified")]
    NoLeaseNamed,
    #[error("invalid lease")]
    NoSuchLease,
    #[error("lease not found")]
    LeaseNotFound,
    /// Tokens are renewed as tokens.
    #[error("tokens cannot be renewed through this endpoint")]
    TokenLease,
    #[error("invalid 'limit' provided: strconv.Atoi: parsing {0:?}: invalid syntax")]
    LeaseLimit(String),
    #[error("limit must be 'none' or a positive integer")]
    LeaseLimitBelowOne,
    #[error(transparent)]
    Mount(#[from] MountError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Jwt(#[from] JwtError),
    #[error(transparent)]
    Kv(#[from] KvError),
    #[error(transparent)]
    Cubbyhole(#[from] CubbyholeError),
    #[error(transparent)]
    Wrap(#[from] WrapError),
    #[error(transparent)]
    Gitlab(#[from] GitlabError),
    /// It has ended, and what it is of has not.
    #[error("failed to revoke: {0}; it is tried again until it is done")]
    Owed(#[source] GitlabError),
}

impl Failure {
    /// Whether nothing is there of which there would be a word.
    pub(super) fn is_of_nothing(&self) -> bool {
        matches!(
            self,
            Self::NotFound
                | Self::Kv(KvError::NotFound)
                | Self::Cubbyhole(CubbyholeError::NotFound)
                | Self::Jwt(JwtError::NotFound)
                | Self::Gitlab(GitlabError::NotFound)
        )
    }
}
