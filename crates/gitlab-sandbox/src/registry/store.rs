use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};

use super::access::{AccessLevel, Visibility};
use super::namespace::{Group, Project};
use super::path::PathSegment;
use super::token::{AccessToken, Holder, Standing};

/// Groups, projects and access tokens.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    groups: Vec<Group>,
    projects: Vec<Project>,
    tokens: Vec<AccessToken>,
    token_ids: HashMap<Vec<u8>, u64>,
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
        };
        self.projects.push(project.clone());
        Ok(project)
    }

    /// Adds what `describe` makes of the token's new id, under `value`.
    pub(crate) fn add_token(
        &mut self,
        value: &str,
        describe: impl FnOnce(u64) -> AccessToken,
    ) -> AccessToken {
        let token = describe(next_id(&self.tokens));
        self.token_ids.insert(fingerprint(value), token.id);
        self.tokens.push(token.clone());
        token
    }

    pub(crate) fn group(&self, id: u64) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub(crate) fn group_at(&self, full_path: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.full_path.eq_ignore_ascii_case(full_path))
    }

    pub(crate) fn project(&self, id: u64) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// The project at a path, in whatever case it is written, as GitLab looks it up.
    pub(crate) fn project_at(&self, full_path: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.full_path.eq_ignore_ascii_case(full_path))
    }

    pub(crate) fn group_tokens(&self, group_id: u64) -> impl Iterator<Item = &AccessToken> {
        self.tokens.iter().filter(
            move |token| matches!(token.holder, Holder::GroupBot { group_id: of, .. } if of == group_id),
        )
    }

    pub(crate) fn revoke(&mut self, token_id: u64) {
        if let Some(token) = self.tokens.iter_mut().find(|token| token.id == token_id) {
            token.revoked = true;
        }
    }

    /// What `value` is at the time `now`, which is noted as its last use.
    pub(crate) fn use_token(&mut self, value: &str, now: i64) -> Standing {
        let id = self.token_ids.get(&fingerprint(value));
        let Some(token) = id.and_then(|id| self.tokens.iter_mut().find(|token| token.id == *id)) else {
            return Standing::Unknown;
        };
        if token.revoked {
            return Standing::Revoked;
        }
        if token.is_expired(now) {
            return Standing::Expired;
        }
        token.last_used_at = Some(now);
        Standing::Active(token.clone())
    }

    /// The level at which `holder` is a member of a group, by itself or from above.
    pub(crate) fn level_in_group(&self, holder: Holder, group_id: u64) -> Option<AccessLevel> {
        let (of, level) = match holder {
            Holder::Administrator => return Some(AccessLevel::Owner),
            Holder::GroupBot { group_id, level } => (group_id, level),
        };
        let mut next = Some(group_id);
        while let Some(id) = next {
            if id == of {
                return Some(level);
            }
            next = self.group(id).and_then(|group| group.parent_id);
        }
        None
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

fn fingerprint(value: &str) -> Vec<u8> {
    digest(&SHA256, value.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Date, Scope};

    fn segment(text: &str) -> PathSegment {
        PathSegment::try_from(text.to_owned()).unwrap()
    }

    fn two_groups() -> (Registry, Group, Group) {
        let mut registry = Registry::default();
        let above = registry.add_group("GitLab".into(), &segment("gitlab-org"), None).unwrap();
        let below = registry.add_group("Security".into(), &segment("security"), Some(&above)).unwrap();
        (registry, above, below)
    }

    fn bot(group_id: u64) -> Holder {
        Holder::GroupBot { group_id, level: AccessLevel::Developer }
    }

    #[test]
    fn a_member_of_a_group_is_a_member_of_its_subgroups_and_not_the_reverse() {
        let (registry, above, below) = two_groups();
        assert_eq!(below.full_path, "gitlab-org/security");
        assert_eq!(registry.level_in_group(bot(above.id), below.id), Some(AccessLevel::Developer));
        assert_eq!(registry.level_in_group(bot(below.id), above.id), None);
    }

    #[test]
    fn a_path_is_given_once_whatever_its_case() {
        let (mut registry, above, _) = two_groups();
        let again = registry.add_project("S".into(), &segment("Security"), &above, Visibility::Private);
        assert!(again.is_err());
    }

    #[test]
    fn a_token_ends_at_midnight_of_its_day_and_when_it_is_revoked() {
        let (mut registry, above, _) = two_groups();
        let day: Date = "2026-11-24".parse().unwrap();
        let token = registry.add_token("glpat-madeup", |id| AccessToken {
            id,
            name: "build-token".into(),
            description: None,
            scopes: vec![Scope::ReadRepository],
            holder: bot(above.id),
            user_id: 9,
            created_at: 0,
            expires_at: Some(day),
            last_used_at: None,
            revoked: false,
        });
        let midnight = day.start_in_unix_seconds();
        assert!(matches!(registry.use_token("glpat-madeup", midnight - 1), Standing::Active(_)));
        assert!(matches!(registry.use_token("glpat-madeup", midnight), Standing::Expired));
        assert!(matches!(registry.use_token("glpat-other", 0), Standing::Unknown));
        registry.revoke(token.id);
        assert!(matches!(registry.use_token("glpat-madeup", 0), Standing::Revoked));
    }
}
