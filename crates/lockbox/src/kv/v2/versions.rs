use std::collections::BTreeMap;

use super::{path::SecretPath, secret::Version, secrets::Secrets};
use crate::{
    exchange::{Answer, Request},
    kv::KvError,
    storage::Batch,
};

pub(super) async fn delete(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersions)?;
    let _turn = secrets.shelf.turn(&path.normal).await;
    let Some(mut kept) = secrets.kept(&secrets.shelf.view()?, path)? else { return Ok(Answer::empty()) };
    named(&mut kept.secret.versions, &numbers).for_each(|(_, version)| version.delete(request.now));
    let mut batch = Batch::default();
    secrets.keep(path, &kept, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    Ok(Answer::empty())
}

/// What comes back lives as long from now on as a new version would.
pub(super) async fn undelete(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersions)?;
    let _turn = secrets.shelf.turn(&path.normal).await;
    let view = secrets.shelf.view()?;
    let mount = secrets.settings(&view)?;
    let Some(mut kept) = secrets.kept(&view, path)? else { return Ok(Answer::empty()) };
    let deletion = kept.secret.settings.life(&mount).map(|life| request.now.plus(life));
    for (_, version) in named(&mut kept.secret.versions, &numbers) {
        if !version.destroyed {
            version.deletion = deletion;
        }
    }
    let mut batch = Batch::default();
    secrets.keep(path, &kept, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    Ok(Answer::empty())
}

pub(super) async fn destroy(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let numbers = numbers(request)?.ok_or(KvError::NoVersionsToDestroy)?;
    let _turn = secrets.shelf.turn(&path.normal).await;
    let Some(mut kept) = secrets.kept(&secrets.shelf.view()?, path)? else { return Ok(Answer::empty()) };
    let mut batch = Batch::default();
    for (number, version) in named(&mut kept.secret.versions, &numbers) {
        version.destroyed = true;
        secrets.forget_value(&path.normal, number, &mut batch);
    }
    let newest = kept.secret.versions.get(&kept.secret.current);
    if newest.is_some_and(|version| version.destroyed) {
        kept.drop_value();
    }
    secrets.keep(path, &kept, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    Ok(Answer::empty())
}

fn numbers(request: &Request<'_>) -> Result<Option<Vec<i64>>, KvError> {
    let numbers = request.fields.integers("versions").map_err(KvError::Query)?;
    Ok(numbers.filter(|numbers| !numbers.is_empty()))
}

/// Versions that are not there are passed over, as OpenBao does.
fn named<'a>(
    versions: &'a mut BTreeMap<u64, Version>,
    numbers: &[i64],
) -> impl Iterator<Item = (u64, &'a mut Version)> {
    versions
        .iter_mut()
        .map(|(number, version)| (*number, version))
        .filter(|(number, _)| numbers.iter().any(|wanted| u64::try_from(*wanted) == Ok(*number)))
}
