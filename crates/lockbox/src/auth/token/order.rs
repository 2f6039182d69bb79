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
    pub(crate) metadata: Metadata,
    pub(crate) path: String,
    pub(crate) role: Option<String>,
    pub(crate) entity_id: String,
    pub(crate) parent: Option<Key>,
    pub(crate) terms: Terms,
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
