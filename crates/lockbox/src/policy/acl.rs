use std::{cmp::Ordering, sync::Arc};

use super::{Policies, Policy, capability::Capabilities, document::Rule};
use crate::exchange::Operation;

/// The policies of one token.
#[derive(Debug)]
pub(crate) struct Acl {
    policies: Vec<Arc<Policy>>,
    reach: Reach,
}

/// Whether an operation may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allow,
    Refuse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The token has the policy `root`.
    Everything,
    Rules,
}

impl Acl {
    pub(crate) fn new<'a>(policies: &Policies, names: impl Iterator<Item = &'a str> + Clone) -> Self {
        if names.clone().any(|name| name == "root") {
            return Self { policies: Vec::new(), reach: Reach::Everything };
        }
        Self { policies: policies.of(names), reach: Reach::Rules }
    }

    pub(crate) fn may(&self, operation: Operation, path: &str) -> Verdict {
        let granted = self.granted(path, operation);
        verdict(self.is_root() || (granted.allows(operation) && !granted.has("deny")))
    }

    /// Whether the token may do what is dangerous on this path.
    pub(crate) fn may_sudo(&self, path: &str) -> Verdict {
        let granted = self.granted(path, Operation::Update);
        verdict(self.is_root() || (granted.has("sudo") && !granted.has("deny")))
    }

    pub(crate) fn is_root(&self) -> bool {
        self.reach == Reach::Everything
    }

    /// What may be done on a path, by name.
    pub(crate) fn names(&self, path: &str) -> Vec<&'static str> {
        if self.is_root() {
            return vec!["root"];
        }
        self.granted(path, Operation::List).names()
    }

    /// Whether a rule is about anything under a mount.
    pub(crate) fn reaches_into(&self, mount: &str) -> Verdict {
        let reaches = |rule: &Rule| rule.capabilities.names() != ["deny"] && rule.pattern.reaches_into(mount);
        verdict(self.is_root() || self.rules().any(reaches))
    }

    /// A list is asked for with a slash at the end, which its rule may leave out.
    fn granted(&self, path: &str, operation: Operation) -> Capabilities {
        let bare = path.strip_suffix('/').filter(|_| operation == Operation::List);
        let exact = |path| self.best(path, Rule::is_exact);
        let open = |path| self.best(path, |rule| !rule.is_exact());
        exact(path)
            .or_else(|| bare.and_then(exact))
            .or_else(|| bare.and_then(open))
            .or_else(|| open(path))
            .unwrap_or_default()
    }

    /// What the most specific of these rules grants; the same path in several policies is put together.
    fn best(&self, path: &str, among: impl Fn(&Rule) -> bool) -> Option<Capabilities> {
        let mut best: Option<(&Rule, Capabilities)> = None;
        for rule in self.rules().filter(|rule| among(rule) && rule.pattern.matches(path)) {
            best = match best {
                None => Some((rule, rule.capabilities)),
                Some((top, granted)) => match rule.pattern.compare(&top.pattern) {
                    Ordering::Greater => Some((rule, rule.capabilities)),
                    Ordering::Equal => Some((top, granted.and(rule.capabilities))),
                    Ordering::Less => Some((top, granted)),
                },
            };
        }
        best.map(|(_, granted)| granted)
    }

    fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.policies.iter().flat_map(|policy| &policy.rules)
    }
}

impl Rule {
    fn is_exact(&self) -> bool {
        self.pattern.is_exact()
    }
}

fn verdict(allowed: bool) -> Verdict {
    if allowed { Verdict::Allow } else { Verdict::Refuse }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Moment, storage::Store};

    async fn built_in() -> Policies {
        Policies::load(Arc::new(Store::in_memory().await), Moment::at_second(0)).await.unwrap()
    }

    async fn acl(texts: &[&str]) -> Acl {
        let policies = built_in().await;
        for (position, text) in texts.iter().enumerate() {
            policies.write(&position.to_string(), text, Moment::at_second(0)).await.unwrap();
        }
        let names: Vec<String> = (0..texts.len()).map(|position| position.to_string()).collect();
        Acl::new(&policies, names.iter().map(String::as_str))
    }

    #[tokio::test]
    async fn the_most_specific_rule_decides() {
        let acl =
            acl(&["path \"a*\" { capabilities = [\"read\"] }\npath \"a/b\" { capabilities = [\"deny\"] }"])
                .await;
        assert_eq!(acl.names("ab"), ["read"]);
        assert_eq!(acl.names("a/b"), ["deny"]);
        assert_eq!(acl.names("a/b/c"), ["read"]);
        assert_eq!(acl.may(Operation::Read, "a/b"), Verdict::Refuse);
    }

    #[tokio::test]
    async fn policies_are_put_together_and_deny_beats_them() {
        let read = "path \"a\" { capabilities = [\"read\"] }";
        let list = "path \"a\" { capabilities = [\"list\"] }";
        let deny = "path \"a\" { capabilities = [\"deny\"] }";
        assert_eq!(acl(&[read, list]).await.names("a"), ["list", "read"]);
        assert_eq!(acl(&[read, deny]).await.names("a"), ["deny"]);
    }

    #[tokio::test]
    async fn a_list_is_allowed_with_and_without_its_slash() {
        let bare = acl(&["path \"a\" { capabilities = [\"list\"] }"]).await;
        assert_eq!(bare.may(Operation::List, "a/"), Verdict::Allow);
        let slash = acl(&["path \"a/\" { capabilities = [\"list\"] }"]).await;
        assert_eq!(slash.may(Operation::List, "a/"), Verdict::Allow);
        assert_eq!(slash.names("a"), ["deny"]);
        let segment = acl(&["path \"a/+\" { capabilities = [\"list\"] }"]).await;
        assert_eq!(segment.may(Operation::List, "a/b/"), Verdict::Allow);
    }

    #[tokio::test]
    async fn nothing_is_allowed_that_no_rule_allows() {
        assert_eq!(acl(&[]).await.may(Operation::Read, "secret/data/x"), Verdict::Refuse);
    }

    #[tokio::test]
    async fn the_default_policy_lets_a_token_manage_itself() {
        let policies = built_in().await;
        let acl = Acl::new(&policies, ["default"].into_iter());
        assert_eq!(acl.may(Operation::Update, "auth/token/revoke-self"), Verdict::Allow);
        assert_eq!(acl.may(Operation::Read, "auth/token/lookup-self"), Verdict::Allow);
        assert_eq!(acl.may(Operation::Update, "auth/token/revoke"), Verdict::Refuse);
    }
}
