use std::time::Duration;

use hyper::StatusCode;

use super::{failure::Failure, mount::MountError, vault::OpenError};
use crate::{
    auth::{jwt::JwtError, token::TokenError},
    kv::KvError,
    policy::PolicyError,
};

/// What went wrong, as it is told over HTTP.
pub(super) enum Rescue {
    Errors(StatusCode, Vec<String>),
    /// The same, of a request whose body was not read to its end.
    Unread(StatusCode, Vec<String>),
    /// The same, to be tried again after this time.
    Later(Vec<String>, Duration),
    Redirect(String),
    /// Go's own server refuses these before Vault sees them.
    Silent(StatusCode),
}

pub(super) fn rescue(failure: &Failure) -> Rescue {
    let text = failure.to_string();
    let told = |status| Rescue::Errors(status, vec![text.clone()]);
    let told_of_one = |status| Rescue::Errors(status, vec![format!("1 error occurred:\n\t* {text}\n\n")]);
    let untold = |status| Rescue::Errors(status, Vec::new());
    match failure {
        Failure::Elsewhere(path) => Rescue::Redirect(path.clone()),
        Failure::BrokenPath => Rescue::Silent(StatusCode::BAD_REQUEST),
        Failure::BrokenQuery => untold(StatusCode::BAD_REQUEST),
        Failure::NotFound | Failure::OutsideApi => untold(StatusCode::NOT_FOUND),
        Failure::UnknownMethod => untold(StatusCode::METHOD_NOT_ALLOWED),
        Failure::NoNamespace | Failure::NoRoute(_) => told(StatusCode::NOT_FOUND),
        Failure::NotInNamespaces
        | Failure::RelativePath
        | Failure::InternalOperation
        | Failure::WriteToFolder
        | Failure::Json(_)
        | Failure::JsonTooDeep
        | Failure::JsonTooLarge
        | Failure::JsonTooManyStrings
        | Failure::NoPatchType
        | Failure::PatchParameter
        | Failure::NoPaths
        | Failure::NotInitialised
        | Failure::Split(_)
        | Failure::PgpCount
        | Failure::Pgp(_)
        | Failure::NoShare
        | Failure::ShareForm
        | Failure::ShareTooShort(_)
        | Failure::ShareTooLong(_)
        | Failure::Field(_) => told(StatusCode::BAD_REQUEST),
        Failure::Sealed => told(StatusCode::SERVICE_UNAVAILABLE),
        Failure::Storage(_) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
        Failure::Open(error) => match error {
            OpenError::AlreadyInitialised | OpenError::NotInitialised | OpenError::WrongKey => {
                told(StatusCode::BAD_REQUEST)
            }
            OpenError::Storage(_) | OpenError::Contents(_) => told(StatusCode::INTERNAL_SERVER_ERROR),
        },
        Failure::Mount(error) => match error {
            MountError::Storage(_) | MountError::Method(_) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            MountError::InUse(_)
            | MountError::Reserved(_)
            | MountError::Stays(_)
            | MountError::TokenStays
            | MountError::NoEngine(_)
            | MountError::NoMethod(_)
            | MountError::NoKind
            | MountError::UnknownKind(_)
            | MountError::UnknownVersion => told(StatusCode::BAD_REQUEST),
        },
        Failure::Policy(PolicyError::Storage(_)) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
        Failure::Policy(_) => told(StatusCode::BAD_REQUEST),
        Failure::EmptyPath => told_of_one(StatusCode::BAD_REQUEST),
        Failure::BodyTooLarge => Rescue::Unread(StatusCode::PAYLOAD_TOO_LARGE, vec![text]),
        Failure::BodyCutOff | Failure::BodyBroken | Failure::BodyTooSlow { .. } => {
            Rescue::Unread(StatusCode::INTERNAL_SERVER_ERROR, vec![text])
        }
        Failure::TooManyBodies => Rescue::Unread(StatusCode::SERVICE_UNAVAILABLE, vec![text]),
        Failure::TookTooLong => told(StatusCode::INTERNAL_SERVER_ERROR),
        Failure::TooManyLogins { wait, .. } => Rescue::Later(vec![text], *wait),
        Failure::PatchType(_) => told(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        Failure::UnsupportedPath => told_of_one(StatusCode::NOT_FOUND),
        Failure::UnsupportedOperation => told_of_one(StatusCode::METHOD_NOT_ALLOWED),
        Failure::UnsupportedLogin => told(StatusCode::METHOD_NOT_ALLOWED),
        Failure::RefusedByPolicy => told_of_one(StatusCode::FORBIDDEN),
        Failure::MountNotSeen(_) => told(StatusCode::FORBIDDEN),
        Failure::Token(error) => told(token_status(error)),
        Failure::Jwt(error) => match error {
            JwtError::NotFound => untold(StatusCode::NOT_FOUND),
            JwtError::UnsupportedPath => told_of_one(StatusCode::NOT_FOUND),
            JwtError::UnsupportedOperation => told_of_one(StatusCode::METHOD_NOT_ALLOWED),
            JwtError::Storage(_) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            JwtError::OtherNetwork => told(StatusCode::FORBIDDEN),
            JwtError::Field(_)
            | JwtError::Body(_)
            | JwtError::Setting(_)
            | JwtError::Cidr(_)
            | JwtError::NoConfig
            | JwtError::NoRole
            | JwtError::UnknownRole(_)
            | JwtError::NoToken
            | JwtError::Undiscovered(_)
            | JwtError::Signature(_)
            | JwtError::Token(_)
            | JwtError::UnboundAudience
            | JwtError::NoUserClaim(_)
            | JwtError::UserClaimNotText(_)
            | JwtError::MappedClaimNotText(_)
            | JwtError::NoGroups(_)
            | JwtError::GroupNotText(_)
            | JwtError::Claims(_) => told(StatusCode::BAD_REQUEST),
        },
        Failure::Kv(error) => match error {
            KvError::NotFound => untold(StatusCode::NOT_FOUND),
            KvError::UnsupportedOperation => told_of_one(StatusCode::METHOD_NOT_ALLOWED),
            KvError::Storage(_)
            | KvError::PatchUnreadable(_)
            | KvError::NoResource
            | KvError::NoVersionData => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            KvError::NoPath
            | KvError::NoFields
            | KvError::NoData
            | KvError::NoVersions
            | KvError::NoVersionsToDestroy
            | KvError::CasRequired
            | KvError::CasMismatch
            | KvError::CasUnreadable
            | KvError::MetadataCasOfNothing
            | KvError::MetadataCasRequired
            | KvError::MetadataCasMismatch
            | KvError::CustomMetadata(_)
            | KvError::Field(_)
            | KvError::Query(_) => told(StatusCode::BAD_REQUEST),
        },
    }
}

fn token_status(error: &TokenError) -> StatusCode {
    match error {
        TokenError::Refused | TokenError::Unknown => StatusCode::FORBIDDEN,
        TokenError::RoleGone(_) | TokenError::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        TokenError::UnknownAccessor
        | TokenError::NoAccessor
        | TokenError::NoId
        | TokenError::BatchStays
        | TokenError::BatchEndsAsItIs
        | TokenError::NotRenewable
        | TokenError::BatchRoot
        | TokenError::BatchParent
        | TokenError::RestrictedParent
        | TokenError::RootByLogin
        | TokenError::UnknownKind
        | TokenError::MorePolicies
        | TokenError::OrphanNeedsSudo
        | TokenError::IdNeedsSudo
        | TokenError::PeriodNeedsSudo
        | TokenError::IdTaken
        | TokenError::ReservedId(_)
        | TokenError::NegativeUses
        | TokenError::NotForBatch(_)
        | TokenError::NotFound
        | TokenError::Field(_)
        | TokenError::Body(_)
        | TokenError::Duration(_) => StatusCode::BAD_REQUEST,
    }
}
