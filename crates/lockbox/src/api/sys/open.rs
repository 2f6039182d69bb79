use super::{init, seal, status};
use crate::{
    api::{failure::Failure, vault::Vault},
    exchange::{Answer, Fields, Operation},
};

/// What anybody may ask, without a token, sealed or not.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Open {
    Health,
    SealStatus,
    Leader,
    Init,
    Unseal,
}

impl Open {
    pub(crate) fn find(path: &str) -> Option<Self> {
        match path.strip_prefix("sys/")? {
            "health" => Some(Self::Health),
            "seal-status" => Some(Self::SealStatus),
            "leader" => Some(Self::Leader),
            "init" => Some(Self::Init),
            "unseal" => Some(Self::Unseal),
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
            (Self::SealStatus, Operation::Read) => status::seal_status(vault),
            (Self::Leader, Operation::Read) => status::leader(vault),
            (Self::Init, Operation::Read) => init::read(vault),
            (Self::Init, Operation::Update) => init::initialise(vault, fields).await,
            (Self::Unseal, Operation::Update) => seal::unseal(vault, fields).await,
            _ => Err(Failure::UnknownMethod),
        }
    }
}
