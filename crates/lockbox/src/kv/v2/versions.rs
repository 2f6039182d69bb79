use super::{secret::Version, secrets::Store};
use crate::{
    exchange::{Answer, Request},
    kv::KvError,
};

pub(super) fn delete(store: &mut Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersions)?;
    each(store, path, &numbers, |version| version.delete(request.now));
    Ok(Answer::empty())
}

pub(super) fn undelete(store: &mut Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersions)?;
    each(store, path, &numbers, |version| {
        if version.json.is_some() {
            version.deletion = None;
        }
    });
    Ok(Answer::empty())
}

pub(super) fn destroy(store: &mut Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersionsToDestroy)?;
    each(store, path, &numbers, |version| version.json = None);
    Ok(Answer::empty())
}

fn numbers(request: &Request<'_>) -> Result<Option<Vec<i64>>, KvError> {
    Ok(request.fields.integers("versions")?.filter(|numbers| !numbers.is_empty()))
}

/// Versions that are not there are passed over, as Vault does.
fn each(store: &mut Store, path: &str, numbers: &[i64], change: impl Fn(&mut Version)) {
    let Some(secret) = store.secrets.get_mut(path) else {
        return;
    };
    for number in numbers {
        if let Some(version) = u64::try_from(*number).ok().and_then(|number| secret.versions.get_mut(&number))
        {
            change(version);
        }
    }
}
