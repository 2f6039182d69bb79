use super::{
    context::{CANONICAL, Plan, Ref::*, SETTINGS},
    groups::*,
};

#[test]
fn a_branch_of_the_canonical_project_gets_the_token_and_no_secret() {
    CANONICAL.pipeline("push", "fix", Unprotected).with(&SETTINGS).gives(&Plan {
        kind: Some(("GITLAB_BRANCH_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, TRIGGERS, REVIEW],
        token: FACTS,
        secret: "",
    });
}

#[test]
fn the_canonical_project_without_settings_gets_the_same() {
    CANONICAL.pipeline("push", "fix", Unprotected).gives(&Plan {
        kind: Some(("GITLAB_BRANCH_TEST_PIPELINE", "CE")),
        jobs: &[TESTS, LINKS, TRIGGERS, REVIEW],
        token: FACTS,
        secret: "",
    });
}

#[test]
fn protected_refs_and_plain_schedules_are_tested_alike() {
    for (source, reference) in [("push", "master"), ("push", "refs/tags/18.3.0+ee.0"), ("schedule", "master")]
    {
        CANONICAL.pipeline(source, reference, Protected).with(&SETTINGS).gives(&Plan {
            kind: Some(("PROTECTED_TEST_PIPELINE", "CE")),
            jobs: &[TESTS, LINKS, ISSUE_BOT],
            token: FACTS,
            secret: "",
        });
    }
}

#[test]
fn a_merge_request_validates_packer_where_it_changed() {
    let files = [("support/packer/ce.pkr.hcl", true), ("support/packer/deeper/ce.pkr.hcl", false)];
    for (file, changed) in files {
        let context = CANONICAL.pipeline("merge_request_event", "fix", Unprotected).with(&SETTINGS);
        let mut jobs = vec![TESTS, LINKS, TRIGGERS, REVIEW, MERGE_REQUEST];
        jobs.extend(changed.then_some("validate_packer_changes"));
        let kind = Some(("GITLAB_MR_PIPELINE", "CE"));
        context.changed(file).gives(&Plan { kind, jobs: &jobs, token: FACTS, secret: "" });
    }
}

#[test]
fn a_branch_with_an_open_merge_request_makes_no_second_pipeline() {
    let context = CANONICAL.pipeline("push", "fix", Unprotected).with(&SETTINGS);
    context.with(&["CI_OPEN_MERGE_REQUESTS=gitlab-org/omnibus-gitlab!1"]).gives_none();
}

#[test]
fn an_auto_deploy_branch_makes_no_pipeline() {
    CANONICAL.pipeline("push", "18-3-auto-deploy-2025082104", Protected).with(&SETTINGS).gives_none();
}

#[test]
fn an_unprotected_tag_makes_no_pipeline() {
    CANONICAL.pipeline("push", "refs/tags/18.3.0+ee.0", Unprotected).with(&SETTINGS).gives_none();
}

#[test]
fn a_merge_request_of_docs_lints_docs_and_gets_no_token() {
    CANONICAL.pipeline("merge_request_event", "docs-fix", Unprotected).with(&SETTINGS).gives(&Plan {
        kind: Some(("DOCS_PIPELINE", "CE")),
        jobs: &[
            "danger-review, docs-lint content, docs-lint markdown, docs-lint links, docs-lint hugo",
            "docs-lint-i18n content, docs-lint-i18n markdown, docs-i18n-lint paths",
            LINKS,
            REVIEW,
        ],
        ..Plan::default()
    });
}

#[test]
fn a_merge_request_of_translations_lints_translations() {
    CANONICAL.pipeline("merge_request_event", "docs-i18n-ja", Unprotected).with(&SETTINGS).gives(&Plan {
        kind: Some(("DOCS_LOCALIZATION_PIPELINE", "CE")),
        jobs: &[
            "danger-review, docs-lint hugo",
            "docs-lint-i18n content, docs-lint-i18n markdown, docs-i18n-lint paths",
            LINKS,
        ],
        ..Plan::default()
    });
}

#[test]
fn schedules_do_what_their_variable_says() {
    let update_cache = "update-gems-cache, update-gems-cache-for-docker-jobs";
    let schedules = [
        ("PAGES_UPDATE=true", "LICENSE_PAGE_UPDATE_PIPELINE", "yard, pages", ""),
        (
            "DEPENDENCY_SCANNING=true",
            "DEPENDENCY_SCANNING_PIPELINE",
            "generate-facts, dependency_scanning",
            FACTS,
        ),
        ("CACHE_UPDATE=true", "CACHE_UPDATE_PIPELINE", update_cache, ""),
    ];
    for (variable, kind, jobs, token) in schedules {
        let context = CANONICAL.pipeline("schedule", "master", Protected).with(&SETTINGS);
        let kind = Some((kind, "CE"));
        context.with(&[variable]).gives(&Plan { kind, jobs: &[jobs, ISSUE_BOT], token, secret: "" });
    }
}

#[test]
fn a_nightly_of_the_canonical_project_runs_the_full_qa() {
    let context = CANONICAL.pipeline("schedule", "master", Protected).with(&SETTINGS);
    context.with(&["NIGHTLY=true"]).gives(&Plan {
        kind: Some(("CE_NIGHTLY_BUILD_PIPELINE", "CE")),
        jobs: &[BOTH, "{os}-branch, QA-branch, qa-full-ce", DOCKER_BRANCH, NIGHTLY_STAGING, ISSUE_BOT],
        token: BOTH,
        secret: "",
    });
}

/// CANONICAL_PROJECT_PATH is read in include:rules too: unset there, the input `skip_qa_full` of the included file is true.
#[test]
fn the_full_qa_of_a_child_pipeline_hangs_on_a_setting() {
    for (settings, full_qa) in [(&SETTINGS[..], Some("qa-full-ee")), (&[], None)] {
        let context = CANONICAL.pipeline("parent_pipeline", "fix", Unprotected).with(settings);
        let mut jobs = vec![TRIGGERED, IMAGE_TESTS, MANUAL_IMAGE_TESTS, ON_REQUEST, "qa-subset-test"];
        let whenever = format!("unknown: {ALL_SYSTEMS}");
        jobs.extend(["manual: qa-remaining-test-manual", &whenever]);
        jobs.extend(full_qa);
        let child = ["PIPELINE_TYPE=TRIGGERED_EE_PIPELINE", "ee=true"];
        context.with(&child).gives(&Plan { jobs: &jobs, token: BOTH, ..Plan::default() });
    }
}

#[test]
fn a_child_pipeline_of_ce_runs_what_ce_has() {
    let whenever = format!("unknown: {ALL_SYSTEMS}");
    let context = CANONICAL.pipeline("parent_pipeline", "fix", Unprotected).with(&SETTINGS);
    context.with(&["PIPELINE_TYPE=TRIGGERED_CE_PIPELINE"]).gives(&Plan {
        jobs: &[
            TRIGGERED,
            "letsencrypt-test, qa-subset-test, qa-full-ce",
            "manual: container_scanning, qa-remaining-test-manual",
            &whenever,
        ],
        token: BOTH,
        ..Plan::default()
    });
}
