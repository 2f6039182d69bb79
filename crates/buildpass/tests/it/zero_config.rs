//! A job that already has GitLab's own template needs no configuration: what it may have stands in its pipeline's file.

use std::fs;

use serde_json::json;

use crate::harness::{BUILD_TOKEN, Buildpass, Finished, Sandbox, Scripted, Vault, on_every_vault, reply};

const ROOT: &str = "
include:
  - local: ci/security.yml
    rules:
      - if: '$CI_PROJECT_PATH == $SECURITY_PROJECT_PATH'
  - local: ci/public.yml
    rules:
      - if: '$CI_PROJECT_PATH != $SECURITY_PROJECT_PATH'
.vault-integration:
  id_tokens:
    VAULT_ID_TOKEN:
      aud: $VAULT_AUDIENCE
build:
  extends: .with-build-token
  parallel: 2
  script: make
lint:
  script: make lint
";

const SECURITY: &str = "
.with-build-token:
  extends: .vault-integration
  secrets:
    SECURITY_PRIVATE_TOKEN:
      file: false
      vault: access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token/token@ci
";

const PUBLIC: &str = ".with-build-token:\n  extends: .vault-integration\n";

const PROJECT: &str = "gitlab-org/security/omnibus-gitlab";

/// `build` in the security project, as its Runner starts it.
fn job(root: &str, vault: &str, id_token: &str) -> Buildpass {
    let mut job = Buildpass::new();
    job = job.file(".gitlab-ci.yml", root);
    fs::create_dir_all(job.project().join("ci")).unwrap();
    let job = job.file("ci/security.yml", SECURITY).file("ci/public.yml", PUBLIC);
    let project = job.project().to_str().unwrap().to_owned();
    [
        ("GITLAB_CI", "true"),
        ("CI_JOB_NAME", "build 1/2"),
        ("CI_PROJECT_PATH", PROJECT),
        ("CI_PROJECT_DIR", &project),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_BRANCH", "master"),
        ("CI_COMMIT_REF_NAME", "master"),
        ("CI_COMMIT_REF_PROTECTED", "true"),
        ("SECURITY_PROJECT_PATH", PROJECT),
        ("VAULT_SERVER_URL", vault),
        ("VAULT_AUTH_ROLE", "omnibus-gitlab"),
        ("VAULT_ID_TOKEN", id_token),
    ]
    .into_iter()
    .fold(job, |job, (name, value)| job.env(name, value))
}

/// The reference deployment, and an ID token of the security project; the sandbox has to live as long as it is good.
fn id_token(vault: &Vault) -> (Sandbox, String) {
    let sandbox = Sandbox::start();
    vault.deploy(&sandbox);
    let token = sandbox.id_token(&vault.address, json!({}));
    (sandbox, token)
}

const SHOW: [&str; 5] = ["run", "--", "sh", "-c", "printf %s \"${SECURITY_PRIVATE_TOKEN-none}\" > got"];

fn got(job: &Buildpass) -> String {
    fs::read_to_string(job.project().join("got")).unwrap_or_default()
}

/// A vault that is not to be asked.
fn nobody() -> Scripted {
    Scripted::start(|_, _| reply(500, "", "{}"))
}

fn refused(job: Buildpass) -> String {
    let Finished { code, stderr, .. } = job.args(SHOW).run();
    assert_eq!(code, Some(2), "{stderr}");
    stderr.trim_end_matches("buildpass: CMD was not started\n").to_owned()
}

