use std::collections::HashMap;

use super::access::{AccessLevel, Visibility};
use super::namespace::{Group, Project};
use super::path::PathSegment;
use super::people::Membership;
use super::protected::{Protection, RefKind};
use super::settings::Settings;
use super::token::AccessToken;
use super::user::User;

/// Groups, projects, users and access tokens.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    groups: Vec<Group>,
    projects: Vec<Project>,
    pub(crate) settings: Settings,
    pub(super) users: Vec<User>,
    pub(super) last_user_id: u64,
    pub(super) memberships: Vec<Membership>,
    pub(super) tokens: Vec<AccessToken>,
    pub(super) last_token_id: u64,
    pub(super) token_ids: HashMap<Vec<u8>, u64>,
    pub(super) protections: Vec<Protection>,
    pub(super) last_protection_id: u64,
}

/// Another group or project has that path already.
#[derive(Debug, thiserror::Error)]
#[error("has already been taken")]
pub(crate) struct PathTaken;

impl Registry {
    pub(crate) fn add_group(
        &mut self,
        name: String,
        path: &PathSegment,
        parent: Option<&Group>,
    ) -> Result<Group, PathTaken> {
        let full_path = self.free_path(path, parent)?;
        let group = Group {
            id: next_id(&self.groups),
            name,
            path: path.as_str().to_owned(),
            full_path,
            parent_id: parent.map(|parent| parent.id),
        };
        self.groups.push(group.clone());
        Ok(group)
    }

    /// A new project, whose default branch is protected as GitLab's is.
    pub(crate) fn add_project(
        &mut self,
        name: String,
        path: &PathSegment,
        namespace: &Group,
        visibility: Visibility,
    ) -> Result<Project, PathTaken> {
        let full_path = self.free_path(path, Some(namespace))?;
        let project = Project {
            id: next_id(&self.projects),
            name,
            path: path.as_str().to_owned(),
            full_path,
            namespace_id: namespace.id,
            visibility,
            build_timeout: Project::BUILD_TIMEOUT,
        };
        self.projects.push(project.clone());
        let level = Some(AccessLevel::Maintainer);
        self.protect(project.id, RefKind::Branch, Project::DEFAULT_BRANCH, level);
        Ok(project)
    }

    pub(crate) fn group(&self, id: u64) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub(crate) fn group_at(&self, full_path: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.full_path.eq_ignore_ascii_case(full_path))
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    pub(crate) fn project(&self, id: u64) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// The project at a path, in whatever case it is written, as GitLab looks it up.
    pub(crate) fn project_at(&self, full_path: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.full_path.eq_ignore_ascii_case(full_path))
    }

    pub(crate) fn project_mut(&mut self, id: u64) -> Option<&mut Project> {
        self.projects.iter_mut().find(|project| project.id == id)
    }

    pub(crate) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.iter()
    }

    fn free_path(&self, path: &PathSegment, parent: Option<&Group>) -> Result<String, PathTaken> {
        let full_path = match parent {
            Some(parent) => format!("{}/{}", parent.full_path, path.as_str()),
            None => path.as_str().to_owned(),
        };
        if self.group_at(&full_path).is_some() || self.project_at(&full_path).is_some() {
            return Err(PathTaken);
        }
        Ok(full_path)
    }
}

fn next_id<T>(of: &[T]) -> u64 {
    u64::try_from(of.len()).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Source, UserKind};

    fn segment(text: &str) -> PathSegment {
        PathSegment::try_from(text.to_owned()).unwrap()
    }

    fn two_groups() -> (Registry, Group, Group) {
        let mut registry = Registry::default();
        let above = registry.add_group("GitLab".into(), &segment("gitlab-org"), None).unwrap();
        let below = registry.add_group("Security".into(), &segment("security"), Some(&above)).unwrap();
        (registry, above, below)
    }

    fn developer(registry: &mut Registry, source: Source) -> u64 {
        let user = registry.add_user(UserKind::Person, "D".into(), |id| format!("user{id}"));
        let level = AccessLevel::Developer;
        registry.set_member(Membership { source, user_id: user.id, level });
        user.id
    }

    #[test]
    fn a_member_of_a_group_is_a_member_of_its_subgroups_and_not_the_reverse() {
        let (mut registry, above, below) = two_groups();
        assert_eq!(below.full_path, "gitlab-org/security");
        let of_above = developer(&mut registry, Source::Group(above.id));
        let of_below = developer(&mut registry, Source::Group(below.id));
        let level = |user, group: &Group| registry.level(user, Source::Group(group.id));
        assert_eq!(level(of_above, &below), Some(AccessLevel::Developer));
        assert_eq!(level(of_below, &above), None);
        assert!(registry.sees_group(of_below, above.id));
    }

    #[test]
    fn a_member_of_a_project_sees_its_groups_and_not_what_stands_beside_it() {
        let (mut registry, above, below) = two_groups();
        let private = Visibility::Private;
        let own = registry.add_project("P".into(), &segment("p"), &below, private).unwrap();
        let beside = registry.add_project("Q".into(), &segment("q"), &below, private).unwrap();
        let user = developer(&mut registry, Source::Project(own.id));
        assert!(registry.sees_group(user, above.id) && registry.sees_group(user, below.id));
        assert_eq!(registry.level(user, Source::Project(beside.id)), None);
        assert_eq!(registry.level(user, Source::Group(below.id)), None);
    }

    #[test]
    fn a_path_is_given_once_whatever_its_case() {
        let (mut registry, above, _) = two_groups();
        let again = registry.add_project("S".into(), &segment("Security"), &above, Visibility::Private);
        assert!(again.is_err());
    }
}
