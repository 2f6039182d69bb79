use std::time::Duration;

use hyper::StatusCode;

use super::{failure::Failure, mount::MountError, vault::OpenError, wrapping::WrapError};
use crate::{
    auth::{jwt::JwtError, token::TokenError},
    cubbyhole::CubbyholeError,
    gitlab::GitlabError,
    kv::KvError,
    policy::PolicyError,
    storage::BackupError,
};

/// What went wrong, as it is told over HTTP.
pub(super) enum Rescue {
    Errors(StatusCode, Vec<String>),
    /// The same, of a request whose body was not read to its end.
    Unread(StatusCode, Vec<String>),
    /// The same, to be tried again after this time.
    Later(Vec<String>, Duration),
    Redirect(String),
    /// The same with a page that says so.
    Page(String),
    /// Nothing is said, and of what kind it is neither.
    Untyped(StatusCode),
    /// Go's own server refuses these before Vault sees them.
    Silent(StatusCode),
    /// The same in plain text.
    Plain(StatusCode),
}

pub(super) fn rescue(failure: &Failure) -> Rescue {
    let text = failure.to_string();
    let told = |status| Rescue::Errors(status, vec![text.clone()]);
    let told_of_one = |status| Rescue::Errors(status, vec![format!("1 error occurred:\n\t* {text}\n\n")]);
    let untold = |status| Rescue::Errors(status, Vec::new());
    match failure {
        Failure::Elsewhere(place) => Rescue::Redirect(place.clone()),
        Failure::ReadElsewhere(place) => Rescue::Page(place.clone()),
        Failure::BrokenRequest => Rescue::Plain(StatusCode::BAD_REQUEST),
        Failure::BrokenPath => Rescue::Silent(StatusCode::BAD_REQUEST),
        Failure::BrokenQuery => untold(StatusCode::BAD_REQUEST),
        Failure::BrokenHeadQuery => Rescue::Untyped(StatusCode::BAD_REQUEST),
        Failure::NotFound | Failure::OutsideApi => untold(StatusCode::NOT_FOUND),
        Failure::UnknownMethod => untold(StatusCode::METHOD_NOT_ALLOWED),
        Failure::NoNamespace | Failure::NoRoute(_) | Failure::UnsupportedOpenPath => {
            told(StatusCode::NOT_FOUND)
        }
        Failure::NotInNamespaces
        | Failure::RelativePath
        | Failure::InternalOperation
        | Failure::WriteToFolder
        | Failure::BrokenIndex
        | Failure::Json(_)
        | Failure::Form
        | Failure::JsonTooDeep
        | Failure::JsonTooLarge
        | Failure::JsonTooManyStrings
        | Failure::NoPatchType
        | Failure::PatchParameter
        | Failure::NoPaths
        | Failure::AuditByApi
        | Failure::AuditStays
        | Failure::UnknownAudit(_)
        | Failure::NoInput
        | Failure::NotInitialised
        | Failure::Split(_)
        | Failure::PgpCount
        | Failure::Pgp(_)
        | Failure::NoShare
        | Failure::NotSealed
        | Failure::ShareSize(_)
        | Failure::NoAccessor
        | Failure::UnknownHeader
        | Failure::NoCors
        | Failure::RelativeLease(_)
        | Failure::ShareForm
        | Failure::ShareTooShort(_)
        | Failure::ShareTooLong(_)
        | Failure::LeaseNoText
        | Failure::NoLeaseNamed
        | Failure::NoSuchLease
        | Failure::LeaseNotFound
        | Failure::TokenLease
        | Failure::Field(_)
        | Failure::Validation(_) => told(StatusCode::BAD_REQUEST),
        Failure::Backup(error) => match error {
            BackupError::NotABackup | BackupError::OtherKey | BackupError::Changed | BackupError::CutOff => {
                told(StatusCode::BAD_REQUEST)
            }
            BackupError::Occupied | BackupError::Io(_) | BackupError::Storage(_) => {
                told(StatusCode::INTERNAL_SERVER_ERROR)
            }
        },
        Failure::Audit(_) => told(StatusCode::INTERNAL_SERVER_ERROR),
        Failure::Sealed => told(StatusCode::SERVICE_UNAVAILABLE),
        Failure::Storage(_) | Failure::LeaseLimit(_) | Failure::LeaseLimitBelowOne => {
            told_of_one(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Failure::Open(error) => match error {
            OpenError::AlreadyInitialised | OpenError::NotInitialised | OpenError::WrongKey => {
                told(StatusCode::BAD_REQUEST)
            }
            OpenError::Storage(_) | OpenError::Audit(_) | OpenError::Contents(_) => {
                told(StatusCode::INTERNAL_SERVER_ERROR)
            }
        },
        Failure::Mount(error) => match mount_fault(error) {
            Fault::Ours => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            Fault::Theirs => told(StatusCode::BAD_REQUEST),
        },
        Failure::Policy(PolicyError::Storage(_)) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
        Failure::Policy(_) => told(StatusCode::BAD_REQUEST),
        Failure::NoTokenNamed => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
        Failure::EmptyPath | Failure::UnknownTokenNamed | Failure::UnknownAccessorNamed => {
            told_of_one(StatusCode::BAD_REQUEST)
        }
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
            JwtError::NoAlias => told(StatusCode::INTERNAL_SERVER_ERROR),
            JwtError::Template(_) | JwtError::Storage(_) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            JwtError::OtherNetwork => told(StatusCode::FORBIDDEN),
            JwtError::Field(_)
            | JwtError::Body(_)
            | JwtError::Setting(_)
            | JwtError::Cidr(_)
            | JwtError::NoConfig
            | JwtError::NoRole
            | JwtError::UnknownRole(_)
            | JwtError::RelativePath
            | JwtError::NoToken
            | JwtError::OidcRole
            | JwtError::Undiscovered(_)
            | JwtError::Signature(_)
            | JwtError::Token(_)
            | JwtError::UnboundAudience
            | JwtError::NoUserClaim(_)
            | JwtError::UserClaimNotText(_)
            | JwtError::MappedClaimNotText(_)
            | JwtError::NoGroups(_)
            | JwtError::GroupsNotListed(_)
            | JwtError::GroupNotText(_)
            | JwtError::Claims(_) => told(StatusCode::BAD_REQUEST),
        },
        Failure::Cubbyhole(error) => match error {
            CubbyholeError::NotFound => untold(StatusCode::NOT_FOUND),
            CubbyholeError::UnsupportedOperation => told_of_one(StatusCode::METHOD_NOT_ALLOWED),
            CubbyholeError::BatchOwner => told(StatusCode::BAD_REQUEST),
            CubbyholeError::OwnerGone => told(StatusCode::FORBIDDEN),
            CubbyholeError::NoPath | CubbyholeError::NoFields | CubbyholeError::Storage(_) => {
                told_of_one(StatusCode::INTERNAL_SERVER_ERROR)
            }
        },
        Failure::Wrap(error) => match error {
            WrapError::Time(_) | WrapError::Required | WrapError::Invalid => told(StatusCode::BAD_REQUEST),
            WrapError::Nothing => told(StatusCode::NOT_FOUND),
            WrapError::Unreadable(_) => told(StatusCode::FORBIDDEN),
            WrapError::UsedUp => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
        },
        Failure::Kv(error) => match error {
            KvError::NotFound => untold(StatusCode::NOT_FOUND),
            KvError::UnsupportedOperation => told_of_one(StatusCode::METHOD_NOT_ALLOWED),
            KvError::Storage(_)
            | KvError::PatchUnreadable(_)
            | KvError::NoResource
            | KvError::NoVersionData => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            KvError::Upgrading
            | KvError::NoPath
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
        Failure::Owed(_) => told(StatusCode::BAD_GATEWAY),
        Failure::Gitlab(error) => match error {
            GitlabError::NotFound => untold(StatusCode::NOT_FOUND),
            GitlabError::UnsupportedPath => told_of_one(StatusCode::NOT_FOUND),
            GitlabError::UnsupportedOperation => told_of_one(StatusCode::METHOD_NOT_ALLOWED),
            GitlabError::Storage(_) => told_of_one(StatusCode::INTERNAL_SERVER_ERROR),
            GitlabError::Unsupported { .. }
            | GitlabError::Field(_)
            | GitlabError::Setting(_)
            | GitlabError::NoConfig(_)
            | GitlabError::UnknownRole(_)
            | GitlabError::Name(_)
            | GitlabError::Refused { .. } => told(StatusCode::BAD_REQUEST),
            GitlabError::Broken { .. }
            | GitlabError::Unreachable { .. }
            | GitlabError::NotGitlab { .. }
            | GitlabError::NotFoundYet => told(StatusCode::BAD_GATEWAY),
            GitlabError::Busy { .. } => told(StatusCode::SERVICE_UNAVAILABLE),
            GitlabError::CutShort => told(StatusCode::INTERNAL_SERVER_ERROR),
        },
    }
}

/// Who can do something about it.
enum Fault {
    Ours,
    Theirs,
}

fn mount_fault(error: &MountError) -> Fault {
    match error {
        MountError::Storage(_) | MountError::Method(_) | MountError::Engine(_) => Fault::Ours,
        MountError::InUse(_)
        | MountError::Reserved(_)
        | MountError::Stays(_)
        | MountError::TokenStays
        | MountError::TokenOnce
        | MountError::NoEngine(_)
        | MountError::NoMethod(_)
        | MountError::NoView(_)
        | MountError::NoEntry(_)
        | MountError::NoKind
        | MountError::NoPluginName
        | MountError::NotMountable(_)
        | MountError::UnknownKind(_)
        | MountError::NoVersions(_)
        | MountError::NoMethodVersions(_)
        | MountError::UnknownVersion
        | MountError::Config(_)
        | MountError::Ttl { .. }
        | MountError::DefaultAboveMax
        | MountError::DefaultAboveSystem(_)
        | MountError::MaxBelowDefault { .. }
        | MountError::Duration(_)
        | MountError::NotBuiltIn(_)
        | MountError::NoVersion(_)
        | MountError::UnknownPluginVersion { .. }
        | MountError::UnknownVisibility(_)
        | MountError::UnknownTokenKind
        | MountError::TokenKindOfEngine
        | MountError::TokenKindStays
        | MountError::NoLockout(_)
        | MountError::Fixed { .. }
        | MountError::OptionVersion(_)
        | MountError::NoSuchVersion(_)
        | MountError::Downgrade(_)
        | MountError::NoMove
        | MountError::SpaceInMove(_)
        | MountError::NoPath(_)
        | MountError::MoveOutOfAuth(_)
        | MountError::NotMoved(_)
        | MountError::NotMovedTo(_)
        | MountError::NothingToMove(_)
        | MountError::TakenByOther(_)
        | MountError::Field(_) => Fault::Theirs,
    }
}

fn token_status(error: &TokenError) -> StatusCode {
    match error {
        TokenError::Refused | TokenError::Unknown | TokenError::NoText => StatusCode::FORBIDDEN,
        TokenError::LoginRoleGone(_)
        | TokenError::TokenRoleGone(_)
        | TokenError::PastItsLongest
        | TokenError::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        TokenError::UnknownAccessor
        | TokenError::NoAccessor
        | TokenError::NoId
        | TokenError::NotFound
        | TokenError::NothingToRevoke
        | TokenError::NoParent
        | TokenError::BatchStays
        | TokenError::BatchEndsAsItIs
        | TokenError::NoLease
        | TokenError::NotRenewable
        | TokenError::BatchRoot
        | TokenError::BatchParent
        | TokenError::RestrictedParent
        | TokenError::RootByLogin
        | TokenError::RootByOthers
        | TokenError::RootThatOutlives
        | TokenError::UnknownKind
        | TokenError::MorePolicies
        | TokenError::NotAllowedByRole { .. }
        | TokenError::DisallowedByRole(_)
        | TokenError::NotAssignable(_)
        | TokenError::OrphanNeedsSudo
        | TokenError::RevokingAloneNeedsSudo
        | TokenError::IdNeedsSudo
        | TokenError::PeriodNeedsSudo
        | TokenError::IdTaken
        | TokenError::ReservedId(_)
        | TokenError::DottedId
        | TokenError::AliasWithoutRole
        | TokenError::AliasNotAllowed
        | TokenError::NegativeUses
        | TokenError::Negative(_)
        | TokenError::NotForBatch(_)
        | TokenError::NoDuration(_)
        | TokenError::Duration(_)
        | TokenError::UnknownRole(_)
        | TokenError::RoleSetting(_)
        | TokenError::OldCidr(_)
        | TokenError::Cidr(_)
        | TokenError::Field(_) => StatusCode::BAD_REQUEST,
    }
}
