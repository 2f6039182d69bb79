use std::collections::BTreeMap;

use crate::issuer::{JobIdentity, RefType};
use crate::registry::Project;

/// GitLab's [predefined variables](https://docs.gitlab.com/ci/variables/predefined_variables/) of a job, but for
/// those that only its runner knows.
pub(super) fn job_variables(
    job: &JobIdentity,
    job_name: &str,
    base_url: &str,
) -> BTreeMap<&'static str, String> {
    let project = &job.project;
    let (protocol, fqdn) = base_url.split_once("://").unwrap_or(("http", base_url));
    let (host, port) = fqdn.rsplit_once(':').unwrap_or((fqdn, "80"));
    let project_url = format!("{base_url}/{}", project.path);
    let namespace = &project.namespace_path;
    let root_namespace = namespace.split('/').next().unwrap_or_default();
    let project_name = project.path.rsplit('/').next().unwrap_or_default();
    let short_sha: String = job.sha.chars().take(8).collect();

    let mut variables = BTreeMap::from([
        ("CI", "true".to_owned()),
        ("GITLAB_CI", "true".to_owned()),
        ("CI_API_V4_URL", format!("{base_url}/api/v4")),
        ("CI_COMMIT_REF_NAME", job.ref_name.clone()),
        ("CI_COMMIT_REF_PROTECTED", job.ref_protected.to_string()),
        ("CI_COMMIT_REF_SLUG", slug(&job.ref_name)),
        ("CI_COMMIT_SHA", job.sha.clone()),
        ("CI_COMMIT_SHORT_SHA", short_sha),
        ("CI_CONFIG_PATH", ".gitlab-ci.yml".to_owned()),
        ("CI_DEFAULT_BRANCH", Project::DEFAULT_BRANCH.to_owned()),
        ("CI_JOB_ID", job.job_id.to_string()),
        ("CI_JOB_NAME", job_name.to_owned()),
        ("CI_JOB_NAME_SLUG", slug(job_name)),
        ("CI_JOB_STAGE", "test".to_owned()),
        ("CI_JOB_STATUS", "running".to_owned()),
        ("CI_JOB_URL", format!("{project_url}/-/jobs/{}", job.job_id)),
        ("CI_PIPELINE_ID", job.pipeline_id.to_string()),
        ("CI_PIPELINE_IID", "1".to_owned()),
        ("CI_PIPELINE_SOURCE", "push".to_owned()),
        ("CI_PIPELINE_URL", format!("{project_url}/-/pipelines/{}", job.pipeline_id)),
        ("CI_PROJECT_ID", project.id.to_string()),
        ("CI_PROJECT_NAME", project_name.to_owned()),
        ("CI_PROJECT_NAMESPACE", namespace.clone()),
        ("CI_PROJECT_NAMESPACE_ID", project.namespace_id.to_string()),
        ("CI_PROJECT_PATH", project.path.clone()),
        ("CI_PROJECT_PATH_SLUG", slug(&project.path)),
        ("CI_PROJECT_ROOT_NAMESPACE", root_namespace.to_owned()),
        ("CI_PROJECT_TITLE", project_name.to_owned()),
        ("CI_PROJECT_URL", project_url),
        ("CI_PROJECT_VISIBILITY", project.visibility.to_owned()),
        ("CI_RUNNER_ID", "1".to_owned()),
        ("CI_SERVER", "yes".to_owned()),
        ("CI_SERVER_FQDN", fqdn.to_owned()),
        ("CI_SERVER_HOST", host.to_owned()),
        ("CI_SERVER_NAME", "GitLab".to_owned()),
        ("CI_SERVER_PORT", port.to_owned()),
        ("CI_SERVER_PROTOCOL", protocol.to_owned()),
        ("CI_SERVER_URL", base_url.to_owned()),
        ("GITLAB_USER_EMAIL", "developer@example.com".to_owned()),
        ("GITLAB_USER_ID", "2".to_owned()),
        ("GITLAB_USER_LOGIN", "developer".to_owned()),
    ]);
    let ref_variable = match job.ref_type {
        RefType::Branch => "CI_COMMIT_BRANCH",
        RefType::Tag => "CI_COMMIT_TAG",
    };
    variables.insert(ref_variable, job.ref_name.clone());
    if let Some(environment) = &job.environment {
        variables.insert("CI_ENVIRONMENT_NAME", environment.clone());
    }
    variables
}

/// Lower case, at most 63 bytes, everything but letters and digits replaced by `-`, none of it at the ends.
fn slug(text: &str) -> String {
    let replaced = |character: char| match character.to_ascii_lowercase() {
        plain if plain.is_ascii_alphanumeric() => plain,
        _ => '-',
    };
    let slug: String = text.chars().map(replaced).take(63).collect();
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::ProjectIdentity;

    fn job(ref_type: RefType) -> JobIdentity {
        JobIdentity {
            job_id: 7,
            pipeline_id: 5,
            project: ProjectIdentity {
                id: 3,
                path: "gitlab-org/security/omnibus-gitlab".into(),
                namespace_id: 2,
                namespace_path: "gitlab-org/security".into(),
                visibility: "private",
            },
            ref_name: "1.2/Three".into(),
            ref_type,
            ref_protected: false,
            sha: "0123456789".repeat(4),
            environment: None,
        }
    }

    #[test]
    fn the_host_has_no_port_and_the_ref_is_a_branch_or_a_tag() {
        let branch = job_variables(&job(RefType::Branch), "build", "http://127.0.0.1:3000");
        assert_eq!(branch["CI_SERVER_HOST"], "127.0.0.1");
        assert_eq!(branch["CI_SERVER_PORT"], "3000");
        assert_eq!(branch["CI_SERVER_PROTOCOL"], "http");
        assert_eq!(branch["CI_PROJECT_NAMESPACE"], "gitlab-org/security");
        assert_eq!(branch["CI_PROJECT_ROOT_NAMESPACE"], "gitlab-org");
        assert_eq!(branch["CI_COMMIT_BRANCH"], "1.2/Three");
        assert_eq!(branch["CI_COMMIT_REF_SLUG"], "1-2-three");
        assert_eq!(branch["CI_COMMIT_REF_PROTECTED"], "false");
        assert_eq!(branch["CI_COMMIT_SHORT_SHA"], "01234567");
        assert!(!branch.contains_key("CI_COMMIT_TAG"));

        let tag = job_variables(&job(RefType::Tag), "build", "http://127.0.0.1:3000");
        assert_eq!(tag["CI_COMMIT_TAG"], "1.2/Three");
        assert!(!tag.contains_key("CI_COMMIT_BRANCH"));
    }
}
