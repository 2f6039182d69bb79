use std::time::Duration;

use zeroize::Zeroizing;

use super::{Kind, Metadata, Terms, key::Key};
use crate::auth::Cidr;

/// A token to be made.
#[derive(Debug)]
pub(crate) struct Order {
    /// An id that was chosen by who ordered it.
    pub(crate) id: Option<ChosenId>,
    pub(crate) kind: Kind,
    pub(crate) policies: Vec<String>,
    pub(crate) display_name: String,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) path: String,
    pub(crate) role: Option<String>,
    pub(crate) entity_id: String,
    pub(crate) parent: Option<Key>,
    /// What its time is granted by at first.
    pub(crate) terms: Terms,
    /// What the token itself remembers of them; a role may say more.
    pub(crate) explicit_max: Duration,
    pub(crate) period: Duration,
    pub(crate) uses: i64,
    pub(crate) renewal: Renewal,
    pub(crate) bound_cidrs: Vec<Cidr>,
}

/// Whether a token can be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    Allowed,
    Refused,
}

/// An id that was chosen and not drawn.
pub(crate) struct ChosenId(Zeroizing<String>);

impl ChosenId {
    pub(super) fn into_id(self) -> Zeroizing<String> {
        self.0
    }
}

impl From<String> for ChosenId {
    fn from(id: String) -> Self {
        Self(Zeroizing::new(id))
    }
}

impl std::fmt::Debug for ChosenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl Order {
    /// Whether the token will not end by itself: root's, when nothing is said about its time.
    pub(crate) fn lasts(&self) -> bool {
        let Terms { usual, explicit_max, period, .. } = &self.terms;
        let untimed = [usual, explicit_max, period].into_iter().all(Duration::is_zero);
        untimed && self.policies.iter().any(|name| name == "root")
    }

    /// The policies as a token has them: lower case, in order, each once, with `default` unless it is refused.
    pub(crate) fn policies(named: &[String], with: DefaultPolicy) -> Vec<String> {
        let mut policies: Vec<String> = named.iter().map(|name| name.trim().to_lowercase()).collect();
        policies.retain(|name| !name.is_empty());
        if policies.iter().any(|name| name == "root") {
            return vec!["root".to_owned()];
        }
        if with == DefaultPolicy::Given {
            policies.push("default".to_owned());
        }
        policies.sort_unstable();
        policies.dedup();
        policies
    }
}

/// Whether a token gets the policy `default` on top of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefaultPolicy {
    Given,
    Refused,
}
