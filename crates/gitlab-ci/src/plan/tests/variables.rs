use alloc::string::ToString;

use crate::plan::Origin;
use crate::plan::testing::{Case, case, said};

fn origin(case: &Case, name: &str) -> Origin {
    case.job("job").variables.into_iter().find(|it| &*it.name == name).map_or(Origin::Unset, |it| it.origin)
}

#[test]
fn the_strongest_of_several_values_counts() {
    let root = "variables: {V: root}\n";
    let workflow = "workflow: {rules: [{variables: {V: workflow}}]}\n";
    let of_job = "variables: {V: job}, ";
    let of_rule = "rules: [{if: '$CI', variables: {V: rule}}], ";
    for (top, job, value) in [
        ("", "", "unset"),
        (root, "", "root"),
        (workflow, "", "workflow"),
        ("variables: {V: root}\nworkflow: {rules: [{variables: {V: workflow}}]}\n", "", "workflow"),
        (workflow, of_job, "job"),
        (root, of_rule, "rule"),
        (root, "variables: {V: job}, rules: [{if: '$CI', variables: {V: rule}}], ", "rule"),
        (root, "inherit: {variables: false}, ", "unset"),
        (workflow, "inherit: {variables: false}, ", "unset"),
        (workflow, "inherit: {variables: [W]}, ", "unset"),
        (workflow, "inherit: {variables: [V]}, ", "workflow"),
        (root, "inherit: {variables: false}, variables: {V: job}, ", "job"),
        (root, "variables: {V: job}, rules: [{if: '$UNSET', variables: {V: rule}}, {when: always}], ", "job"),
    ] {
        let yaml = alloc::format!("{top}job: {{{job}script: x}}");
        assert_eq!(case(&yaml).value("job", "V"), value, "{yaml}");
        let set = if value == "unset" { "unset" } else { "setting" };
        let with_setting = case(&yaml).setting("V", "setting");
        assert_eq!(with_setting.value("job", "V"), set, "{yaml}");
    }
}

#[test]
fn a_variable_says_who_set_it() {
    let yaml = "variables:\n  R: r\n  S: s\n  U: u\n  CI_COMMIT_BRANCH: mine\nworkflow:\n  rules:\n  - variables:\n      W: w\njob:\n  script: x\n  variables:\n    J: j\n  rules:\n  - variables:\n      K: k";
    let case = case(yaml).setting("S", "setting").predefined("GITLAB_USER_LOGIN", "somebody");
    let line = |origin| match origin {
        Origin::Pipeline(place) => ("pipeline", place.line),
        Origin::Workflow(place) => ("workflow", place.line),
        Origin::Job(place) => ("job", place.line),
        Origin::Rule(place) => ("rule", place.line),
        Origin::Setting => ("setting", 0),
        Origin::Predefined => ("predefined", 0),
        Origin::Unset => ("unset", 0),
    };
    for (name, expected) in [
        ("R", ("pipeline", 2)),
        ("S", ("setting", 0)),
        ("CI_COMMIT_BRANCH", ("pipeline", 5)),
        ("W", ("workflow", 9)),
        ("J", ("job", 13)),
        ("K", ("rule", 16)),
        ("X", ("unset", 0)),
    ] {
        assert_eq!(line(origin(&case, name)), expected, "{name}");
    }
}

#[test]
fn who_started_the_pipeline_is_stronger_than_yaml() {
    let yaml = "variables: {GITLAB_USER_LOGIN: mine, CI_PROJECT_NAME: mine}\njob: {script: x}";
    let case = case(yaml).predefined("GITLAB_USER_LOGIN", "somebody");
    assert_eq!(case.value("job", "GITLAB_USER_LOGIN"), "somebody");
    assert_eq!(case.value("job", "CI_PROJECT_NAME"), "mine");
    assert_eq!(case.setting("GITLAB_USER_LOGIN", "set").value("job", "GITLAB_USER_LOGIN"), "set");
}

#[test]
fn a_value_is_what_ruby_makes_text_of() {
    for (written, value) in [
        ("text", "text"),
        ("0755", "493"),
        ("yes", "true"),
        ("1.50", "1.5"),
        ("", ""),
        ("{}", ""),
        ("{value: 1}", "1"),
        ("{value: }", ""),
        ("{description: d}", ""),
        ("{value: a, options: [a, b], expand: true}", "a"),
    ] {
        let yaml = alloc::format!("variables:\n  V: {written}\njob: {{script: x}}");
        assert_eq!(case(&yaml).value("job", "V"), value, "{written}");
    }
}

