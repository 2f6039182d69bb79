use std::{borrow::Cow, cmp::Ordering, sync::Arc};

use super::{
    Asked, Danger, Grant, Page, Permission, Policies, Policy, PolicyError, capability::Capabilities,
    conditions::Conditions, document, draft::Draft, pattern::Pattern, rule::Rule,
};
use crate::{clock::Moment, exchange::Operation};

/// The policies of one token.
#[derive(Debug)]
pub(crate) struct Acl {
    policies: Vec<Arc<Policy>>,
    reach: Reach,
    /// Who bears the token; empty when that is not known.
    entity: String,
    /// What has ended by then does not count.
    now: Moment,
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
        let (entity, now) = (String::new(), Moment::at_second(0));
        if names.clone().any(|name| name == "root") {
            return Self { policies: Vec::new(), reach: Reach::Everything, entity, now };
        }
        Self { policies: policies.of(names), reach: Reach::Rules, entity, now }
    }

    /// Of policies that no store has.
    ///
    /// # Errors
    /// When a text is no policy.
    pub(super) fn of_texts(texts: &[&str], now: Moment) -> Result<Self, PolicyError> {
        let policy = |text: &&str| {
            let rules = document::parse(text, now)?;
            let (name, written) = (String::new(), Draft::of(text));
            Ok(Arc::new(Policy { name, written, version: 0, modified: None, rules }))
        };
        let policies = texts.iter().map(policy).collect::<Result<_, PolicyError>>()?;
        Ok(Self { policies, reach: Reach::Rules, entity: String::new(), now })
    }

    /// The same at this time.
    pub(crate) fn at(mut self, now: Moment) -> Self {
        self.policies.retain(|policy| policy.counts_at(now));
        Self { now, ..self }
    }

    /// The same for the bearer of this entity.
    pub(crate) fn borne_by(self, entity: &str) -> Self {
        Self { entity: entity.to_owned(), ..self }
    }

    /// Whether a request is allowed with everything that policies can ask of it, and what comes with that.
    pub(crate) fn permits(&self, asked: &Asked<'_>) -> Permission<'_> {
        if self.is_root() {
            let page = Page::of(asked.fields, None, false).unwrap_or(Page::AsAsked);
            return Permission::Granted(Grant { by: vec!["root"], page, filter: None });
        }
        let deciding = self.deciding(asked.path, asked.operation);
        let granted = capabilities(&deciding);
        let dangerous = asked.danger == Danger::Dangerous && !granted.has("sudo");
        if granted.has("deny") || dangerous || !granted.allows(asked.operation) {
            return Permission::Refused;
        }
        let rules: Vec<&Rule> = deciding.iter().map(|(_, rule)| *rule).collect();
        let Some(page) = Conditions::met(&rules, asked) else { return Permission::Refused };
        let by = deciding.iter().filter(|(_, rule)| rule.capabilities.allows(asked.operation));
        Permission::Granted(Grant {
            by: by.map(|(policy, _)| *policy).collect(),
            page,
            filter: Conditions::key_filter(&rules),
        })
    }

    /// Whether the operation is allowed on the path, whatever else policies ask of a request.
    #[cfg_attr(not(test), expect(dead_code, reason = "for who has no request at hand"))]
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
        let reaches = |(_, rule): (&str, &Rule)| {
            let pattern = rule.pattern(&self.entity);
            rule.capabilities.names() != ["deny"]
                && pattern.is_some_and(|pattern| pattern.reaches_into(mount))
        };
        verdict(self.is_root() || self.rules().any(reaches))
    }

    fn granted(&self, path: &str, operation: Operation) -> Capabilities {
        capabilities(&self.deciding(path, operation))
    }

    /// The rules that decide about a path: those of the most specific pattern, in the order of their policies. A list is asked
    /// for with a slash at the end; a rule that leaves it out decides where no rule of its kind has it.
    fn deciding(&self, path: &str, operation: Operation) -> Vec<(&str, &Rule)> {
        let path = path.trim_start_matches('/');
        let lists = matches!(operation, Operation::List | Operation::Scan);
        let bare = path.strip_suffix('/').filter(|_| lists);
        let exact = |path| self.most_specific(path, Pattern::is_exact);
        let open = |path| self.most_specific(path, |pattern| !pattern.is_exact());
        exact(path)
            .or_else(|| bare.and_then(exact))
            .or_else(|| open(path))
            .or_else(|| bare.and_then(open))
            .unwrap_or_default()
    }

    fn most_specific(&self, path: &str, among: impl Fn(&Pattern) -> bool) -> Option<Vec<(&str, &Rule)>> {
        let mut top: Option<Cow<'_, Pattern>> = None;
        let mut deciding = Vec::new();
        for (policy, rule) in self.rules() {
            let Some(pattern) = rule.pattern(&self.entity) else { continue };
            if !among(&pattern) || !pattern.matches(path) {
                continue;
            }
            match top.as_ref().map(|top| pattern.compare(top)) {
                Some(Ordering::Less) => continue,
                Some(Ordering::Equal) => {}
                Some(Ordering::Greater) | None => {
                    deciding.clear();
                    top = Some(pattern);
                }
            }
            deciding.push((policy, rule));
        }
        top.map(|_| deciding)
    }

    fn rules(&self) -> impl Iterator<Item = (&str, &Rule)> {
        let all = self
            .policies
            .iter()
            .flat_map(|policy| policy.rules.iter().map(|rule| (policy.name.as_str(), rule)));
        all.filter(|(_, rule)| rule.ends.is_none_or(|ends| self.now <= ends))
    }
}

