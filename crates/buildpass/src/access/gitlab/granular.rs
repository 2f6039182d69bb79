use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

/// One granular scope, as GitLab shows it: there is one for each group and project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GranularScope {
    /// Which boundary: `selected_memberships` names groups and projects.
    pub access: String,
    /// What may be done there.
    pub permissions: Vec<String>,
    /// The project, by its number.
    pub project_id: Option<u64>,
}

const SELECTED: &str = "selected_memberships";

/// Clone, pull, and the files of Git LFS. <https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens_other/>
const DOWNLOAD: &str = "download_code";

/// What is asked for: the code of these projects, and nothing else.
pub(super) fn download_of(projects: &BTreeSet<u64>) -> Value {
    json!([{ "access": SELECTED, "permissions": [DOWNLOAD], "project_ids": projects }])
}

/// The projects whose code these scopes are for; nothing where they are for anything else.
pub(in crate::access) fn downloads(scopes: &[GranularScope]) -> Option<BTreeSet<u64>> {
    let project = |scope: &GranularScope| {
        let is_download = scope.access == SELECTED && scope.permissions == [DOWNLOAD];
        scope.project_id.filter(|_| is_download)
    };
    scopes.iter().map(project).collect()
}
