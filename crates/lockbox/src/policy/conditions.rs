use super::{
    asked::Asked, capability::Capabilities, key_filter::KeyFilter, page::Page, parameters::Parameters,
    rule::Rule, wrapping::WrappingTimes,
};
use crate::exchange::Operation;

/// What a rule asks of a request beyond its path and its operation.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) parameters: Parameters,
    pub(super) wrapping: WrappingTimes,
    /// The most names that one list gives; zero is no limit.
    pub(super) page: u64,
    pub(super) key_filter: Option<KeyFilter>,
    /// What waits for an approval.
    pub(super) controlled: Option<Capabilities>,
}

impl Conditions {
    /// How long a list may be if a request meets the conditions of all of these rules, which are about one and the same path;
    /// nothing if it does not meet them.
    pub(super) fn met(rules: &[&Rule], asked: &Asked<'_>) -> Option<Page> {
        let conditions = || rules.iter().map(|rule| &rule.conditions);
        // OpenBao keeps the control group of the rule that it saw first.
        let controlled = conditions().next().and_then(|conditions| conditions.controlled);
        if controlled.is_some_and(|controlled| controlled.allows(asked.operation)) {
            return None;
        }
        let wrapping =
            conditions().fold(WrappingTimes::default(), |all, conditions| all.and(conditions.wrapping));
        if !wrapping.allow(asked.wrap) {
            return None;
        }
        let parameters: Vec<&Parameters> = conditions().map(|conditions| &conditions.parameters).collect();
        match asked.operation {
            Operation::Read | Operation::Create | Operation::Update | Operation::Patch => {
                Parameters::permit(&parameters, asked.fields).then_some(Page::AsAsked)
            }
            Operation::List | Operation::Scan => {
                let limit = conditions().map(|conditions| conditions.page).filter(|page| *page > 0).min();
                let required = parameters.iter().any(|parameters| parameters.require("limit"));
                Page::of(asked.fields, limit, required)
            }
            Operation::Delete | Operation::Head => Some(Page::AsAsked),
        }
    }

