use super::access::AccessLevel;
use super::source::Source;
use super::store::Registry;
use super::user::{User, UserKind};

/// Somebody's place in a group or a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) source: Source,
    pub(crate) user_id: u64,
    pub(crate) level: AccessLevel,
}

impl Registry {
    /// A new user; `username` makes the name of its number.
    pub(crate) fn add_user(
        &mut self,
        kind: UserKind,
        name: String,
        username: impl FnOnce(u64) -> String,
    ) -> User {
        let id = self.last_user_id + 1;
        self.last_user_id = id;
        let user = User { id, username: username(id), name, kind };
        self.users.push(user.clone());
        user
    }

    pub(crate) fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_named(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.iter()
    }

    /// Removes a user with everything that was theirs.
    pub(crate) fn remove_user(&mut self, id: u64) {
        self.users.retain(|user| user.id != id);
        self.memberships.retain(|membership| membership.user_id != id);
        self.tokens.retain(|token| token.user_id != id);
    }

    /// Makes somebody a member at `level`, or changes the level of one who is.
    pub(crate) fn set_member(&mut self, membership: Membership) {
        self.remove_member(membership.source, membership.user_id);
        self.memberships.push(membership);
    }

    pub(crate) fn remove_member(&mut self, source: Source, user_id: u64) {
        self.memberships.retain(|member| member.source != source || member.user_id != user_id);
    }

    /// The members of one group or project, without those from above.
    pub(crate) fn members(&self, source: Source) -> impl Iterator<Item = &Membership> {
        self.memberships.iter().filter(move |membership| membership.source == source)
    }

    /// A group or a project, and all groups above it.
    pub(crate) fn line_of(&self, source: Source) -> Vec<Source> {
        let mut line = vec![source];
        let mut above = match source {
            Source::Group(id) => self.group(id).and_then(|group| group.parent_id),
            Source::Project(id) => self.project(id).map(|project| project.namespace_id),
        };
        while let Some(id) = above {
            line.push(Source::Group(id));
            above = self.group(id).and_then(|group| group.parent_id);
        }
        line
    }

    /// The level of somebody in one group or project itself.
    pub(crate) fn own_level(&self, user_id: u64, source: Source) -> Option<AccessLevel> {
        self.members(source).find(|member| member.user_id == user_id).map(|member| member.level)
    }

    /// The highest level of somebody in a group or project, by itself or from above.
    pub(crate) fn level(&self, user_id: u64, source: Source) -> Option<AccessLevel> {
        if self.user(user_id)?.is_administrator() {
            return Some(AccessLevel::Owner);
        }
        self.member_level(user_id, source)
    }

    /// The same without what an administrator may do anywhere.
    pub(crate) fn member_level(&self, user_id: u64, source: Source) -> Option<AccessLevel> {
        self.line_of(source).into_iter().filter_map(|of| self.own_level(user_id, of)).max()
    }

    /// Whether somebody sees a group: as a member of it, of one above, or of anything in it.
    pub(crate) fn sees_group(&self, user_id: u64, group_id: u64) -> bool {
        let group = Source::Group(group_id);
        let is_inside = |membership: &Membership| {
            membership.user_id == user_id && self.line_of(membership.source).contains(&group)
        };
        self.level(user_id, group).is_some() || self.memberships.iter().any(is_inside)
    }
}
