use std::collections::BTreeMap;

use super::gitlab_side::{Projects, fine_grained};
use crate::access::{Declaration, Error, FullPath, ProjectRef, TokenName, gitlab::Gitlab};

/// The projects of every fine-grained token, by GitLab's numbers.
pub(super) async fn needed(
    declaration: &Declaration,
    projects: &Projects,
    gitlab: &Gitlab,
) -> Result<BTreeMap<TokenName, BTreeMap<u64, FullPath>>, Error> {
    let mut of_each = BTreeMap::new();
    for token in fine_grained(declaration) {
        let paths = declaration.needed_of(token);
        if paths.is_empty() {
            let (token, within) = (token.name.to_string(), token.within.to_string());
            return Err(Error::NothingNeeded { token, within });
        }
        let numbered = paths.into_iter().map(|path| {
            let found = projects.find(&ProjectRef::Path(path.clone()));
            let found = found.ok_or_else(|| Error::NeededMissing { repository: path.to_string() })?;
            Ok((found.id, path.clone()))
        });
        of_each.insert(token.name.clone(), numbered.collect::<Result<_, Error>>()?);
    }
    if !of_each.is_empty() {
        gitlab.knows_fine_grained_tokens().await?;
    }
    Ok(of_each)
}
