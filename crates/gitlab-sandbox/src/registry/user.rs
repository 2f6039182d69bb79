use super::source::Source;

/// Somebody who acts: a person, or the bot of an access token.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) kind: UserKind,
}

/// What sort of user one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserKind {
    /// May do everything.
    Administrator,
    /// A person, who may do what their memberships let them.
    Person,
    /// Made for the access tokens of one group or project.
    Bot {
        /// That group or project.
        of: Source,
    },
}

impl User {
    pub(crate) fn is_administrator(&self) -> bool {
        self.kind == UserKind::Administrator
    }

    pub(crate) fn is_bot(&self) -> bool {
        matches!(self.kind, UserKind::Bot { .. })
    }

    pub(crate) fn is_bot_of(&self, source: Source) -> bool {
        self.kind == UserKind::Bot { of: source }
    }
}
