use alloc::string::ToString;

use crate::answer::Answer;
use crate::plan::Kind;
use crate::plan::testing::{case, said};

const REASON: &str = "`template: Gone.gitlab-ci.yml` could not be read";

#[test]
fn a_job_that_needs_a_name_nobody_defines_is_unknown_and_no_other() {
    let yaml = "gone: {extends: .gone, script: x, id_tokens: {T: {aud: a}}}\nhere: {script: x, id_tokens: {T: {aud: a}}}";
    let case = case(yaml).unresolved();
    assert_eq!((case.when("gone"), case.tokens("gone")), ("unknown".to_string(), "unknown".to_string()));
    assert!(case.job("gone").secrets.reason().is_some());
    assert_eq!((case.when("here"), case.tokens("here")), ("on_success".to_string(), "T=a".to_string()));
    let assumes = case.job("here").assumes;
    assert_eq!(assumes.iter().map(ToString::to_string).collect::<alloc::vec::Vec<_>>(), [REASON]);
}

#[test]
fn what_is_missing_is_taken_to_come_from_the_include() {
    for (yaml, job, when) in [
        ("job: {stage: gone, script: x}", "job", "on_success"),
        ("job: {variables: {A: b}}", "job", "on_success"),
        ("job: {needs: [{job: other, optional: true}]}\nother: {script: x}", "job", "on_success"),
        ("job: {script: x, needs: [gone]}\nother: {script: x}", "job", "unknown"),
        ("job: {script: x, dependencies: [gone]}", "job", "on_success"),
        ("job: {script: x, rules: [{when: never}]}", "job", "never"),
    ] {
        assert_eq!(case(yaml).unresolved().when(job), when, "{yaml}");
    }
    assert_eq!(case("job: {needs: []}").unresolved().job("job").kind, Kind::Script);
}

#[test]
fn an_include_may_fill_a_pipeline_that_would_be_empty() {
    for yaml in ["job: {script: x, rules: [{when: never}]}", ".hidden: {script: x}", "{}"] {
        let plan = case(yaml).unresolved().planned();
        assert_eq!(said(&plan.created, ToString::to_string), "unknown", "{yaml}");
        assert_eq!(plan.refusal, None);
    }
}

#[test]
fn strictly_an_include_may_override_every_answer() {
    let yaml = "job: {script: x, id_tokens: {T: {aud: a}}}\nout: {script: x, rules: [{when: never}]}";
    let case = case(yaml).unresolved().strict();
    for name in ["job", "out"] {
        let job = case.job(name);
        assert_eq!(job.included.reason().map(ToString::to_string).as_deref(), Some(REASON));
        assert!(
            job.when.reason().is_some() && job.id_tokens.reason().is_some() && job.secrets.reason().is_some()
        );
    }
    assert_eq!(crate::plan::testing::case(yaml).strict().planned().created, Answer::Known(true));
}

#[test]
fn top_level_keys_that_are_incomplete_leave_open_what_depends_on_them() {
    for (yaml, tokens, when) in [
        ("default: {id_tokens: !reference [.gone, tokens]}\njob: {script: x}", "unknown", "on_success"),
        (
            "default: {id_tokens: !reference [.gone, tokens]}\njob: {script: x, id_tokens: {T: {aud: a}}}",
            "T=a",
            "on_success",
        ),
        (
            "default: {id_tokens: !reference [.gone, tokens]}\njob: {script: x, inherit: {default: false}}",
            "",
            "on_success",
        ),
        ("workflow: {rules: !reference [.gone, rules]}\njob: {script: x}", "", "unknown"),
        (
            "variables: {A: !reference [.gone, a]}\njob: {script: x, id_tokens: {T: {aud: $A}}}",
            "T=unknown",
            "on_success",
        ),
        ("variables: {A: !reference [.gone, a]}\njob: {script: x, rules: [{if: $A}]}", "", "unknown"),
        (
            "variables: {A: !reference [.gone, a], B: b}\njob: {script: x, id_tokens: {T: {aud: $B}}}",
            "T=b",
            "on_success",
        ),
        ("stages: !reference [.gone, stages]\njob: {script: x, stage: gone}", "", "on_success"),
    ] {
        let case = case(yaml).unresolved();
        assert_eq!(case.tokens("job"), tokens, "{yaml}");
        assert_eq!(case.when("job"), when, "{yaml}");
    }
}
