use crate::access::{Matching, RefPattern, Refs, Role, gitlab::Project};

/// Whom a role is to let in, as exact values: numbers and paths of projects, and the refs that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Projects, sorted by number.
    pub projects: Vec<Project>,
    /// Branches, sorted; none where every protected ref is let in.
    pub branches: Vec<String>,
    /// Tags, sorted.
    pub tags: Vec<String>,
}

/// Which lists of a project's refs a role's patterns need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RefKind {
    Branches,
    Tags,
}

impl Admitted {
    /// The same of projects whose protected branches and tags are all known to be these.
    pub(in crate::access) fn among(
        role: &Role,
        projects: Vec<Project>,
        (branches, tags): (Vec<String>, Vec<String>),
    ) -> Self {
        Self::of(role, projects, |_, kind| match kind {
            RefKind::Branches => branches.clone(),
            RefKind::Tags => tags.clone(),
        })
    }

    /// What a role says by itself, and what its patterns find among `there`.
    pub(super) fn of(
        role: &Role,
        projects: Vec<Project>,
        there: impl Fn(u64, RefKind) -> Vec<String>,
    ) -> Self {
        let Refs::Named { branches, tags } = &role.refs else {
            return Self { projects, branches: Vec::new(), tags: Vec::new() };
        };
        let found = |patterns: &[RefPattern], kind: RefKind| {
            let mut names = Vec::new();
            for pattern in patterns {
                if pattern.is_exact() || role.matching == Matching::Glob {
                    names.push(pattern.as_str().to_owned());
                } else {
                    let all = projects.iter().flat_map(|project| there(project.id, kind));
                    names.extend(all.filter(|name| pattern.matches(name)));
                }
            }
            names.sort();
            names.dedup();
            names
        };
        let (branches, tags) = (found(branches, RefKind::Branches), found(tags, RefKind::Tags));
        Self { projects, branches, tags }
    }
}

/// The lists that a role needs.
pub(super) fn lists_of(role: &Role) -> Vec<RefKind> {
    let Refs::Named { branches, tags } = &role.refs else { return Vec::new() };
    let expands = |patterns: &[RefPattern]| {
        role.matching == Matching::Exact && patterns.iter().any(|pattern| !pattern.is_exact())
    };
    let both = [(RefKind::Branches, expands(branches)), (RefKind::Tags, expands(tags))];
    both.into_iter().filter(|(_, needed)| *needed).map(|(kind, _)| kind).collect()
}