#[test]
fn variables_in_values_are_replaced_by_their_values() {
    for (value, expanded) in [
        ("$A", "a"),
        ("${A}-%A%", "a-a"),
        ("$$A %%A%%", "$$A %%A%%"),
        ("$UNSET ${UNSET}", "$UNSET ${UNSET}"),
        ("$B", "a b"),
        ("$RAW", "$RAW"),
        ("$V", "$V"),
        ("$CI_COMMIT_BRANCH", "main"),
        ("$CI_JOB_NAME $CI_JOB_STAGE $CI_JOB_NAME_SLUG $CI_NODE_TOTAL", "job test job 1"),
        ("$CI_JOB_ID $CI_PROJECT_DIR", "$CI_JOB_ID $CI_PROJECT_DIR"),
        ("$CI_COMMIT_SHA", "unknown"),
        ("$SET", "a!"),
        ("$OWN", "own a"),
        ("$EMPTY", ""),
    ] {
        let yaml = alloc::format!(
            "variables:\n  A: a\n  B: $A b\n  RAW: {{value: $A, expand: false}}\n  EMPTY:\n  V: '{value}'\n\
             job: {{script: x, variables: {{OWN: own $A}}}}"
        );
        assert_eq!(case(&yaml).setting("SET", "$A!").value("job", "V"), expanded, "{value}");
    }
}

#[test]
fn a_value_that_is_not_to_be_expanded_is_not() {
    let yaml = "variables: {A: a, RAW: {value: $A, expand: false}}\njob: {script: x}";
    assert_eq!(case(yaml).value("job", "RAW"), "$A");
}

#[test]
fn a_variable_that_names_itself_means_the_weaker_value() {
    let yaml = "variables: {CI_PROJECT_NAME: x-$CI_PROJECT_NAME, V: v-$V}\njob: {script: x}";
    assert_eq!(case(yaml).value("job", "CI_PROJECT_NAME"), "x-project");
    assert_eq!(case(yaml).value("job", "V"), "v-$V");
    assert_eq!(
        case(yaml).setting("V", "set-$V").plan().map(|_| ()).map_err(|it| it.message),
        Err("job: circular variable reference detected: [\"V\", \"V\"]".to_string())
    );
}

#[test]
fn a_circle_matters_for_jobs_of_the_pipeline_alone() {
    let yaml = "variables: {A: $B, B: $C, C: $A}\njob: {script: x, rules: [{when: never}]}\nother: {script: x, inherit: {variables: false}}";
    assert_eq!(case(yaml).value("job", "A"), "unknown");
    assert_eq!(case(yaml).value("other", "A"), "unset");
}

#[test]
fn variables_of_a_matrix_are_known_where_they_are_the_same() {
    let yaml = "job:\n  script: x\n  variables: {A: a}\n  parallel:\n    matrix:\n    - {A: [one, two], B: same}\n    - {A: three, B: [same], C: c}";
    let job = case(yaml).job("job");
    let value = |name: &str| {
        job.variables.iter().find(|it| &*it.name == name).map(|it| said(&it.value, ToString::to_string))
    };
    assert_eq!(value("A").as_deref(), Some("unknown"));
    assert_eq!(value("B").as_deref(), Some("same"));
    assert_eq!(value("C").as_deref(), Some("unknown"));
    let reason = job.variables.iter().find_map(|it| it.value.reason()).map(ToString::to_string);
    assert_eq!(reason.as_deref(), Some("it differs among the jobs of `parallel:matrix`"));
}

#[test]
fn rules_see_values_as_they_are_written() {
    let yaml = "variables: {TIER: gold, LEVEL: $TIER}\n\
                a: {script: x, rules: [{if: '$LEVEL == \"gold\"'}]}\n\
                b: {script: x, rules: [{if: \"$LEVEL == '$TIER'\"}]}\n\
                c: {script: x, rules: [{if: '$CI_JOB_ID'}]}\n\
                d: {script: x, rules: [{if: '$CI_JOB_NAME == \"d\" && $CI_JOB_STAGE == \"test\"'}]}";
    for (job, when) in [("a", "never"), ("b", "on_success"), ("c", "never"), ("d", "on_success")] {
        assert_eq!(case(yaml).when(job), when, "{job}");
    }
}

#[test]
fn values_that_grow_without_end_are_left_open() {
    let mut yaml = alloc::string::String::from("variables:\n");
    for at in 0..64 {
        yaml.push_str(&alloc::format!("  V{at}: $V{next}$V{next}\n", next = at + 1));
    }
    yaml.push_str("  V64: text\njob: {script: x}");
    assert_eq!(case(&yaml).value("job", "V0"), "unknown");
    assert_eq!(case(&yaml).value("job", "V62"), "texttexttexttext");
}

#[test]
fn a_job_with_an_environment_has_its_name() {
    let yaml = "job: {script: x, environment: production, variables: {V: $CI_ENVIRONMENT_NAME $CI_ENVIRONMENT_ACTION}}\n\
                named: {script: x, environment: {name: review/$CI_COMMIT_REF_SLUG, action: stop}, variables: {V: $CI_ENVIRONMENT_NAME}}\n\
                none: {script: x, variables: {V: $CI_ENVIRONMENT_NAME}}";
    assert_eq!(case(yaml).value("job", "V"), "production start");
    assert_eq!(case(yaml).value("named", "V"), "unknown");
    assert_eq!(case(yaml).value("none", "V"), "$CI_ENVIRONMENT_NAME");
    assert_eq!(case(yaml).predefined("CI_ENVIRONMENT_NAME", "review/x").value("named", "V"), "review/x");
}
