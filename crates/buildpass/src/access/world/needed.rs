use std::collections::{BTreeMap, BTreeSet};

use super::gather::each;
use crate::access::{Declaration, Error, FullPath, Owner, ProjectRef, TokenName, gitlab::Gitlab};

/// The projects of every fine-grained token, by GitLab's numbers; each is asked for once.
pub(super) async fn needed(
    declaration: &Declaration,
    gitlab: &Gitlab,
) -> Result<BTreeMap<TokenName, BTreeMap<u64, FullPath>>, Error> {
    let is_fine_grained = |owner: &Owner| matches!(owner, Owner::User(_));
    let tokens: Vec<_> = declaration
        .tokens()
        .iter()
        .filter(|token| is_fine_grained(&token.owner))
        .map(|token| (&token.name, declaration.needed_of(token)))
        .collect();
    if tokens.is_empty() {
        return Ok(BTreeMap::new());
    }
    gitlab.knows_fine_grained_tokens().await?;
    let paths: BTreeSet<&FullPath> = tokens.iter().flat_map(|(_, paths)| paths.iter().copied()).collect();
    let numbers = each(paths, async |path: &FullPath| {
        let found = gitlab.project(&ProjectRef::Path(path.clone())).await?;
        let found = found.ok_or_else(|| {
            Error::Blocked(format!(
                "{path}, which the build reads, is not there, or not for the user whom GitLab is asked as"
            ))
        })?;
        Ok((path, found.id))
    })
    .await?;
    let numbers: BTreeMap<&FullPath, u64> = numbers.into_iter().collect();
    let of_each = tokens.into_iter().map(|(name, paths)| {
        let numbered = paths.into_iter().filter_map(|path| Some((*numbers.get(path)?, path.clone())));
        (name.clone(), numbered.collect())
    });
    Ok(of_each.collect())
}
