use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Git, Running, search_path};

const DENIED: &str = "remote: HTTP Basic: Access denied. If a password was provided for Git authentication, the \
    password was incorrect or you're required to use a token instead of a password. If a token was provided, it was \
    either incorrect, expired, or improperly scoped. See ";

const NOT_FOUND: &str =
    "remote: The project you were looking for could not be found or you don't have permission to view it.";

/// A sandbox with the private project `gitlab-org/security/omnibus`, its group's number, and a git.
async fn with_private_project() -> (Running, u64, Git) {
    let sandbox = Running::start().await;
    let above = sandbox.group("gitlab-org", None).await;
    let group = sandbox.group("security", Some(above)).await;
    sandbox.project("omnibus", group, "private").await;
    sandbox.commit("gitlab-org/security/omnibus", json!({ "README": "secret source\n" })).await;
    let git = Git::within(sandbox.path());
    (sandbox, group, git)
}

const PROJECT: &str = "gitlab-org/security/omnibus";

#[tokio::test]
async fn a_token_that_may_read_clones_a_private_project_under_any_user_name() {
    let (sandbox, group, git) = with_private_project().await;
    let token = sandbox.token_value(group, 20, &["read_repository"]).await;
    git.must(&["clone", "--quiet", &sandbox.url_with(&token, PROJECT), "copy"]).await;
    let readme = std::fs::read_to_string(git.folder().join("copy/README")).unwrap();
    assert_eq!(readme, "secret source\n");
    git.must(&["clone", "--quiet", &sandbox.url_with(ADMIN, PROJECT), "administrators-copy"]).await;

    let requests = sandbox.git_requests().await;
    assert_eq!(requests[0]["authorization"], "none");
    assert_eq!(requests[1]["authorization"], "basic");
    assert_eq!(requests[1]["user"], "anyone");
    assert_eq!(requests[1]["path"], "/gitlab-org/security/omnibus.git/info/refs");
    assert!(requests.iter().all(|request| !request.to_string().contains(&token)));
}

#[tokio::test]
async fn without_a_credential_git_asks_for_one() {
    let (sandbox, _, git) = with_private_project().await;
    for project in [PROJECT, "gitlab-org/security/nothing"] {
        let stderr = git.must_fail(&["clone", &sandbox.url(project), "copy"]).await;
        assert!(stderr.contains("could not read Username"), "{stderr}");
        assert!(stderr.contains("terminal prompts disabled"), "{stderr}");

        let path = format!("/{project}.git/info/refs?service=git-upload-pack");
        let answer = sandbox.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers()["www-authenticate"], "Basic realm=\"GitLab\"");
    }
}

#[tokio::test]
async fn a_token_that_proves_nothing_is_denied() {
    let (sandbox, group, git) = with_private_project().await;
    let unscoped = sandbox.token_value(group, 30, &["read_api"]).await;
    let revoked = sandbox.token_value(group, 30, &["read_repository"]).await;
    let own = "/api/v4/personal_access_tokens/self";
    sandbox.ask(&revoked, Method::DELETE, own, Value::Null).await;
    let expired = sandbox.token_value(group, 30, &["read_repository"]).await;
    sandbox.pass(12 * 3600);

    for token in ["glpat-wrong", &unscoped, &revoked, &expired] {
        let stderr = git.must_fail(&["clone", &sandbox.url_with(token, PROJECT), "copy"]).await;
        assert!(stderr.contains(DENIED), "{stderr}");
        assert!(stderr.contains("fatal: Authentication failed for"), "{stderr}");
    }
}

#[tokio::test]
async fn a_project_outside_the_tokens_group_is_not_found() {
    let (sandbox, _, git) = with_private_project().await;
    let elsewhere = sandbox.group("elsewhere", None).await;
    let token = sandbox.token_value(elsewhere, 50, &["api"]).await;
    for project in [PROJECT, "gitlab-org/security/nothing"] {
        let stderr = git.must_fail(&["clone", &sandbox.url_with(&token, project), "copy"]).await;
        assert!(stderr.contains(NOT_FOUND), "{stderr}");
        assert!(stderr.contains("fatal: repository "), "{stderr}");
    }
}

#[tokio::test]
async fn a_guest_may_not_download() {
    let (sandbox, group, git) = with_private_project().await;
    let token = sandbox.token_value(group, 10, &["read_repository"]).await;
    let stderr = git.must_fail(&["clone", &sandbox.url_with(&token, PROJECT), "copy"]).await;
    assert!(stderr.contains("remote: You are not allowed to download code from this project."), "{stderr}");
    assert!(stderr.contains("The requested URL returned error: 403"), "{stderr}");
}