on_every_vault! {
    fn the_security_projects_job_has_what_its_template_says(vault) {
        let (_sandbox, token) = id_token(vault);
        let mut job = job(ROOT, &vault.address, &token).args(SHOW);
        let finished = job.run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
        assert_eq!(got(&job), BUILD_TOKEN);
        assert_eq!(vault.sessions(), 0);
    }

    fn what_the_yaml_hands_over_as_a_file_is_one(vault) {
        let (_sandbox, token) = id_token(vault);
        let mut job = job(ROOT, &vault.address, &token)
            .file("ci/security.yml", &SECURITY.replace("      file: false\n", ""))
            .args(["run", "--", "sh", "-c", "cat \"$SECURITY_PRIVATE_TOKEN\" > got"]);
        assert_eq!(job.run().code, Some(0));
        assert_eq!(got(&job), BUILD_TOKEN);
    }

    fn token_prints_what_the_pipelines_file_names(vault) {
        let (_sandbox, token) = id_token(vault);
        let finished = job(ROOT, &vault.address, &token).args(["token", "SECURITY_PRIVATE_TOKEN"]).run();
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), BUILD_TOKEN));
    }

    fn the_vault_decides_where_a_variable_may_be_a_setting_or_not(vault) {
        let yaml = format!("variables:\n  SECURITY_PROJECT_PATH: {PROJECT}\n{ROOT}");
        let (sandbox, token) = id_token(vault);
        let mut allowed = job(&yaml, &vault.address, &token).args(SHOW);
        let finished = allowed.run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
        assert_eq!(got(&allowed), BUILD_TOKEN);
        let other = sandbox.id_token(&vault.address, json!({"project": "somebody/else"}));
        let mut denied = job(&yaml, &vault.address, &other).args(SHOW);
        let finished = denied.run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert_eq!(got(&denied), "none");
        assert_eq!(
            finished.stderr,
            "buildpass: the vault gives no secret, so CMD gets none; whether SECURITY_PROJECT_PATH is a setting of \
             the project cannot be told from a job\n"
        );
    }
}

#[test]
fn a_job_without_secrets_asks_nobody_and_says_so() {
    let vault = nobody();
    for (name, project) in [("lint", PROJECT), ("build 2/2", "gitlab-org/omnibus-gitlab")] {
        let mut job = job(ROOT, &vault.address, "no ID token")
            .env("CI_JOB_NAME", name)
            .env("CI_PROJECT_PATH", project)
            .args(SHOW);
        let finished = job.run();
        assert_eq!(finished.code, Some(0));
        assert_eq!(
            finished.stderr,
            format!("buildpass: the job `{name}` has no secrets in .gitlab-ci.yml, so CMD gets none\n")
        );
        assert_eq!(got(&job), "none");
    }
    assert_eq!(vault.requests().len(), 0);
}

#[test]
fn what_the_runner_has_filled_in_is_masked_and_not_asked_for_again() {
    let vault = nobody();
    let script = "echo \"$SECURITY_PRIVATE_TOKEN\"; printf %s \"$SECURITY_PRIVATE_TOKEN\" > got";
    let mut job = job(ROOT, &vault.address, "no ID token")
        .env("SECURITY_PRIVATE_TOKEN", "made-up-filled-token-1234")
        .args(["run", "--", "sh", "-c", script]);
    let finished = job.run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert_eq!(got(&job), "made-up-filled-token-1234");
    assert!(!finished.stdout.contains("made-up"), "{}", finished.stdout);
    assert_eq!(vault.requests().len(), 0);
}

#[test]
fn what_git_alone_is_to_have_leaves_the_environment() {
    let vault = nobody();
    let toml = "[[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"a/b/token@ci\"\nto = \"git\"\n";
    let mut job = job(ROOT, &vault.address, "no ID token")
        .file("buildpass.toml", toml)
        .env("SECURITY_PRIVATE_TOKEN", "made-up-filled-token-1234")
        .args(SHOW);
    let finished = job.run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert_eq!(got(&job), "none");
    assert_eq!(vault.requests().len(), 0);
}

#[test]
fn refresh_asks_for_what_the_runner_has_filled_in() {
    let mut job = job(ROOT, "http://127.0.0.1:9", "no ID token")
        .env("SECURITY_PRIVATE_TOKEN", "made-up-filled-token-1234")
        .args(["run", "--refresh", "--", "true"]);
    assert_eq!(job.run().code, Some(2), "the ID token is looked at");
}

