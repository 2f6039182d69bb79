use super::{
    context::{Plan, Ref::*, SECURITY, SETTINGS},
    groups::*,
};

#[test]
fn a_protected_branch_of_the_security_project_gets_the_secret() {
    SECURITY.pipeline("push", "master", Protected).with(&SETTINGS).gives(&Plan {
        kind: Some(("PROTECTED_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, ISSUE_BOT],
        token: FACTS,
        secret: FACTS,
    });
}

/// `$CI_PROJECT_PATH == $SECURITY_PROJECT_PATH` in include:rules: what the YAML says of the second is not seen there.
#[test]
fn the_security_project_without_its_setting_gets_the_token_and_no_secret() {
    SECURITY.pipeline("push", "master", Protected).gives(&Plan {
        kind: Some(("PROTECTED_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, ISSUE_BOT],
        token: FACTS,
        secret: "",
    });
}

#[test]
fn an_unprotected_branch_of_the_security_project_gets_the_secret_as_well() {
    SECURITY.pipeline("push", "fix", Unprotected).with(&SETTINGS).gives(&Plan {
        kind: Some(("GITLAB_BRANCH_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, TRIGGERS, REVIEW],
        token: FACTS,
        secret: FACTS,
    });
}

/// What changed is not known, so whether `support/packer` did is not either.
#[test]
fn a_merge_request_of_the_security_project_gets_the_secret() {
    SECURITY.pipeline("merge_request_event", "fix", Unprotected).with(&SETTINGS).gives(&Plan {
        kind: Some(("GITLAB_MR_PIPELINE", "CE")),
        jobs: &[
            TESTS,
            LINKS,
            TRIGGERS,
            REVIEW,
            MERGE_REQUEST,
            "included is \"unknown\": validate_packer_changes",
        ],
        token: FACTS,
        secret: FACTS,
    });
}

#[test]
fn a_release_environment_build_fetches_and_builds_with_the_secret() {
    let context = SECURITY.pipeline("push", "18-3-stable", Protected).with(&SETTINGS);
    context.with(&["RELEASE_ENVIRONMENT_BUILD=true"]).gives(&Plan {
        kind: Some(("RELEASE_ENVIRONMENT_BUILD_PIPELINE", "STABLE")),
        jobs: &[BOTH, "Ubuntu-24.04-branch, Ubuntu-24.04-staging", ISSUE_BOT],
        token: BOTH,
        secret: BOTH,
    });
}

#[test]
fn a_protected_tag_of_the_security_project_gets_the_secret() {
    SECURITY.pipeline("push", "refs/tags/18.3.0+ee.0", Protected).with(&SETTINGS).gives(&Plan {
        kind: Some(("PROTECTED_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, ISSUE_BOT],
        token: FACTS,
        secret: FACTS,
    });
}

#[test]
fn an_unprotected_tag_of_the_security_project_makes_no_pipeline() {
    SECURITY.pipeline("push", "refs/tags/18.3.0+ee.0", Unprotected).with(&SETTINGS).gives_none();
}

#[test]
fn a_nightly_of_the_security_project_builds_every_package_of_ee() {
    let context = SECURITY.pipeline("schedule", "master", Protected).with(&SETTINGS);
    context.with(&["NIGHTLY=true", "ee=true"]).gives(&Plan {
        kind: Some(("EE_NIGHTLY_BUILD_PIPELINE", "EE")),
        jobs: &[
            BOTH,
            "{os}-branch, {fips}-branch, {fips}-staging, QA-branch, RAT, RAT:FIPS, container_scanning",
            DOCKER_BRANCH,
            NIGHTLY_STAGING,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: BOTH,
    });
}

/// What the jobs `Trigger:ee-package` of an unprotected branch start.
const CHILD: [&str; 2] = ["PIPELINE_TYPE=TRIGGERED_EE_PIPELINE", "ee=true"];

const CHILD_JOBS: [&str; 6] = [
    TRIGGERED,
    IMAGE_TESTS,
    MANUAL_IMAGE_TESTS,
    ON_REQUEST,
    "qa-subset-test",
    "manual: qa-remaining-test-manual",
];

/// By a rule with `changes` they start by themselves, else by hand: they are in it either way.
#[test]
fn a_child_pipeline_of_the_security_project_gets_the_secret() {
    let context = SECURITY.pipeline("parent_pipeline", "fix", Unprotected).with(&SETTINGS).with(&CHILD);
    let whenever = format!("unknown: {ALL_SYSTEMS}");
    let jobs = [&CHILD_JOBS[..], &[&whenever]].concat();
    context.gives(&Plan { jobs: &jobs, token: BOTH, secret: BOTH, ..Plan::default() });
}

#[test]
fn changed_files_decide_how_the_packages_for_all_systems_start() {
    for (file, when) in [("config/software/git.rb", "always"), ("README.md", "manual")] {
        let context = SECURITY.pipeline("parent_pipeline", "fix", Unprotected).with(&SETTINGS).with(&CHILD);
        let known = format!("{when}: {ALL_SYSTEMS}");
        let jobs = [&CHILD_JOBS[..], &[&known]].concat();
        context.changed(file).gives(&Plan { jobs: &jobs, token: BOTH, secret: BOTH, ..Plan::default() });
    }
}

#[test]
fn two_jobs_extend_the_template_whatever_is_in_the_pipeline_and_at_hand() {
    SECURITY.pipeline("push", "master", Protected).with(&SETTINGS).merges_into(&["fetch-assets", FACTS]);
}
