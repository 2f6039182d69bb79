use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use super::gather::each;
use crate::access::{Declaration, Error, FullPath, Owner, TokenName, gitlab::Gitlab};

/// How many projects a token reaches, beside those that the build reads with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Breadth {
    /// The projects that it reaches.
    pub reaches: u64,
    /// The repositories of the sources and mirrors that are read with it.
    pub needs: u64,
}

impl fmt::Display for Breadth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let projects = if self.reaches == 1 { "project" } else { "projects" };
        write!(f, "reaches {} {projects}, the build needs {}", self.reaches, self.needs)
    }
}

/// Of every token of a group whose repositories are known; each group is asked for once.
pub(super) async fn breadths(
    declaration: &Declaration,
    gitlab: &Gitlab,
) -> Result<BTreeMap<TokenName, Breadth>, Error> {
    let tokens = declaration.tokens().iter().filter_map(|token| match &token.owner {
        Owner::Group(group) => Some((&token.name, group, declaration.needed_of(token).len() as u64)),
        Owner::Project(_) | Owner::User => None,
    });
    let tokens: Vec<(&TokenName, &FullPath, u64)> = tokens.filter(|(.., needs)| *needs > 0).collect();
    let groups: BTreeSet<&FullPath> = tokens.iter().map(|(_, group, _)| *group).collect();
    let counted = each(groups, async |group| Ok((group, gitlab.count_projects(group).await?))).await?;
    let counted: BTreeMap<&FullPath, Option<u64>> = counted.into_iter().collect();
    let known = tokens.into_iter().filter_map(|(name, group, needs)| {
        let reaches = counted.get(group).copied().flatten()?;
        Some((name.clone(), Breadth { reaches, needs }))
    });
    Ok(known.collect())
}
