use std::path::Path;
use std::time::Duration;

use gitlab_sandbox::runner::{Finished, Job, Runner, RunnerError};
use serde_json::json;

use crate::harness::{ADMIN, Running, search_path};

fn runner(sandbox: &Running) -> Runner {
    Runner {
        server: sandbox.base.clone(),
        admin_token: ADMIN.into(),
        builds: sandbox.path().join("builds"),
        search_path: search_path(),
    }
}

async fn finish(sandbox: &Running, job: &Job) -> Finished {
    runner(sandbox).run(job).await.unwrap()
}

#[tokio::test]
async fn a_job_runs_with_the_variables_of_its_project_and_nothing_inherited() {
    let sandbox = Running::start().await;
    let group = sandbox.group("gitlab-org", None).await;
    let project = sandbox.project("omnibus", group, "private").await;
    let sha = sandbox.commit("gitlab-org/omnibus", json!({ "README": "x" })).await;
    let mut job = Job::new("gitlab-org/omnibus", &["env", "pwd", "echo to stderr >&2"]);
    job.variables.insert("CHANNEL".into(), "security".into());

    let finished = finish(&sandbox, &job).await;
    assert!(finished.exit.success());
    let lines: Vec<_> = finished.log.lines().collect();
    let directory = finished.folder.join("builds/gitlab-org/omnibus");
    for expected in [
        "$ env",
        "CI=true",
        "GITLAB_CI=true",
        "CI_PROJECT_PATH=gitlab-org/omnibus",
        "CI_SERVER_HOST=127.0.0.1",
        "CI_COMMIT_REF_PROTECTED=true",
        "CHANNEL=security",
        "$ echo to stderr >&2",
        "to stderr",
        &format!("CI_PROJECT_ID={project}"),
        &format!("CI_COMMIT_SHA={sha}"),
        &format!("CI_SERVER_URL={}", sandbox.base),
        &format!("CI_PROJECT_DIR={}", directory.display()),
        &format!("HOME={}", finished.folder.join("home").display()),
        &directory.display().to_string(),
    ] {
        assert!(lines.contains(&expected), "{expected} is not in {}", finished.log);
    }
    assert!(!finished.log.contains("CARGO"));
    assert!(!finished.log.contains(ADMIN));
}

#[tokio::test]
async fn a_job_gets_the_id_tokens_that_it_names() {
    let sandbox = Running::start().await;
    let mut job = Job::new("g/p", &["printf '%s\\n' \"$VAULT_ID_TOKEN\" | cut -d. -f2 >claims"]);
    job.id_tokens.insert("VAULT_ID_TOKEN".into(), "https://vault.example.com".into());
    let finished = finish(&sandbox, &job).await;
    assert!(finished.exit.success(), "{}", finished.log);

    let claims = claims(&finished.folder.join("builds/g/p/claims"));
    assert_eq!(claims["aud"], "https://vault.example.com");
    assert_eq!(claims["iss"], sandbox.base);
    assert_eq!(
        finished.folder.file_name().unwrap().to_str().unwrap(),
        format!("job-{}", claims["job_id"].as_str().unwrap())
    );
}

fn claims(file: &Path) -> serde_json::Value {
    use base64::Engine;
    let text = std::fs::read_to_string(file).unwrap();
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text.trim()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn the_first_command_that_fails_ends_the_job_with_its_code() {
    let sandbox = Running::start().await;
    let finished = finish(&sandbox, &Job::new("g/p", &["echo one", "(exit 7)", "echo two"])).await;
    assert_eq!(finished.exit.code(), Some(7));
    assert_eq!(finished.log, "$ echo one\none\n$ (exit 7)\n");
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_ended_with_what_it_started() {
    let sandbox = Running::start().await;
    let mut job = Job::new("g/p", &["sleep 600 & echo started $!", "wait"]);
    job.timeout = Duration::from_millis(500);
    let error = runner(&sandbox).run(&job).await.unwrap_err();
    let RunnerError::TimedOut { log, .. } = error else { panic!("{error}") };
    let process = log.lines().find_map(|line| line.strip_prefix("started ")).unwrap();
    gone(process).await;
}

/// Waits for the end of a process, which its killer does not wait for.
async fn gone(process: &str) {
    let ended = async {
        while !has_ended(process) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
}

/// Whether a process has ended; one that nobody has waited for yet has ended too.
fn has_ended(process: &str) -> bool {
    match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with(['Z', 'X'])),
        Err(_) => true,
    }
}

#[tokio::test]
async fn a_process_that_a_job_leaves_behind_does_not_hold_it_up() {
    let sandbox = Running::start().await;
    let finished = finish(&sandbox, &Job::new("g/p", &["sleep 600 & echo started $!"])).await;
    assert!(finished.exit.success());
    let process = finished.log.lines().find_map(|line| line.strip_prefix("started ")).unwrap();
    gone(process).await;
}

#[tokio::test]
async fn a_project_whose_path_leads_elsewhere_gets_no_job() {
    let sandbox = Running::start().await;
    let error = runner(&sandbox).run(&Job::new("../../g", &["true"])).await.unwrap_err();
    assert!(matches!(error, RunnerError::Refused { status: 404, .. }), "{error}");
}
