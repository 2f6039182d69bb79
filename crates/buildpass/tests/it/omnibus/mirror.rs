use super::{
    context::{MIRROR, Plan, Ref::*, SETTINGS},
    groups::*,
};

const BY_GITLAB: [&str; 2] = ["ee=true", "TOP_UPSTREAM_SOURCE_PROJECT=gitlab-org/gitlab"];

/// `qa-subset-test` inherits two variables and PIPELINE_TYPE, which workflow:rules set, is not among them: it never runs here.
#[test]
fn a_pipeline_that_gitlab_triggers_builds_ee_and_tests_no_image() {
    let whenever = format!("manual: {ALL_SYSTEMS}");
    MIRROR.pipeline("pipeline", "master", Protected).with(&SETTINGS).with(&BY_GITLAB).gives(&Plan {
        kind: Some(("TRIGGERED_EE_PIPELINE", "GITLAB")),
        jobs: &[TRIGGERED, ON_REQUEST, &whenever],
        token: BOTH,
        secret: "",
    });
}

/// A trigger has no diff, so `changes` is true.
#[test]
fn a_trigger_token_starts_all_systems_by_itself() {
    let always = format!("always: {ALL_SYSTEMS}");
    MIRROR.pipeline("trigger", "master", Protected).with(&SETTINGS).with(&BY_GITLAB).gives(&Plan {
        kind: Some(("TRIGGERED_EE_PIPELINE", "GITLAB")),
        jobs: &[TRIGGERED, ON_REQUEST, &always],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn a_pipeline_that_another_project_triggers_tests_its_images() {
    let always = format!("always: {ALL_SYSTEMS}");
    let context = MIRROR.pipeline("pipeline", "master", Protected).with(&SETTINGS).with(&[
        "ee=true",
        "TOP_UPSTREAM_SOURCE_PROJECT=gitlab-org/gitaly",
        "TOP_UPSTREAM_SOURCE_JOB=a job",
        "TOP_UPSTREAM_SOURCE_REF=master",
        "BUILD_ON_ALL_OS=true",
    ]);
    context.gives(&Plan {
        kind: Some(("TRIGGERED_EE_PIPELINE", "EE")),
        jobs: &[
            TRIGGERED,
            IMAGE_TESTS,
            MANUAL_IMAGE_TESTS,
            ON_REQUEST,
            &always,
            "on_failure: notify:slack-fail:scheduled-master",
        ],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn a_triggered_pipeline_is_of_ce_unless_it_is_told() {
    let whenever = format!("manual: {ALL_SYSTEMS}, container_scanning");
    MIRROR.pipeline("pipeline", "master", Protected).with(&SETTINGS).gives(&Plan {
        kind: Some(("TRIGGERED_CE_PIPELINE", "CE")),
        jobs: &[TRIGGERED, "letsencrypt-test", &whenever],
        token: BOTH,
        secret: "",
    });
}

#[test]
fn a_push_to_the_mirror_makes_no_pipeline() {
    MIRROR.pipeline("push", "master", Protected).gives_none();
    MIRROR.pipeline("push", "master", Protected).with(&["SKIP_PIPELINE_SOURCE=push"]).gives_none();
}

/// Seven jobs need `Docker-branch`, and none of them says that it is optional.
#[test]
fn skipping_a_job_that_others_need_makes_no_pipeline() {
    let context = MIRROR.pipeline("pipeline", "master", Protected).with(&["ee=true"]);
    context.with(&["SKIP_JOB_REGEX=/^Docker/"]).gives_none();
}

#[test]
fn the_cache_of_triggered_builds_is_filled_by_building_everything() {
    for (source, variables, edition) in [("pipeline", &BY_GITLAB[..], "GITLAB"), ("web", &[], "CE")] {
        let context = MIRROR.pipeline(source, "master", Protected).with(&["CACHE_UPDATE=true"]);
        let without_it: Vec<String> = read(&["{os}-branch, {fips}-branch"])
            .into_keys()
            .filter(|name| name != "Ubuntu-22.04-arm64-branch" && name != "Ubuntu-22.04-fips-branch")
            .collect();
        context.with(variables).gives(&Plan {
            kind: Some(("TRIGGER_CACHE_UPDATE_PIPELINE", edition)),
            jobs: &[BOTH, &without_it.join(", "), DOCKER_BRANCH],
            token: BOTH,
            secret: "",
        });
    }
}

#[test]
fn schedules_of_the_mirror_do_what_their_variable_says() {
    let update_cache = "update-gems-cache, update-gems-cache-for-docker-jobs";
    let schedules = [
        ("CACHE_UPDATE=true", "CACHE_UPDATE_PIPELINE", update_cache, ""),
        ("DURATION_PLOTTER=true", "DURATION_PLOTTER_PIPELINE", "fetch-assets", "fetch-assets"),
    ];
    for (variable, kind, jobs, token) in schedules {
        let context = MIRROR.pipeline("schedule", "master", Protected).with(&[variable]);
        context.gives(&Plan { kind: Some((kind, "CE")), jobs: &[jobs], token, secret: "" });
    }
}

/// What `build-package-on-all-os` starts.
#[test]
fn a_child_for_all_systems_skips_what_its_parent_built() {
    let context = MIRROR.pipeline("parent_pipeline", "master", Protected).with(&[
        "PIPELINE_TYPE=EE_BRANCH_BUILD_PIPELINE",
        "ee=true",
        "SKIP_JOB_REGEX=/Ubuntu-24.04|Ubuntu-22.04-(arm|branch)|Docker|QA/",
    ]);
    let built = [
        "Ubuntu-22.04-branch",
        "Ubuntu-22.04-arm64-branch",
        "Ubuntu-24.04-branch",
        "Ubuntu-24.04-arm64-branch",
    ];
    let names = read(&["{os}-branch, {fips}-branch"]).into_keys();
    let others = names.filter(|name| !built.contains(&name.as_str())).collect::<Vec<_>>().join(", ");
    context.gives(&Plan { jobs: &[BOTH, &others], token: BOTH, ..Plan::default() });
}
