use super::{
    context::{FORK, Plan, Ref::*},
    groups::*,
};

#[test]
fn a_branch_or_a_tag_of_a_fork_gets_a_token_and_no_secret() {
    for reference in ["fix", "refs/tags/18.3.0+ee.0"] {
        FORK.pipeline("push", reference, Unprotected).gives(&Plan {
            kind: Some(("FORK_BRANCH_TEST_PIPELINE", "CE")),
            jobs: &[TESTS, LINKS, TRIGGERS],
            token: FACTS,
            secret: "",
        });
    }
}

#[test]
fn a_protected_branch_of_a_fork_reports_issues_as_well() {
    FORK.pipeline("push", "master", Protected).gives(&Plan {
        kind: Some(("FORK_BRANCH_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, TRIGGERS, ISSUE_BOT],
        token: FACTS,
        secret: "",
    });
}

#[test]
fn a_merge_request_from_a_fork_gets_a_token_and_no_secret() {
    FORK.pipeline("merge_request_event", "fix", Unprotected).gives(&Plan {
        kind: Some(("FORK_MR_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, TRIGGERS, "danger-review"],
        token: FACTS,
        secret: "",
    });
}

#[test]
fn a_nightly_of_a_fork_builds_every_package() {
    FORK.pipeline("schedule", "master", Protected).with(&["NIGHTLY=true"]).gives(&Plan {
        kind: Some(("CE_NIGHTLY_BUILD_PIPELINE", "CE")),
        jobs: &[BOTH, "{os}-branch, QA-branch", DOCKER_BRANCH, NIGHTLY_STAGING, ISSUE_BOT],
        token: BOTH,
        secret: "",
    });
}

/// Its jobs then ask for the secret; the role of the vault, which binds the project, is what refuses them.
#[test]
fn a_fork_that_calls_itself_the_security_project_asks_for_the_secret() {
    let itself = format!("SECURITY_PROJECT_PATH={}", FORK.path);
    FORK.pipeline("push", "master", Protected).with(&[&itself]).gives(&Plan {
        kind: Some(("PROTECTED_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, ISSUE_BOT],
        token: FACTS,
        secret: FACTS,
    });
}
