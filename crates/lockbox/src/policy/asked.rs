use std::time::Duration;

use super::{Acl, Verdict, key_filter::KeyFilter, page::Page};
use crate::exchange::{Fields, Operation};

/// What somebody wants to do, as policies see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) operation: Operation,
    pub(crate) path: &'a str,
    pub(crate) fields: &'a Fields,
    /// How long the answer shall stay wrapped, if it shall be wrapped at all.
    pub(crate) wrap: Option<Duration>,
    pub(crate) danger: Danger,
}

/// Whether a path is one on which a policy must say `sudo` as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Danger {
    Ordinary,
    Dangerous,
}

/// What policies say to it.
#[derive(Debug)]
pub(crate) enum Permission<'a> {
    Granted(Grant<'a>),
    Refused,
}

/// A permission, and what comes with it.
#[derive(Debug)]
pub(crate) struct Grant<'a> {
    /// The policies that grant it.
    #[cfg_attr(not(test), expect(dead_code, reason = "the audit log will name them"))]
    pub(crate) by: Vec<&'a str>,
    /// How long a list may be.
    pub(crate) page: Page,
    pub(super) filter: Option<&'a KeyFilter>,
}

impl Grant<'_> {
    /// Whether every name of a list may be shown.
    pub(crate) fn shows_all(&self) -> bool {
        self.filter.is_none()
    }

    /// Whether a name in the list of a path may be shown: if it could be read, or listed, itself.
    pub(crate) fn shows(&self, acl: &Acl, listed: &str, name: &str) -> Verdict {
        let Some(filter) = self.filter else { return Verdict::Allow };
        let (path, fields) = (filter.path(listed, name), Fields::default());
        let operation = if name.ends_with('/') { Operation::List } else { Operation::Read };
        let asked = Asked { operation, path: &path, fields: &fields, wrap: None, danger: Danger::Ordinary };
        match acl.permits(&asked) {
            Permission::Granted(_) => Verdict::Allow,
            Permission::Refused => Verdict::Refuse,
        }
    }
}