#[test]
fn a_template_that_only_a_setting_brings_is_read_with_that_setting() {
    let vault = nobody();
    let only = ROOT.replace(
        "  - local: ci/public.yml\n    rules:\n      - if: '$CI_PROJECT_PATH != $SECURITY_PROJECT_PATH'\n",
        "",
    );
    for root in [
        only.clone(),
        only.replace("ci/security.yml", "ci/$FILE.yml"),
        format!("variables: {{SECURITY_PROJECT_PATH: {PROJECT}}}\n{only}"),
    ] {
        let mut job = job(&root, &vault.address, "no ID token")
            .env("FILE", "security")
            .env("SECURITY_PRIVATE_TOKEN", "made-up-filled-token-1234")
            .args(SHOW);
        let finished = job.run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{root}");
        assert_eq!(got(&job), "made-up-filled-token-1234");
    }
}

#[test]
fn what_the_runner_has_filled_in_needs_no_id_token() {
    let two = "  id_tokens:\n    OTHER_TOKEN: {aud: other}\n    VAULT_ID_TOKEN: {aud: x}\n  secrets:\n    \
               A: {vault: a/b/c@ci, token: $OTHER_TOKEN, file: false}\n    SECURITY_PRIVATE_TOKEN: {vault: a/b/c@ci, token: $VAULT_ID_TOKEN, file: false}\n";
    let vault = nobody();
    let mut job = job(ROOT, &vault.address, "no ID token")
        .file("ci/security.yml", &format!(".with-build-token:\n{two}"))
        .env("A", "made-up-other-token-1234")
        .env("SECURITY_PRIVATE_TOKEN", "made-up-filled-token-1234")
        .args(SHOW);
    assert_eq!(job.run().code, Some(0));
    assert_eq!(vault.requests().len(), 0);
}

#[test]
fn git_is_answered_with_what_the_runner_has_filled_in() {
    let vault = nobody();
    let job =
        job(ROOT, &vault.address, "no ID token").env("SECURITY_PRIVATE_TOKEN", "made-up-filled-token-1234");
    let question = "printf 'protocol=https\nhost=gitlab.example\npath=group/x.git\n\n' | \
                    \"$0\" --git realm=https://gitlab.example/group/,password=SECURITY_PRIVATE_TOKEN git credential get";
    let output =
        job.other_program("sh").args(["-c", question, env!("CARGO_BIN_EXE_buildpass")]).output().unwrap();
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.contains("password=made-up-filled-token-1234"), "{output:?}");
    assert_eq!(vault.requests().len(), 0);
}

#[test]
fn what_the_job_cannot_tell_is_an_error_that_names_the_flag() {
    let plain = || job(ROOT, "http://127.0.0.1:9", "no ID token");
    let unread = ROOT
        .replace("include:\n", "include:\n  - template: Jobs/Gone.gitlab-ci.yml\n")
        .replace("extends: .with-build-token", "extends: .from-elsewhere");
    let other = "  id_tokens:\n    OTHER_TOKEN: {aud: other}\n    VAULT_ID_TOKEN: {aud: x}\n  secrets:\n    \
                 A: {vault: a/b/c@ci, token: $OTHER_TOKEN}\n    B: {vault: a/b/c@ci, token: $VAULT_ID_TOKEN}\n";
    for (job, error, hint) in [
        (
            plain().env("CI_PIPELINE_SOURCE", "parent_pipeline"),
            "which configuration this child pipeline has cannot be told from the job",
            "--ci-config",
        ),
        (
            plain().env("CI_CONFIG_PATH", "ci.yml@group/pipelines"),
            "the pipeline's configuration `ci.yml@group/pipelines` is not in this project",
            "--ci-config",
        ),
        (plain().env("CI_JOB_NAME", "biuld"), "the job `biuld` is not in ", "its nearest job is `build`"),
        (
            plain().file(".gitlab-ci.yml", "build: ["),
            ".gitlab-ci.yml:1:9: did not find expected node content while parsing a flow node",
            "--secret",
        ),
        (
            plain().file(".gitlab-ci.yml", &unread),
            "which secrets the job `build 1/2` may have is unknown: it extends `.from-elsewhere`",
            "--include-dir",
        ),
        (
            plain().file("ci/security.yml", &format!(".with-build-token:\n{other}")),
            "the job's secrets log in with two ID tokens, OTHER_TOKEN and VAULT_ID_TOKEN",
            "--token-variable",
        ),
    ] {
        let said = refused(job);
        assert!(said.contains(error) && said.contains(hint), "{said}");
    }
}
