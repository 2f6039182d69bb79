use super::{
    context::{CANONICAL, Context, Plan, Ref::*, SETTINGS},
    groups::*,
};

fn child() -> Context {
    let context = CANONICAL.pipeline("parent_pipeline", "fix", Unprotected).with(&SETTINGS);
    context.with(&["PIPELINE_TYPE=TRIGGERED_EE_PIPELINE", "ee=true"])
}

/// The input goes on to `gitlab-com.yml`, where a rule compares it as text.
#[test]
fn an_input_of_the_root_leaves_the_qa_out() {
    let always = format!("always: {ALL_SYSTEMS}");
    child().input("skip_qa_test=true").changed("Gemfile").gives(&Plan {
        jobs: &[TRIGGERED, IMAGE_TESTS, MANUAL_IMAGE_TESTS, ON_REQUEST, "qa-full-ee", &always],
        token: BOTH,
        ..Plan::default()
    });
}

/// The root takes it and hands on another value.
#[test]
fn an_input_that_the_root_does_not_hand_on_changes_nothing() {
    let always = format!("always: {ALL_SYSTEMS}");
    child().input("skip_qa_full=true").changed("Gemfile").gives(&Plan {
        jobs: &[
            TRIGGERED,
            IMAGE_TESTS,
            MANUAL_IMAGE_TESTS,
            ON_REQUEST,
            "qa-full-ee, qa-subset-test",
            "manual: qa-remaining-test-manual",
            &always,
        ],
        token: BOTH,
        ..Plan::default()
    });
}

#[test]
fn an_input_of_the_wrong_type_or_name_is_an_error() {
    child().input("skip_qa_test=maybe").gives_an_error();
    child().input("skip_everything=true").gives_an_error();
}
