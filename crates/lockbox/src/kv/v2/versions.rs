use super::{secret::Version, secrets::Secrets};
use crate::{
    exchange::{Answer, Request},
    kv::KvError,
    storage::Batch,
};

pub(super) async fn delete(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersions)?;
    each(secrets, path, &numbers, &mut Batch::default(), |version| version.delete(request.now)).await
}

pub(super) async fn undelete(
    secrets: &Secrets,
    path: &str,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersions)?;
    let restore = |version: &mut Version| {
        if !version.destroyed {
            version.deletion = None;
        }
    };
    each(secrets, path, &numbers, &mut Batch::default(), restore).await
}

pub(super) async fn destroy(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersionsToDestroy)?;
    let mut batch = Batch::default();
    for number in numbers.iter().filter_map(|number| u64::try_from(*number).ok()) {
        secrets.forget_value(path, number, &mut batch);
    }
    each(secrets, path, &numbers, &mut batch, |version| version.destroyed = true).await
}

fn numbers(request: &Request<'_>) -> Result<Option<Vec<i64>>, KvError> {
    Ok(request.fields.integers("versions")?.filter(|numbers| !numbers.is_empty()))
}

/// Versions that are not there are passed over, as Vault does.
async fn each(
    secrets: &Secrets,
    path: &str,
    numbers: &[i64],
    batch: &mut Batch,
    change: impl Fn(&mut Version),
) -> Result<Answer, KvError> {
    let _turn = secrets.shelf.turn(path).await;
    let Some(mut secret) = secrets.secret(path)? else { return Ok(Answer::empty()) };
    for number in numbers {
        if let Some(version) = u64::try_from(*number).ok().and_then(|number| secret.versions.get_mut(&number))
        {
            change(version);
        }
    }
    secrets.keep(path, &secret, batch)?;
    secrets.shelf.commit(std::mem::take(batch)).await?;
    Ok(Answer::empty())
}
