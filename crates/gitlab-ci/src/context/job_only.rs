/// Does only a job have this predefined variable, so that no condition sees it, whatever was given? Some of them every
/// job has before it runs, with values of its own; the others come with the runner.
pub(crate) fn is_job_only(name: &str) -> bool {
    of_every_job(name) || of_a_running_job(name)
}

/// What a plan gives each job by itself.
fn of_every_job(name: &str) -> bool {
    matches!(
        name,
        "CI_JOB_NAME"
            | "CI_JOB_NAME_SLUG"
            | "CI_JOB_STAGE"
            | "CI_JOB_MANUAL"
            | "CI_NODE_INDEX"
            | "CI_NODE_TOTAL"
    )
}

/// What nobody knows before the job runs: GitLab calls them persisted, or leaves them to the runner.
pub(crate) fn of_a_running_job(name: &str) -> bool {
    matches!(
        name,
        "CI_BUILDS_DIR"
            | "CI_CONCURRENT_ID"
            | "CI_CONCURRENT_PROJECT_ID"
            | "CI_DEPENDENCY_PROXY_PASSWORD"
            | "CI_DEPENDENCY_PROXY_USER"
            | "CI_DEPLOY_PASSWORD"
            | "CI_DEPLOY_USER"
            | "CI_DISPOSABLE_ENVIRONMENT"
            | "CI_ENVIRONMENT_ID"
            | "CI_ENVIRONMENT_SLUG"
            | "CI_JOB_GROUP_NAME"
            | "CI_JOB_ID"
            | "CI_JOB_IMAGE"
            | "CI_JOB_JWT"
            | "CI_JOB_JWT_V1"
            | "CI_JOB_JWT_V2"
            | "CI_JOB_STARTED_AT"
            | "CI_JOB_STATUS"
            | "CI_JOB_TIMEOUT"
            | "CI_JOB_TOKEN"
            | "CI_JOB_URL"
            | "CI_PIPELINE_ID"
            | "CI_PIPELINE_NAME"
            | "CI_PIPELINE_URL"
            | "CI_PROJECT_DIR"
            | "CI_REGISTRY_PASSWORD"
            | "CI_REGISTRY_USER"
            | "CI_REPOSITORY_URL"
            | "CI_RUNNER_DESCRIPTION"
            | "CI_RUNNER_EXECUTABLE_ARCH"
            | "CI_RUNNER_ID"
            | "CI_RUNNER_REVISION"
            | "CI_RUNNER_SHORT_TOKEN"
            | "CI_RUNNER_TAGS"
            | "CI_RUNNER_VERSION"
            | "CI_SERVER_TLS_CA_FILE"
            | "CI_SERVER_TLS_CERT_FILE"
            | "CI_SERVER_TLS_KEY_FILE"
            | "CI_SHARED_ENVIRONMENT"
    )
}