#[tokio::test]
async fn a_public_project_is_for_everyone_and_an_internal_one_for_every_token() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let elsewhere = sandbox.group("elsewhere", None).await;
    let token = sandbox.token_value(elsewhere, 10, &["read_repository"]).await;
    for visibility in ["public", "internal"] {
        sandbox.project(visibility, group, visibility).await;
        sandbox.commit(&format!("g/{visibility}"), json!({ "README": visibility })).await;
    }
    let git = Git::within(sandbox.path());
    git.must(&["clone", "--quiet", &sandbox.url("g/public"), "anonymous"]).await;
    git.must(&["clone", "--quiet", &sandbox.url_with(&token, "g/internal"), "internal"]).await;
    let stderr = git.must_fail(&["clone", &sandbox.url("g/internal"), "copy"]).await;
    assert!(stderr.contains("could not read Username"), "{stderr}");

    let path = "/g/public.git/info/refs?service=git-upload-pack";
    let with_wrong_token = sandbox.request(Method::GET, path).basic_auth("u", Some("glpat-wrong"));
    let answer = with_wrong_token.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_empty_project_is_cloned_with_a_warning_and_one_without_a_repository_is_told_of() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let project = sandbox.project("empty", group, "private").await;
    let token = sandbox.token_value(group, 30, &["read_repository"]).await;
    let git = Git::within(sandbox.path());
    let output = git.run(&["clone", &sandbox.url_with(&token, "g/empty"), "copy"]).await;
    assert!(output.succeeded);
    assert!(output.stderr.contains("You appear to have cloned an empty repository."), "{}", output.stderr);

    let repository = sandbox.path().join(format!("repositories/project-{project}.git"));
    std::fs::remove_dir_all(repository).unwrap();
    let stderr = git.must_fail(&["clone", &sandbox.url_with(&token, "g/empty"), "again"]).await;
    assert!(stderr.contains("remote: A repository for this project does not exist yet."), "{stderr}");
}

#[tokio::test]
async fn a_path_never_leaves_the_repositories() {
    let (sandbox, _, _) = with_private_project().await;
    let address = sandbox.base.strip_prefix("http://").unwrap();
    let basic = BASE64_STANDARD.encode(format!("u:{ADMIN}"));
    for path in [
        "/../../etc/passwd.git/info/refs",
        "/g/%2e%2e/%2e%2e/etc.git/info/refs",
        "/g/p%00.git/info/refs",
        "/project-1.git/info/refs",
        "/gitlab-org/security/omnibus.git/../../../etc/passwd",
        "/gitlab-org/security/omnibus.git/config",
        "/gitlab-org/security/omnibus.git/HEAD",
    ] {
        let head = format!(
            "GET {path}?service=git-upload-pack HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {basic}\r\n\
             Connection: close\r\n\r\n"
        );
        let answer = exchange(address, head).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
    }
}

/// Sends bytes that no HTTP library would, and reads the answer.
async fn exchange(address: &str, request: String) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn http_backend_never_sees_the_credential() {
    let tools = tempfile::tempdir().unwrap();
    let seen = tools.path().join("seen");
    let wrapper = tools.path().join("git");
    let path = search_path();
    let script = format!(
        "#!/bin/sh\nenv >>'{}'\nPATH='{}'\nexec git \"$@\"\n",
        seen.display(),
        path.to_str().unwrap()
    );
    std::fs::write(&wrapper, script).unwrap();
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut with_tools = tools.path().as_os_str().to_owned();
    with_tools.push(":");
    with_tools.push(&path);

    let sandbox = Running::start_with_path(with_tools).await;
    let group = sandbox.group("g", None).await;
    sandbox.project("p", group, "private").await;
    sandbox.commit("g/p", json!({ "README": "x" })).await;
    let token = sandbox.token_value(group, 30, &["read_repository"]).await;
    let git = Git::within(sandbox.path());
    git.must(&["clone", "--quiet", &sandbox.url_with(&token, "g/p"), "copy"]).await;

    let environments = std::fs::read_to_string(seen).unwrap();
    assert!(environments.contains(&format!("REMOTE_USER=group_{group}_bot_")), "{environments}");
    assert!(environments.contains("GIT_PROTOCOL=version=2"));
    let basic = BASE64_STANDARD.encode(format!("anyone:{token}"));
    for secret in [token.as_str(), basic.as_str(), ADMIN, "AUTHORIZATION"] {
        assert!(!environments.contains(secret));
    }
}
