use super::settings::Settings;
use crate::{
    exchange::{FieldError, Fields, whole_number},
    kv::KvError,
};

/// Check-and-set of a value: the number of the version that is thought to be the newest.
///
/// # Errors
/// When it is another one, no number, or required and not there.
pub(super) fn check(
    fields: &Fields,
    current: u64,
    (mount, secret): (&Settings, Option<&Settings>),
) -> Result<(), KvError> {
    let mut options = fields.object("options").map_err(KvError::Query)?.unwrap_or_default();
    match options.remove("cas") {
        Some(given) => {
            let expected = whole_number(&given).map_err(|_| KvError::CasUnreadable)?;
            if u64::try_from(expected) == Ok(current) { Ok(()) } else { Err(KvError::CasMismatch) }
        }
        None if mount.cas_required || secret.is_some_and(|own| own.cas_required) => Err(KvError::CasRequired),
        None => Ok(()),
    }
}

/// The same of what is known about a secret.
///
/// # Errors
/// When it is another one, no number, or required and not there.
pub(super) fn check_metadata(
    fields: &Fields,
    current: u64,
    (mount, secret): (&Settings, Option<&Settings>),
    refused: fn(FieldError) -> KvError,
) -> Result<(), KvError> {
    match fields.given_integer("metadata_cas").map_err(refused)? {
        Some(expected) if u64::try_from(expected) == Ok(current) => Ok(()),
        Some(_) if secret.is_none() => Err(KvError::MetadataCasOfNothing),
        Some(_) => Err(KvError::MetadataCasMismatch),
        None if mount.metadata_cas_required || secret.is_some_and(|own| own.metadata_cas_required) => {
            Err(KvError::MetadataCasRequired)
        }
        None => Ok(()),
    }
}
