use alloc::string::ToString;

use crate::answer::Answer;
use crate::plan::testing::{case, said};

const EMPTY: &str =
    "The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.";
const BY_WORKFLOW: &str =
    "The pipeline did not run. Review the workflow:rules configuration for the pipeline.";
const NEEDED: &str = "'a' job needs 'b' job, but 'b' does not exist in the pipeline. This might be because of the only, \
                      except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use \
                      needs:optional.";

#[test]
fn there_is_a_pipeline_or_gitlab_says_why_not() {
    for (yaml, created, refusal) in [
        ("a: {script: x}", "true", ""),
        ("a: {script: x, rules: [{when: never}]}", "false", EMPTY),
        ("stages: [test]\na: {script: x, stage: .pre}", "false", EMPTY),
        ("workflow: {rules: [{when: always}]}\na: {script: x}", "true", ""),
        ("workflow: {rules: [{when: never}]}\na: {script: x}", "false", BY_WORKFLOW),
        ("workflow: {rules: [{if: '$UNSET'}]}\na: {script: x}", "false", BY_WORKFLOW),
        ("workflow: {rules: [{if: '$CI'}]}\na: {script: x}", "true", ""),
        ("workflow: {rules: [{if: '$CI_COMMIT_SHA'}]}\na: {script: x}", "unknown", ""),
        (
            "workflow: {rules: [{if: '$CI_COMMIT_SHA'}]}\na: {script: x, rules: [{when: never}]}",
            "false",
            EMPTY,
        ),
        ("variables: {R: r}\nworkflow: {rules: [{if: '$R == \"r\"'}]}\na: {script: x}", "true", ""),
        ("workflow: {rules: [{if: '$CI_JOB_NAME'}]}\na: {script: x}", "false", BY_WORKFLOW),
        ("a: {script: x, rules: [{if: '$CI_COMMIT_SHA'}]}", "unknown", ""),
        ("a: {script: x, rules: [{if: '$CI_COMMIT_SHA'}]}\nb: {script: x}", "true", ""),
        ("a: {script: x, needs: [b]}\nb: {script: x}", "true", ""),
        ("a: {script: x, needs: [b]}\nb: {script: x, rules: [{when: never}]}", "false", NEEDED),
        (
            "a: {script: x, needs: [{job: b, optional: true}]}\nb: {script: x, rules: [{when: never}]}",
            "true",
            "",
        ),
        ("a: {script: x, needs: [{job: b, optional: true}]}", "true", ""),
        ("a: {script: x, needs: [b]}\nb: {script: x, rules: [{if: '$CI_COMMIT_SHA'}]}", "unknown", ""),
        (
            "a: {script: x, needs: [b], rules: [{when: never}]}\nb: {script: x, rules: [{when: never}]}\nc: {script: x}",
            "true",
            "",
        ),
        (
            "a: {script: x, needs: [b], rules: [{needs: []}]}\nb: {script: x, rules: [{when: never}]}",
            "true",
            "",
        ),
        ("a: {script: x, rules: [{needs: [b]}]}\nb: {script: x, rules: [{when: never}]}", "false", NEEDED),
        (
            "a: {script: x, rules: [{if: '$CI_COMMIT_SHA', needs: [b]}, {when: always}]}\nb: {script: x, rules: [{when: never}]}",
            "unknown",
            "",
        ),
    ] {
        let plan = case(yaml).planned();
        assert_eq!(said(&plan.created, ToString::to_string), created, "{yaml}");
        assert_eq!(plan.refusal.map(|it| it.text).unwrap_or_default(), refusal, "{yaml}");
    }
}

#[test]
fn without_a_pipeline_no_job_is_in_it_and_its_own_rules_still_show() {
    let yaml = "workflow: {rules: [{when: never}]}\na: {script: x, rules: [{if: '$CI', when: manual}]}";
    let plan = case(yaml).planned();
    let job = plan.jobs.first().expect("a job");
    assert_eq!(job.included, Answer::Known(false));
    assert_eq!(said(&job.when, |when| when.keyword().to_string()), "never");
    assert_eq!(job.decision.tried.len(), 1);
    assert_eq!(job.decision.tried.first().map(|it| it.matches.clone()), Some(Answer::Known(true)));
    assert_eq!(plan.workflow.tried.len(), 1);
}

#[test]
fn where_the_workflow_is_unknown_so_are_the_jobs_that_are_not_out_anyway() {
    let yaml =
        "workflow: {rules: [{if: '$CI_COMMIT_SHA'}]}\na: {script: x}\nb: {script: x, rules: [{when: never}]}";
    assert_eq!(case(yaml).when("a"), "unknown");
    assert_eq!(case(yaml).when("b"), "never");
}

#[test]
fn the_variables_of_a_workflow_are_those_of_the_rule_that_matched() {
    let yaml = "variables: {A: root}\nworkflow:\n  rules:\n  - {if: '$UNSET', variables: {A: one}}\n  \
                - {if: '$CI', variables: {A: two, B: b}}\na: {script: x, rules: [{if: '$A == \"two\"'}]}";
    assert_eq!(case(yaml).when("a"), "on_success");
    let variables = case(yaml).planned().variables;
    let all: alloc::vec::Vec<_> =
        variables.iter().map(|it| (it.name.to_string(), said(&it.value, ToString::to_string))).collect();
    assert_eq!(all, [("A".to_string(), "two".to_string()), ("B".to_string(), "b".to_string())]);
}