    /// The first filter of these rules.
    pub(super) fn key_filter<'a>(rules: &[&'a Rule]) -> Option<&'a KeyFilter> {
        rules.iter().find_map(|rule| rule.conditions.key_filter.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::{
        exchange::{Fields, Operation},
        policy::{Acl, Asked, Danger, Draft, Page, Permission, testing},
    };

    const ALL: &str = r#"capabilities=["create","read","update","delete","list","patch","scan"]"#;

    fn acl(rules: &[&str]) -> Acl {
        let policies = testing::built_in();
        let names: Vec<String> = (0..rules.len()).map(|position| format!("p{position}")).collect();
        for (name, rule) in names.iter().zip(rules) {
            let text = format!("path \"k/*\" {{ {ALL} {rule} }}");
            testing::write(&policies, name, Draft::of(&text)).unwrap();
        }
        Acl::new(&policies, names.iter().map(String::as_str))
    }

    fn fields(fields: &Value) -> Fields {
        fields.as_object().cloned().unwrap_or_default().into()
    }

    /// The page of what is permitted.
    fn page(acl: &Acl, operation: Operation, brought: &Value, wrap: Option<u64>) -> Option<Page> {
        let (fields, wrap) = (fields(brought), wrap.map(Duration::from_secs));
        let asked = Asked { operation, path: "k/x", fields: &fields, wrap, danger: Danger::Ordinary };
        match acl.permits(&asked) {
            Permission::Granted(grant) => Some(grant.page),
            Permission::Refused => None,
        }
    }

    #[track_caller]
    fn expect(rules: &[&str], operation: Operation, cases: &[(Value, bool)]) {
        let acl = acl(rules);
        for (brought, expected) in cases {
            let permitted = page(&acl, operation, brought, None).is_some();
            assert_eq!(permitted, *expected, "{operation:?} {brought} under {rules:?}");
        }
    }

    #[test]
    fn only_allowed_fields_may_be_brought() {
        let rules = [r#"allowed_parameters = { a = ["1"] }"#];
        let cases = [
            (json!({}), true),
            (json!({ "a": "1" }), true),
            (json!({ "A": "1" }), true),
            (json!({ "a": "2" }), false),
            (json!({ "a": "1", "b": "1" }), false),
            (json!({ "b": "1" }), false),
        ];
        for operation in [Operation::Read, Operation::Create, Operation::Update, Operation::Patch] {
            expect(&rules, operation, &cases);
        }
        for operation in [Operation::Delete, Operation::List, Operation::Scan] {
            expect(&rules, operation, &[(json!({ "b": "1" }), true)]);
        }
        expect(&["allowed_parameters = {}"], Operation::Update, &[(json!({ "a": "1" }), true)]);
    }

    #[test]
    fn a_star_is_any_other_field() {
        expect(
            &[r#"allowed_parameters = { A = ["1"] "*" = [] }"#],
            Operation::Update,
            &[(json!({ "a": "1", "b": 5 }), true), (json!({ "a": "2" }), false)],
        );
        expect(
            &[r#"allowed_parameters = { "*" = ["1"] }"#],
            Operation::Update,
            &[(json!({ "a": "2" }), true)],
        );
        expect(
            &[r#"denied_parameters = { "*" = ["zz"] }"#],
            Operation::Update,
            &[(json!({}), true), (json!({ "a": "1" }), false)],
        );
    }

    #[test]
    fn denied_fields_beat_allowed_ones() {
        expect(
            &["denied_parameters = { a = [] } allowed_parameters = { a = [] b = [] }"],
            Operation::Update,
            &[(json!({ "a": "1" }), false), (json!({ "b": "1" }), true), (json!({ "c": "1" }), false)],
        );
        expect(
            &["denied_parameters = { a = [false] }"],
            Operation::Update,
            &[(json!({ "a": false }), false), (json!({ "a": true }), true), (json!({ "a": null }), true)],
        );
    }

    #[test]
    fn required_fields_are_asked_for_in_lower_case() {
        expect(
            &[r#"required_parameters = ["A"]"#],
            Operation::Read,
            &[(json!({}), false), (json!({ "a": null }), true), (json!({ "A": "1" }), false)],
        );
        expect(&[r#"required_parameters = ["a"]"#], Operation::Delete, &[(json!({}), true)]);
        expect(
            &[r#"required_parameters = ["a"]"#, r#"required_parameters = ["b"]"#],
            Operation::Update,
            &[(json!({ "a": 1 }), false), (json!({ "a": 1, "b": 1 }), true)],
        );
    }

    #[test]
    fn values_are_compared_as_openbao_compares_them() {
        let rule =
            r#"allowed_parameters = { a = [1, 1.5, true, "foo*", "*foo", ["y"], [], {z = 1}, {z = "q"}] }"#;
        let cases = [
            (json!(1), false),
            (json!(1.5), false),
            (json!(true), true),
            (json!(null), false),
            (json!("1"), false),
            (json!("foobar"), true),
            (json!("barfoo"), true),
            (json!("xfoox"), false),
            (json!(["y"]), true),
            (json!(["y", "z"]), false),
            (json!([]), true),
            (json!({ "z": 1 }), false),
            (json!({ "z": "q" }), true),
            (json!({}), false),
        ];
        let cases = cases.map(|(value, expected)| (json!({ "a": value }), expected));
        expect(&[rule], Operation::Update, &cases);
        let block = r#"allowed_parameters "a" { b = [] }"#;
        expect(
            &[block],
            Operation::Update,
            &[(json!({ "a": "q" }), false), (json!({ "a": { "b": [] } }), true)],
        );
    }

    #[test]
    fn policies_about_one_path_are_put_together() {
        let one = r#"allowed_parameters = { a = ["1"] }"#;
        let more = r#"allowed_parameters = { a = ["2"] b = [] }"#;
        let any = "allowed_parameters = { a = [] }";
        let cases =
            [(json!({ "a": "1", "b": 1 }), true), (json!({ "a": "2" }), true), (json!({ "a": "3" }), false)];
        expect(&[one, more], Operation::Update, &cases);
        expect(&[one, ""], Operation::Update, &[(json!({ "a": "2" }), false)]);
        expect(&["", one], Operation::Update, &[(json!({ "b": "1" }), false)]);
        expect(&[one, any], Operation::Update, &[(json!({ "a": "3" }), true), (json!({ "b": "1" }), false)]);
        let denied =
            [r#"denied_parameters = { a = ["1"] }"#, r#"denied_parameters = { a = ["2"] b = ["9"] }"#];
        let cases = [(json!({ "a": "1" }), false), (json!({ "a": "2" }), false), (json!({ "b": "1" }), true)];
        expect(&denied, Operation::Update, &cases);
    }

    #[test]
    fn wrapping_times_are_kept_for_every_operation() {
        for (rules, wrap, expected) in [
            (&[r#"min_wrapping_ttl="5s" max_wrapping_ttl="1m""#][..], None, false),
            (&[r#"min_wrapping_ttl="5s" max_wrapping_ttl="1m""#], Some(3), false),
            (&[r#"min_wrapping_ttl="5s" max_wrapping_ttl="1m""#], Some(30), true),
            (&[r#"min_wrapping_ttl="5s" max_wrapping_ttl="1m""#], Some(300), false),
            (&[r#"max_wrapping_ttl="1m""#], Some(0), true),
            (&[r#"min_wrapping_ttl="-5s""#], None, true),
            (&["max_wrapping_ttl=5.9"], Some(6), false),
            (&[r#"max_wrapping_ttl="1m""#, r#"max_wrapping_ttl="10s""#], Some(30), false),
            (&[r#"min_wrapping_ttl="1m""#, r#"min_wrapping_ttl="10s""#], Some(30), true),
            (&[r#"max_wrapping_ttl="1m""#, r#"min_wrapping_ttl="2m""#], Some(90), false),
        ] {
            for operation in [Operation::Read, Operation::List, Operation::Delete, Operation::Update] {
                let permitted = page(&acl(rules), operation, &json!({}), wrap).is_some();
                assert_eq!(permitted, expected, "{operation:?} {wrap:?} under {rules:?}");
            }
        }
    }

    #[test]
    fn lists_are_as_long_as_their_rule_lets_them_be() {
        let limited = acl(&["pagination_limit=5", "pagination_limit=2"]);
        let free = acl(&["pagination_limit=-5"]);
        let required = acl(&[r#"pagination_limit=2 required_parameters=["LIMIT"]"#]);
        for (asked, with_limit, without, when_required) in [
            (json!({}), Some(Page::Limited(2)), Some(Page::AsAsked), None),
            (json!({ "limit": "2" }), Some(Page::AsAsked), Some(Page::AsAsked), Some(Page::AsAsked)),
            (json!({ "limit": "3" }), None, Some(Page::AsAsked), None),
            (
                json!({ "limit": "max" }),
                Some(Page::Limited(2)),
                Some(Page::Limited(0)),
                Some(Page::Limited(2)),
            ),
            (json!({ "limit": "" }), Some(Page::AsAsked), Some(Page::AsAsked), Some(Page::AsAsked)),
            (json!({ "limit": "+1" }), Some(Page::AsAsked), Some(Page::AsAsked), Some(Page::AsAsked)),
            (json!({ "limit": "-1" }), None, Some(Page::AsAsked), None),
            (json!({ "limit": "0x1" }), None, Some(Page::AsAsked), None),
            (json!({ "LIMIT": "9" }), Some(Page::Limited(2)), Some(Page::AsAsked), None),
        ] {
            for operation in [Operation::List, Operation::Scan] {
                assert_eq!(page(&limited, operation, &asked, None), with_limit, "{asked}");
                assert_eq!(page(&free, operation, &asked, None), without, "{asked}");
                assert_eq!(page(&required, operation, &asked, None), when_required, "{asked}");
            }
        }
        let applied = Page::Limited(2).applied(&fields(&json!({ "limit": "max", "after": "a" }))).unwrap();
        assert_eq!(Value::Object(applied.all().clone()), json!({ "limit": "2", "after": "a" }));
    }

    #[test]
    fn what_waits_for_an_approval_is_refused() {
        let group = r#"control_group { factor "ops" { controlled_capabilities = ["read"]
            identity { group_names = ["x"] approvals = 1 } } }"#;
        assert_eq!(page(&acl(&[group]), Operation::Read, &json!({}), None), None);
        assert_eq!(page(&acl(&[group]), Operation::Update, &json!({}), None), Some(Page::AsAsked));
        assert_eq!(page(&acl(&["", group]), Operation::Read, &json!({}), None), Some(Page::AsAsked));
    }
}