/// What these rules grant together.
fn capabilities(deciding: &[(&str, &Rule)]) -> Capabilities {
    deciding.iter().fold(Capabilities::default(), |all, (_, rule)| all.and(rule.capabilities))
}

fn verdict(allowed: bool) -> Verdict {
    if allowed { Verdict::Allow } else { Verdict::Refuse }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        exchange::Fields,
        policy::{Draft, testing},
    };

    fn acl(texts: &[&str]) -> Acl {
        let policies = testing::built_in();
        for (position, text) in texts.iter().enumerate() {
            testing::write(&policies, &position.to_string(), Draft::of(text)).unwrap();
        }
        let names: Vec<String> = (0..texts.len()).map(|position| position.to_string()).collect();
        Acl::new(&policies, names.iter().map(String::as_str))
    }

    #[test]
    fn the_most_specific_rule_decides() {
        let acl =
            acl(&["path \"a*\" { capabilities = [\"read\"] }\npath \"a/b\" { capabilities = [\"deny\"] }"]);
        assert_eq!(acl.names("ab"), ["read"]);
        assert_eq!(acl.names("a/b"), ["deny"]);
        assert_eq!(acl.names("a/b/c"), ["read"]);
        assert_eq!(acl.may(Operation::Read, "a/b"), Verdict::Refuse);
    }

    #[test]
    fn policies_are_put_together_and_deny_beats_them() {
        let read = "path \"a\" { capabilities = [\"read\"] }";
        let list = "path \"a\" { capabilities = [\"list\"] }";
        let deny = "path \"a\" { capabilities = [\"deny\"] }";
        assert_eq!(acl(&[read, list]).names("a"), ["list", "read"]);
        assert_eq!(acl(&[read, deny]).names("a"), ["deny"]);
    }

    #[test]
    fn a_list_is_allowed_with_and_without_its_slash() {
        let bare = acl(&["path \"a\" { capabilities = [\"list\"] }"]);
        assert_eq!(bare.may(Operation::List, "a/"), Verdict::Allow);
        let slash = acl(&["path \"a/\" { capabilities = [\"list\"] }"]);
        assert_eq!(slash.may(Operation::List, "a/"), Verdict::Allow);
        assert_eq!(slash.names("a"), ["deny"]);
        let segment = acl(&["path \"a/+\" { capabilities = [\"list\"] }"]);
        assert_eq!(segment.may(Operation::List, "a/b/"), Verdict::Allow);
    }

    #[test]
    fn a_rule_with_the_slash_of_a_list_comes_before_one_without() {
        for (with, without, decides) in [
            ("*", "k/+", "read"),
            ("k/d/*", "k/+", "read"),
            ("k/+/", "k/+", "read"),
            ("k/d/", "k/d", "read"),
            ("k/d/*", "k/d", "list"),
            ("k/+/", "k/d", "list"),
        ] {
            let rule =
                |path, capability| format!("path \"{path}\" {{ capabilities = [\"{capability}\"] }}\n");
            let text = rule(with, "read") + &rule(without, "list");
            assert_eq!(acl(&[&text]).names("k/d/"), [decides], "{text}");
        }
    }

    #[test]
    fn nothing_is_allowed_that_no_rule_allows() {
        assert_eq!(acl(&[]).may(Operation::Read, "secret/data/x"), Verdict::Refuse);
    }

    #[test]
    fn the_default_policy_lets_a_token_manage_itself() {
        let policies = testing::built_in();
        let acl = Acl::new(&policies, ["default"].into_iter());
        assert_eq!(acl.may(Operation::Update, "auth/token/revoke-self"), Verdict::Allow);
        assert_eq!(acl.may(Operation::Read, "auth/token/lookup-self"), Verdict::Allow);
        assert_eq!(acl.may(Operation::Update, "auth/token/revoke"), Verdict::Refuse);
    }

    fn asked<'a>(operation: Operation, path: &'a str, fields: &'a Fields) -> Asked<'a> {
        Asked { operation, path, fields, wrap: None, danger: Danger::Ordinary }
    }

    #[test]
    fn a_grant_names_the_policies_that_gave_it() {
        let acl = acl(&[
            "path \"a\" { capabilities = [\"read\"] }",
            "path \"a\" { capabilities = [\"list\"] }",
            "path \"a\" { policy = \"read\" }",
        ]);
        let fields = Fields::default();
        let Permission::Granted(grant) = acl.permits(&asked(Operation::Read, "a", &fields)) else {
            panic!("refused")
        };
        assert_eq!(grant.by, ["0", "2"]);
    }

    #[test]
    fn what_is_dangerous_needs_sudo_with_and_without_a_slash() {
        let acl = acl(&[
            "path \"a\" { capabilities = [\"list\", \"sudo\"] } path \"b\" { capabilities = [\"list\"] }",
        ]);
        let fields = Fields::default();
        for (path, granted) in [("a", true), ("a/", true), ("b/", false)] {
            let asked = Asked { danger: Danger::Dangerous, ..asked(Operation::List, path, &fields) };
            assert_eq!(matches!(acl.permits(&asked), Permission::Granted(_)), granted, "{path}");
        }
    }

    #[test]
    fn a_scan_is_no_list() {
        let acl = acl(&["path \"a/+\" { capabilities = [\"scan\"] }"]);
        assert_eq!(acl.names("a/b/"), ["scan"]);
        assert_eq!(acl.may(Operation::Scan, "a/b/"), Verdict::Allow);
        assert_eq!(acl.may(Operation::List, "a/b/"), Verdict::Refuse);
    }

    #[test]
    fn a_templated_path_is_about_the_bearer() {
        let text = "path \"kv/{{identity.entity.id}}/*\" { capabilities = [\"read\"] }";
        assert_eq!(acl(&[text]).names("kv//x"), ["deny"]);
        let acl = acl(&[text]).borne_by("e-1");
        assert_eq!(acl.names("kv/e-1/x"), ["read"]);
        assert_eq!(acl.names("kv/e-2/x"), ["deny"]);
    }

    #[test]
    fn rules_and_policies_end() {
        let policies = testing::built_in();
        let text =
            "path \"a\" { capabilities = [\"read\"] expiration = 100 } path \"b\" { policy = \"read\" }";
        let draft = Draft { ends: Some(Moment::at_second(200)), ..Draft::of(text) };
        testing::write(&policies, "p", draft).unwrap();
        for (second, a, b) in [(100, "read", "list"), (101, "deny", "list"), (201, "deny", "deny")] {
            let acl = Acl::new(&policies, ["p"].into_iter()).at(Moment::at_second(second));
            assert_eq!((acl.names("a")[0], acl.names("b")[0]), (a, b), "{second}");
        }
        assert!(policies.current("p", Moment::at_second(200)).is_some());
        assert!(policies.current("p", Moment::at_second(201)).is_none());
        assert!(policies.read("p").is_none());
    }

    #[test]
    fn a_filtered_list_shows_what_could_be_read() {
        let acl = acl(&[
            "path \"k/d/a\" { capabilities = [\"read\"] } path \"k/d/b\" { capabilities = [\"update\"] }
             path \"k/d/c\" { capabilities = [\"read\"] required_parameters = [\"z\"] }
             path \"k/*\" { capabilities = [\"list\"] list_scan_response_keys_filter_path = \"{{.path}}{{.key}}\" }",
        ]);
        let fields = Fields::default();
        let Permission::Granted(grant) = acl.permits(&asked(Operation::List, "k/d/", &fields)) else {
            panic!("refused")
        };
        let shown = ["a", "b", "c", "d", "e/"].map(|name| grant.shows(&acl, "k/d/", name) == Verdict::Allow);
        assert_eq!(shown, [true, false, false, false, true]);
    }
}
