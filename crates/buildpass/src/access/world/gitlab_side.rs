use std::collections::{BTreeMap, BTreeSet};

use super::{
    Admitted,
    admitted::{RefKind, lists_of},
    gather::each,
};
use crate::access::{
    Declaration, Error, Owner, ProjectRef, RoleName, Token,
    gitlab::{Gitlab, Project, TokenView},
};

/// The living tokens of every owner, one list each; and what was refused of those who are not declared any more.
pub(super) async fn tokens(
    declaration: &Declaration,
    others: &BTreeSet<Owner>,
    gitlab: &Gitlab,
) -> Result<(BTreeMap<Owner, Vec<TokenView>>, Vec<String>), Error> {
    let minted = declaration.minted().iter().map(|role| &role.owner);
    let declared: BTreeSet<&Owner> =
        declaration.tokens().iter().map(|token| &token.owner).chain(minted).collect();
    let owners: BTreeSet<&Owner> = declared.iter().copied().chain(others).collect();
    let listed = each(owners, async |owner| match gitlab.tokens(owner).await {
        Err(error @ Error::GitlabRefused { status: 401 | 403 | 404, .. }) if !declared.contains(owner) => {
            Ok((owner, Err(error.to_string())))
        }
        listed => Ok((owner, Ok(listed?))),
    })
    .await?;
    let (mut tokens, mut unseen) = (BTreeMap::new(), Vec::new());
    for (owner, listed) in listed {
        match listed {
            Ok(listed) => drop(tokens.insert(owner.clone(), listed)),
            Err(why) => {
                unseen.push(format!("a token of the {owner} that is not declared any more may live: {why}"))
            }
        }
    }
    Ok((tokens, unseen))
}

/// Every project that is declared or needed, as GitLab knows it; each is asked for once.
pub(super) async fn projects(declaration: &Declaration, gitlab: &Gitlab) -> Result<Projects, Error> {
    let of_roles = declaration.roles().iter().flat_map(|role| &role.projects).cloned();
    let needed = fine_grained(declaration).flat_map(|token| declaration.needed_of(token));
    let wanted: BTreeSet<ProjectRef> = of_roles.chain(needed.cloned().map(ProjectRef::Path)).collect();
    let known = each(wanted, async |project: ProjectRef| {
        let found = gitlab.project(&project).await?;
        Ok((project, found))
    });
    Ok(Projects(known.await?.into_iter().collect()))
}

/// Projects as GitLab knows them, by what is declared of them.
pub(super) struct Projects(BTreeMap<ProjectRef, Option<Project>>);

impl Projects {
    pub(super) fn find(&self, project: &ProjectRef) -> Option<&Project> {
        self.0.get(project)?.as_ref()
    }
}

/// The tokens that are for the needed projects alone.
pub(super) fn fine_grained(declaration: &Declaration) -> impl Iterator<Item = &Token> {
    declaration.tokens().iter().filter(|token| token.owner == Owner::User)
}

/// Whom every role is to let in.
pub(super) async fn admitted(
    declaration: &Declaration,
    known: &Projects,
    gitlab: &Gitlab,
) -> Result<BTreeMap<RoleName, Admitted>, Error> {
    let mut of_roles: BTreeMap<&RoleName, Vec<Project>> = BTreeMap::new();
    let mut lists: BTreeSet<(u64, RefKind)> = BTreeSet::new();
    for role in declaration.roles() {
        let mut projects = Vec::new();
        for project in &role.projects {
            let found = known.find(project).cloned();
            projects.push(found.ok_or_else(|| missing(declaration, &role.name, project))?);
        }
        projects.sort_by_key(|project| project.id);
        projects.dedup();
        let kinds = lists_of(role);
        lists.extend(projects.iter().flat_map(|project| kinds.iter().map(|kind| (project.id, *kind))));
        of_roles.insert(&role.name, projects);
    }
    let listed = each(lists, async |(id, kind)| {
        let names = match kind {
            RefKind::Branches => gitlab.protected_branches(id).await?,
            RefKind::Tags => gitlab.protected_tags(id).await?,
        };
        Ok(((id, kind), names))
    })
    .await?;
    let there: BTreeMap<(u64, RefKind), Vec<String>> = listed.into_iter().collect();
    let names = |id, kind| there.get(&(id, kind)).cloned().unwrap_or_default();
    let admitted = declaration.roles().iter().map(|role| {
        let projects = of_roles.get(&role.name).cloned().unwrap_or_default();
        (role.name.clone(), Admitted::of(role, projects, names))
    });
    Ok(admitted.collect())
}

fn missing(declaration: &Declaration, role: &RoleName, project: &ProjectRef) -> Error {
    let grant = declaration.grants().iter().find(|grant| grant.role == *role);
    Error::NoProject {
        secret: grant.map(|grant| grant.secret.clone()).unwrap_or_default(),
        project: project.to_string(),
    }
}
