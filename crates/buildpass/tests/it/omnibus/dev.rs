use super::{
    context::{DEV, Plan, Ref::*, SETTINGS},
    groups::*,
};

#[test]
fn a_branch_on_dev_builds_every_package_of_ce() {
    DEV.pipeline("push", "fix", Unprotected).gives(&Plan {
        kind: Some(("CE_BRANCH_BUILD_PIPELINE", "CE")),
        jobs: &[BOTH, "{os}-branch, QA-branch", DOCKER_BRANCH],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn a_branch_on_dev_builds_ee_where_it_is_told() {
    let ways = [("master", "ee=true", "EE"), ("18-3-stable", "GITLAB_VERSION=v18.3.0-ee", "STABLE")];
    for (branch, variable, edition) in ways {
        DEV.pipeline("push", branch, Protected).with(&SETTINGS).with(&[variable]).gives(&Plan {
            kind: Some(("EE_BRANCH_BUILD_PIPELINE", edition)),
            jobs: &[BOTH, "{os}-branch, {fips}-branch, QA-branch", DOCKER_BRANCH, ISSUE_BOT],
            token: BOTH,
            secret: "",
        });
    }
}

#[test]
fn an_internal_release_builds_for_a_few_systems() {
    let context = DEV.pipeline("push", "18-3-stable", Protected);
    context.with(&["INTERNAL_RELEASE=true", "INTERNAL_RELEASE_ITERATION=0"]).gives(&Plan {
        kind: Some(("INTERNAL_RELEASE_BUILD_PIPELINE", "STABLE")),
        jobs: &[
            BOTH,
            "Ubuntu-22.04-branch, Ubuntu-22.04-fips-branch, Ubuntu-24.04-branch, Ubuntu-24.04-arm64-branch",
            "Ubuntu-22.04-staging, Ubuntu-22.04-fips-staging, Ubuntu-24.04-staging, Ubuntu-24.04-arm64-staging",
            "check-packages-functionality",
            DOCKER_BRANCH,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: "",
    });
}

const AUTO_DEPLOY: &str = "refs/tags/18.3.202508210406+f9f3c4a15a1.4e4e1d1a6b5";

const AUTO_DEPLOY_JOBS: &str = "generate-facts, Ubuntu-22.04, Ubuntu-24.04, Ubuntu-24.04-arm64, Ubuntu-22.04-staging, Ubuntu-24.04-staging";

/// A variable that nobody sets stays in the text.
#[test]
fn an_auto_deploy_tag_builds_for_what_is_deployed() {
    DEV.pipeline("push", AUTO_DEPLOY, Protected).gives(&Plan {
        kind: Some(("AUTO_DEPLOY_BUILD_PIPELINE", "AUTO_DEPLOY${AUTO_DEPLOY_CACHE_REVISION}")),
        jobs: &[AUTO_DEPLOY_JOBS, "fetch-assets", DOCKER_TAG, ISSUE_BOT],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn an_auto_deploy_that_compiles_assets_fetches_none() {
    let context = DEV.pipeline("push", AUTO_DEPLOY, Protected);
    context.with(&["AUTO_DEPLOY_COMPILE_ASSETS=true", "AUTO_DEPLOY_CACHE_REVISION=-2"]).gives(&Plan {
        kind: Some(("AUTO_DEPLOY_BUILD_PIPELINE", "AUTO_DEPLOY-2")),
        jobs: &[AUTO_DEPLOY_JOBS, DOCKER_TAG, ISSUE_BOT],
        token: "generate-facts",
        secret: "",
    });
}

#[test]
fn a_release_candidate_of_ee_builds_and_stages_all() {
    DEV.pipeline("push", "refs/tags/18.3.0+rc42.ee.0", Protected).gives(&Plan {
        kind: Some(("EE_RC_BUILD_PIPELINE", "EE")),
        jobs: &[
            BOTH,
            "{os}, {fips}, {os}-staging, {fips}-staging, RAT, check-packages-functionality",
            "manual: {os}-release, {fips}-release",
            DOCKER_TAG,
            AFTER_RELEASE,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn a_release_candidate_of_ce_deploys_where_there_is_a_token() {
    let context = DEV.pipeline("push", "refs/tags/18.3.0+rc42.ce.0", Protected);
    context.with(&["DEPLOYER_TRIGGER_TOKEN=made-up"]).gives(&Plan {
        kind: Some(("CE_RC_BUILD_PIPELINE", "CE")),
        jobs: &[
            BOTH,
            "{os}, {os}-staging, check-packages-functionality, deployer-trigger",
            "manual: {os}-release",
            DOCKER_TAG,
            AFTER_RELEASE,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn a_tag_of_ee_releases_to_the_marketplace() {
    DEV.pipeline("push", "refs/tags/18.3.0+ee.0", Protected).gives(&Plan {
        kind: Some(("EE_TAG_BUILD_PIPELINE", "EE")),
        jobs: &[
            BOTH,
            "{os}, {fips}, {os}-staging, {fips}-staging, RAT",
            "check-packages-functionality, check-packages-availability, create-gitlab-release",
            "AWS-EE-Premium-Release, AWS-EE-Ultimate-Release",
            "manual: {os}-release, {fips}-release, AWS, AWS-ARM64, AWS-Premium, AWS-Ultimate",
            DOCKER_TAG,
            AFTER_RELEASE,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: "",
    });
}

/// `create-gitlab-release` needs `AWS`, which SKIP_RELEASE leaves out.
#[test]
fn a_tag_whose_release_is_skipped_makes_no_pipeline() {
    let context = DEV.pipeline("push", "refs/tags/18.3.0+ee.0", Protected);
    context.with(&["SKIP_RELEASE=true"]).gives_none();
}

#[test]
fn a_release_candidate_whose_release_is_skipped_is_built() {
    let context = DEV.pipeline("push", "refs/tags/18.3.0+rc42.ee.0", Protected);
    context.with(&["SKIP_RELEASE=true"]).gives(&Plan {
        kind: Some(("EE_RC_BUILD_PIPELINE", "EE")),
        jobs: &[
            BOTH,
            "{os}, {fips}, {fips}-staging, RAT, check-packages-functionality",
            NIGHTLY_STAGING,
            DOCKER_TAG,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: "",
    });
}

/// A setting of the project beats what the YAML says of the same variable.
#[test]
fn a_tag_of_ce_builds_for_the_raspberry_where_that_is_not_disabled() {
    let context = DEV.pipeline("push", "refs/tags/18.3.0+ce.0", Protected);
    context.with(&["DISABLE_RPI_BUILDS=false", "BUILD_GITLAB_QA_IMAGE=true"]).gives(&Plan {
        kind: Some(("CE_TAG_BUILD_PIPELINE", "CE")),
        jobs: &[
            BOTH,
            "{os}, {os}-staging, Raspberry-Pi-2-Bookworm, Raspberry-Pi-2-Bullseye, Docker-QA, AWS-CE-Release",
            "check-packages-functionality, check-packages-availability, create-gitlab-release",
            "manual: {os}-release, Raspberry-Pi-2-Bookworm-release, Raspberry-Pi-2-Bullseye-release",
            "manual: AWS, AWS-ARM64, QA-Tag",
            DOCKER_TAG,
            AFTER_RELEASE,
            ISSUE_BOT,
        ],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn nightlies_on_dev_build_ce_or_ee() {
    let ce = ["{os}-branch, QA-branch"];
    let ee = ["{os}-branch, QA-branch", "{fips}-branch, {fips}-staging, RAT, RAT:FIPS"];
    let nightlies: [(&[&str], _, _, &[&str]); 2] = [
        (&["NIGHTLY=true"], "CE_NIGHTLY_BUILD_PIPELINE", "CE", &ce),
        (&["NIGHTLY=true", "ee=true"], "EE_NIGHTLY_BUILD_PIPELINE", "EE", &ee),
    ];
    for (variables, kind, edition, packages) in nightlies {
        let jobs = [&[BOTH, DOCKER_BRANCH, NIGHTLY_STAGING, ISSUE_BOT], packages].concat();
        let plan = Plan { kind: Some((kind, edition)), jobs: &jobs, token: BOTH, secret: "" };
        DEV.pipeline("schedule", "master", Protected).with(variables).gives(&plan);
    }
}

/// The jobs that fill the cache are those of `gitlab-com.yml`; GitLab refuses a pipeline without a job.
#[test]
fn a_schedule_for_the_cache_finds_nothing_to_do_on_dev() {
    let cache = ["CACHE_UPDATE=true"];
    DEV.pipeline("schedule", "master", Protected).with(&cache).gives(&Plan {
        kind: Some(("CACHE_UPDATE_PIPELINE", "CE")),
        jobs: &[ISSUE_BOT],
        ..Plan::default()
    });
    DEV.pipeline("schedule", "fix", Unprotected).with(&cache).gives_none();
}

#[test]
fn merge_requests_and_other_tags_make_no_pipeline_on_dev() {
    DEV.pipeline("merge_request_event", "fix", Unprotected).gives_none();
    DEV.pipeline("push", "refs/tags/v1", Protected).gives_none();
}
