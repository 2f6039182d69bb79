//! `extends`, then `!reference`: the order is GitLab's, and either one alone would give wrong answers.

mod extends;

mod reference;

#[cfg(test)]
mod tests;

pub(crate) use extends::extend;
pub(crate) use reference::resolve;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use crate::answer::Reason;

/// The top-level keys that need a name which only an include could define that nobody could read, and why.
#[derive(Debug, Default)]
pub(crate) struct Incomplete(pub(crate) BTreeMap<Arc<str>, Reason>);
