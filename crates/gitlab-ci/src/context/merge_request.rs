use alloc::format;

use super::predefined::Predefined;
use super::server::Server;

const NOT_DERIVED: [&str; 19] = [
    "CI_MERGE_REQUEST_APPROVED",
    "CI_MERGE_REQUEST_ASSIGNEES",
    "CI_MERGE_REQUEST_DESCRIPTION",
    "CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_DIFF_ID",
    "CI_MERGE_REQUEST_DRAFT",
    "CI_MERGE_REQUEST_EVENT_TYPE",
    "CI_MERGE_REQUEST_ID",
    "CI_MERGE_REQUEST_IID",
    "CI_MERGE_REQUEST_LABELS",
    "CI_MERGE_REQUEST_MILESTONE",
    "CI_MERGE_REQUEST_PROJECT_ID",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
    "CI_MERGE_REQUEST_SQUASH_ON_MERGE",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED",
    "CI_MERGE_REQUEST_TITLE",
];

/// What a merge request's pipeline has on top. The request is taken to come from the project and to go there, unless
/// something else was given.
pub(super) fn define(
    predefined: &mut Predefined<'_>,
    server: &Server,
    project: Option<&str>,
    branch: Option<&str>,
) {
    for name in NOT_DERIVED {
        predefined.unknown(name);
    }
    predefined.maybe("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", branch);
    for side in ["CI_MERGE_REQUEST_PROJECT", "CI_MERGE_REQUEST_SOURCE_PROJECT"] {
        let path_name = format!("{side}_PATH");
        let path = predefined.given(&path_name).or(project);
        predefined.maybe(&path_name, path);
        predefined.maybe(&format!("{side}_URL"), path.map(|path| format!("{}/{path}", server.url)));
    }
    let number = predefined.given("CI_MERGE_REQUEST_IID");
    let detached = predefined.given("CI_MERGE_REQUEST_EVENT_TYPE") == Some("detached");
    predefined.maybe(
        "CI_MERGE_REQUEST_REF_PATH",
        number.filter(|_| detached).map(|number| format!("refs/merge-requests/{number}/head")),
    );
    for name in ["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] {
        predefined.maybe(name, detached.then_some(""));
    }
}
