use crate::plan::testing::{case, said};
use alloc::string::ToString;

#[test]
fn when_comes_from_the_rule_then_from_the_job() {
    for (job, when) in [
        ("", "on_success"),
        ("when: manual, ", "manual"),
        ("when: always, rules: [{if: '$CI'}], ", "always"),
        ("when: always, rules: [{if: '$CI', when: delayed, start_in: 1h}], ", "delayed"),
        ("rules: [{if: '$CI'}], ", "on_success"),
        ("rules: [{if: '$UNSET'}], ", "never"),
        ("rules: [{if: '$UNSET'}, {when: on_failure}], ", "on_failure"),
        ("rules: [{when: never}, {when: always}], ", "never"),
        ("rules: [{if: '$CI', when: never}, {when: always}], ", "never"),
    ] {
        let yaml = alloc::format!("job: {{{job}script: x}}\nother: {{script: x}}");
        assert_eq!(case(&yaml).when("job"), when, "{job}");
    }
}

#[test]
fn jobs_without_rules_are_in_no_merge_request() {
    for (yaml, source, when) in [
        ("job: {script: x}", "push", "on_success"),
        ("job: {script: x}", "merge_request_event", "never"),
        ("job: {trigger: x}", "merge_request_event", "never"),
        ("job: {script: x, rules: [{when: always}]}", "merge_request_event", "always"),
        ("workflow: {rules: [{when: always}]}\njob: {script: x}", "merge_request_event", "on_success"),
        ("workflow: {name: x}\njob: {script: x}", "merge_request_event", "never"),
    ] {
        let yaml = alloc::format!("{yaml}\nother: {{script: x, rules: [{{when: always}}]}}");
        assert_eq!(case(&yaml).source(source).when("job"), when, "{yaml}");
    }
}

#[test]
fn a_rule_that_may_match_leaves_open_what_it_decides() {
    for (rules, included, when) in [
        ("{if: '$CI_COMMIT_SHA', when: manual}, {when: always}", "true", "unknown"),
        ("{if: '$CI_COMMIT_SHA', when: always}, {when: always}", "true", "always"),
        ("{if: '$CI_COMMIT_SHA'}", "unknown", "unknown"),
        ("{if: '$CI_COMMIT_SHA', when: never}", "false", "never"),
        ("{if: '$CI_COMMIT_SHA', when: never}, {when: always}", "unknown", "unknown"),
        ("{if: '$UNSET'}, {if: '$CI', when: always}, {if: '$CI_COMMIT_SHA'}", "true", "always"),
    ] {
        let yaml = alloc::format!("job: {{script: x, rules: [{rules}]}}\nother: {{script: x}}");
        let job = case(&yaml).job("job");
        assert_eq!(said(&job.included, ToString::to_string), included, "{rules}");
        assert_eq!(said(&job.when, |when| when.keyword().to_string()), when, "{rules}");
    }
}

#[test]
fn variables_of_rules_that_may_match_are_known_where_all_agree() {
    let yaml = "variables: {A: root}\njob:\n  script: x\n  rules:\n  \
                - {if: '$CI_COMMIT_SHA', variables: {A: one, B: same}}\n  - {variables: {A: two, B: same}}\n\
                other:\n  script: x\n  rules:\n  - {if: '$CI_COMMIT_SHA', variables: {A: one}}\n\
                third:\n  script: x\n  rules:\n  - {if: '$CI_COMMIT_SHA', variables: {A: one}}\n  - {when: always}";
    let case = case(yaml);
    assert_eq!(case.value("job", "A"), "unknown");
    assert_eq!(case.value("job", "B"), "same");
    assert_eq!(case.value("other", "A"), "one");
    assert_eq!(case.value("third", "A"), "unknown");
}
