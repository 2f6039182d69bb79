use alloc::string::ToString;

use crate::plan::testing::{case, said};

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

#[test]
fn only_and_except_decide_where_a_job_has_no_rules() {
    for (policy, kind, when) in [
        ("only: [tags]", "branch", "never"),
        ("only: [tags]", "tag", "on_success"),
        ("only: [main]", "branch", "on_success"),
        ("except: [main]", "branch", "never"),
        ("except: [main]", "tag", "on_success"),
        ("except: [main]", "merge request", "never"),
        ("only: [merge_requests]", "merge request", "on_success"),
        ("only: [merge_requests]", "branch", "never"),
        ("only: {variables: ['$UNSET']}", "branch", "never"),
        ("only: {variables: ['$CI']}", "branch", "on_success"),
    ] {
        let yaml =
            alloc::format!("job: {{script: x, {policy}}}\nother: {{script: x, rules: [{{when: always}}]}}");
        let case = match kind {
            "tag" => case(&yaml).predefined("CI_COMMIT_TAG", "v1"),
            "merge request" => case(&yaml).source("merge_request_event"),
            _ => case(&yaml),
        };
        assert_eq!(case.when("job"), when, "{policy} in a pipeline of a {kind}");
    }
}

#[test]
fn except_alone_lets_a_job_into_merge_requests_where_the_workflow_has_rules() {
    let yaml = "workflow: {rules: [{when: always}]}\njob: {script: x, except: [tags]}";
    assert_eq!(case(yaml).source("merge_request_event").when("job"), "on_success");
}

#[test]
fn changes_hold_where_gitlab_has_nothing_to_compare_with() {
    let yaml = "job: {script: x, rules: [{changes: [a/*]}]}\nother: {script: x}";
    for (case, when) in [
        (case(yaml), "unknown"),
        (case(yaml).predefined("CI_COMMIT_TAG", "v1"), "on_success"),
        (case(yaml).source("schedule"), "on_success"),
        (case(yaml).source("merge_request_event"), "unknown"),
    ] {
        assert_eq!(case.when("job"), when);
    }
}
