use crate::{
    api::failure::Failure,
    auth::token::{DefaultPolicy, Kind, Order, Session, TokenError, TokenRole, contains, contains_glob},
    exchange::Fields,
    policy::Verdict,
};

/// The policies of a new token: what is asked for, as far as its maker or the role may give it.
///
/// # Errors
/// When it is more than that.
pub(super) fn choose(
    fields: &Fields,
    creator: &Session,
    role: Option<&TokenRole>,
    privilege: Verdict,
) -> Result<Vec<String>, Failure> {
    let asked = fields.whole_texts("policies")?.unwrap_or_default();
    let with = match fields.flag("no_default_policy")? {
        Some(true) => DefaultPolicy::Refused,
        Some(false) | None => DefaultPolicy::Given,
    };
    let own = &creator.token.policies;
    let mut policies = match role.filter(|role| role.chooses_policies()) {
        Some(role) => by_role(&asked, own, role, with)?,
        // A child that asks for nothing is as its parent is.
        None if asked.is_empty() => own.to_vec(),
        None if privilege == Verdict::Refuse => {
            let asked = Order::policies(&asked, DefaultPolicy::Refused);
            if !asked.iter().all(|name| own.contains(name)) {
                return Err(TokenError::MorePolicies.into());
            }
            let with = if contains(own, "default") { with } else { DefaultPolicy::Refused };
            Order::policies(&asked, with)
        }
        None => Order::policies(&asked, with),
    };
    if with == DefaultPolicy::Refused {
        policies.retain(|name| name != "default");
    }
    match policies.iter().find(|name| *name == "response-wrapping") {
        Some(reserved) => Err(TokenError::NotAssignable(reserved.clone()).into()),
        None => Ok(policies),
    }
}

/// # Errors
/// When root is made by somebody who is not root, or could not be ended.
pub(super) fn check_root(policies: &[String], creator: &Session, kind: Kind) -> Result<(), TokenError> {
    let is_root = |policies: &[String]| policies.iter().any(|name| name == "root");
    match (is_root(policies), is_root(&creator.token.policies), kind) {
        (true, false, _) => Err(TokenError::RootByOthers),
        (true, true, Kind::Batch) => Err(TokenError::BatchRoot),
        (true, true, Kind::Service) | (false, ..) => Ok(()),
    }
}

fn by_role(
    asked: &[String],
    own: &[String],
    role: &TokenRole,
    with: DefaultPolicy,
) -> Result<Vec<String>, TokenError> {
    let with =
        if role.no_default_policy || role.disallows("default") { DefaultPolicy::Refused } else { with };
    let allowed = Order::policies(&role.allowed_policies, with);
    let policies = match (asked.is_empty(), role.allows_any()) {
        (true, true) => Order::policies(own, with),
        (true, false) => allowed,
        (false, true) => Order::policies(asked, with),
        (false, false) => {
            let asked = Order::policies(asked, with);
            let globs = &role.allowed_policies_glob;
            if !asked.iter().all(|name| contains(&allowed, name) || contains_glob(globs, name)) {
                let (asked, allowed, globs) = (quoted(&asked), quoted(&allowed), quoted(globs));
                return Err(TokenError::NotAllowedByRole { asked, allowed, globs });
            }
            asked
        }
    };
    match policies.iter().find(|name| role.disallows(name)) {
        Some(disallowed) => Err(TokenError::DisallowedByRole(disallowed.clone())),
        None => Ok(policies),
    }
}

/// `["a" "b"]`, as Go prints a list of texts.
fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    format!("[{}]", names.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_role_gives_what_it_allows_and_nothing_that_it_does_not() {
        let role = TokenRole {
            allowed_policies: texts(&["a", "b"]),
            allowed_policies_glob: texts(&["team-*"]),
            disallowed_policies: texts(&["team-x"]),
            ..TokenRole::new()
        };
        let own = texts(&["root"]);
        let chosen = |asked: &[&str]| by_role(&texts(asked), &own, &role, DefaultPolicy::Given);
        assert_eq!(chosen(&[]).unwrap(), ["a", "b", "default"]);
        assert_eq!(chosen(&["A", "team-y"]).unwrap(), ["a", "default", "team-y"]);
        assert_eq!(
            chosen(&["c"]).unwrap_err().to_string(),
            "token policies ([\"c\" \"default\"]) must be subset of the role's allowed policies ([\"a\" \"b\" \"default\"]) \
             or glob policies ([\"team-*\"])"
        );
        assert_eq!(
            chosen(&["team-x"]).unwrap_err().to_string(),
            "token policy \"team-x\" is disallowed by this role"
        );
    }

    #[test]
    fn a_role_that_only_disallows_leaves_the_rest_open() {
        let role = TokenRole { disallowed_policies: texts(&["default"]), ..TokenRole::new() };
        assert_eq!(by_role(&texts(&["x"]), &texts(&["own"]), &role, DefaultPolicy::Given).unwrap(), ["x"]);
        assert_eq!(by_role(&[], &texts(&["own"]), &role, DefaultPolicy::Given).unwrap(), ["own"]);
        assert!(by_role(&texts(&["default"]), &texts(&["own"]), &role, DefaultPolicy::Given).is_err());
    }
}
