//! Jobs that run together, written `WHEN: NAME, NAME`; no WHEN is on_success, `{os}` is every system, `{fips}` those with FIPS.

use std::collections::BTreeMap;

const OS: [&str; 22] = [
    "AlmaLinux-10",
    "AlmaLinux-10-arm64",
    "AlmaLinux-8",
    "AlmaLinux-8-arm64",
    "AlmaLinux-9",
    "AlmaLinux-9-arm64",
    "AmazonLinux-2023",
    "AmazonLinux-2023-arm64",
    "Debian-11",
    "Debian-11-arm64",
    "Debian-12",
    "Debian-12-arm64",
    "Debian-13",
    "Debian-13-arm64",
    "OpenSUSE-15.6",
    "OpenSUSE-15.6-arm64",
    "Ubuntu-22.04",
    "Ubuntu-22.04-arm64",
    "Ubuntu-24.04",
    "Ubuntu-24.04-arm64",
    "Ubuntu-26.04",
    "Ubuntu-26.04-arm64",
];

const FIPS: [&str; 4] =
    ["AlmaLinux-8-fips", "AlmaLinux-9-fips", "AmazonLinux-2023-fips", "Ubuntu-22.04-fips"];

/// Both jobs that extend `.with-build-token`.
pub(super) const BOTH: &str = "fetch-assets, generate-facts";

/// The one of them that tests run.
pub(super) const FACTS: &str = "generate-facts";

/// Runs on protected refs, but in the mirror.
pub(super) const ISSUE_BOT: &str = "on_failure: issue-bot";

/// Whatever ends in `_TEST_PIPELINE` or `_MR_PIPELINE`.
pub(super) const TESTS: &str = "generate-facts, rubocop, yard, knapsack, update-knapsack, \
    build library specs, ChefSpec specs, docs-lint content, docs-lint markdown, docs-lint links, docs-lint hugo, \
    docs-lint-i18n content, docs-lint-i18n markdown, docs-i18n-lint paths";

pub(super) const LINKS: &str = "manual: docs-i18n-report links";

pub(super) const TRIGGERS: &str =
    "manual: Trigger:ce-package, Trigger:ee-package, Trigger:ce-package-ubt, Trigger:ee-package-ubt";

pub(super) const REVIEW: &str = "manual: review-docs-deploy, review-docs-cleanup";

/// What a merge request adds in the canonical and in the security project.
pub(super) const MERGE_REQUEST: &str = "danger-review, dependency_scanning, validate_renovate_checksum";

pub(super) const DOCKER_BRANCH: &str = "Docker-branch-amd64, Docker-branch-arm64, Docker-branch";

pub(super) const DOCKER_TAG: &str = "Docker-amd64, Docker-arm64, Docker";

/// Packages, images and checks of a triggered pipeline of either edition.
pub(super) const TRIGGERED: &str = "fetch-assets, generate-facts, Ubuntu-22.04-branch, Ubuntu-24.04-branch, \
    Ubuntu-24.04-arm64-branch, Docker-branch-amd64, Docker-branch-arm64, Docker-branch, package_size_check";

/// What tests the images of EE, but not for triggers by `gitlab-org/gitlab`.
pub(super) const IMAGE_TESTS: &str =
    "letsencrypt-test, patroni-ha-test, redis-valkey-sentinel-test, upgrade-check-test";

pub(super) const MANUAL_IMAGE_TESTS: &str = "manual: OAK:smoke-test, patroni-pg-upgrade-test";

/// What a person may start in a triggered pipeline of EE.
pub(super) const ON_REQUEST: &str = "manual: GET:Geo, RAT, RAT:FIPS, RAT:ref_arch_envs, container_scanning";

/// The jobs of a triggered pipeline that `changes` starts by themselves.
pub(super) const ALL_SYSTEMS: &str =
    "build-package-on-all-os, Ubuntu-22.04-arm64-branch, Ubuntu-22.04-fips-branch";

pub(super) const NIGHTLY_STAGING: &str =
    "Ubuntu-22.04-staging, Ubuntu-22.04-arm64-staging, Ubuntu-24.04-staging";

pub(super) const AFTER_RELEASE: &str = "manual: Docker-Release, license-upload, manifest-upload";

/// Every job by its name, with when it runs.
pub(super) fn read(groups: &[&str]) -> BTreeMap<String, String> {
    let mut jobs = BTreeMap::new();
    for group in groups {
        let (when, names) = group.split_once(": ").unwrap_or(("on_success", group));
        for name in names.split(", ").flat_map(expanded) {
            let before = jobs.insert(name.clone(), when.to_owned());
            assert_eq!(before, None, "{name} is listed twice");
        }
    }
    jobs
}

/// The first name that is written.
pub(super) fn first<'a>(groups: &[&'a str]) -> &'a str {
    let names = groups[0].split_once(": ").map_or(groups[0], |(_, names)| names);
    names.split(", ").next().unwrap()
}

fn expanded(name: &str) -> Vec<String> {
    let every = |pattern: &str, systems: &[&str]| {
        systems.iter().map(|system| name.replace(pattern, system)).collect::<Vec<_>>()
    };
    match name {
        _ if name.contains("{os}") => every("{os}", &OS),
        _ if name.contains("{fips}") => every("{fips}", &FIPS),
        _ => vec![name.to_owned()],
    }
}
