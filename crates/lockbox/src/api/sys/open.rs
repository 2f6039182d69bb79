use hyper::Method;

use super::{init, seal, status};
use crate::{
    api::{failure::Failure, http::Namespace, vault::Vault},
    exchange::{Answer, Fields, Operation},
};

/// What anybody may ask, without a token, sealed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    Health,
    SealStatus,
    Leader,
    Init,
    Unseal,
    StepDown,
}

impl Open {
    pub(crate) fn find(path: &str) -> Option<Self> {
        match path.strip_prefix("sys/")? {
            "health" => Some(Self::Health),
            "seal-status" => Some(Self::SealStatus),
            "leader" => Some(Self::Leader),
            "init" => Some(Self::Init),
            "unseal" => Some(Self::Unseal),
            "step-down" => Some(Self::StepDown),
            _ => None,
        }
    }

    /// # Errors
    /// When the operation is not for this path, or it cannot be done.
    pub(crate) async fn handle(
        self,
        vault: &Vault,
        operation: Operation,
        fields: &Fields,
    ) -> Result<Answer, Failure> {
        match (self, operation) {
            (Self::Health, Operation::Read) => status::health(vault, fields),
            (Self::Health, Operation::Head) => {
                status::health(vault, fields).map_err(|failure| match failure {
                    Failure::BrokenQuery => Failure::BrokenHeadQuery,
                    other => other,
                })
            }
            (Self::SealStatus, Operation::Read) => status::seal_status(vault),
            (Self::Leader, Operation::Read) => Ok(status::leader()),
            (Self::Init, Operation::Read) => init::read(vault),
            (Self::Init, Operation::Update) => init::initialise(vault, fields).await,
            (Self::Unseal, Operation::Update) => seal::unseal(vault, fields).await,
            // Nobody else is there who could lead.
            (Self::StepDown, Operation::Update) => Ok(Answer::empty()),
            _ => Err(Failure::UnknownMethod),
        }
    }
}

/// Whether OpenBao lets the method through to whoever has this path.
pub(crate) fn takes(path: &str, method: &Method) -> bool {
    let is_one_of = |methods: &[&str]| methods.contains(&method.as_str());
    match path {
        "sys/health" => is_one_of(&["GET", "HEAD"]),
        "sys/seal-status" | "sys/leader" => is_one_of(&["GET"]),
        "sys/init" => is_one_of(&["GET", "PUT", "POST"]),
        "sys/unseal" => is_one_of(&["PUT", "POST"]),
        // It looks at the body before it looks at the method.
        "sys/seal" | "sys/step-down" => is_one_of(&["PUT", "POST", "PATCH"]),
        _ => true,
    }
}

/// Whether a request asks in a namespace for what is the whole server's.
pub(crate) fn is_misplaced(path: &str, namespace: Namespace) -> bool {
    let whole_servers = ["sys/health", "sys/init", "sys/unseal", "sys/seal", "sys/step-down"];
    namespace != Namespace::Unsaid && (whole_servers.contains(&path) || is_withdrawn(path))
}

/// What is there in other kinds of servers alone.
pub(crate) fn is_of_others(path: &str) -> bool {
    matches!(path, "sys/replication/status" | "sys/rekey-recovery-key/init")
}

/// What anybody could do once, and nobody can now.
pub(crate) fn is_withdrawn(path: &str) -> bool {
    let withdrawn =
        ["generate-root/attempt", "generate-root/update", "rekey/init", "rekey/update", "rekey/verify"];
    path.strip_prefix("sys/").is_some_and(|path| withdrawn.contains(&path))
}
