use serde_json::json;

use crate::harness::{Git, Running};

/// A sandbox with the private project `g/p`, a clone of it in `copy` with a new commit, and the group's number.
async fn with_something_to_push() -> (Running, u64, Git) {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    sandbox.project("p", group, "private").await;
    sandbox.commit("g/p", json!({ "README": "first\n" })).await;
    let reader = sandbox.token_value(group, 20, &["read_repository"]).await;
    let git = Git::within(sandbox.path());
    git.must(&["clone", "--quiet", &sandbox.url_with(&reader, "g/p"), "copy"]).await;
    git.must(&["-C", "copy", "commit", "--quiet", "--allow-empty", "--message=second"]).await;
    (sandbox, group, git)
}

#[tokio::test]
async fn a_developer_with_the_scope_pushes() {
    let (sandbox, group, git) = with_something_to_push().await;
    let token = sandbox.token_value(group, 30, &["write_repository"]).await;
    // More than git sends in one piece, so that it comes chunked.
    let noise: String =
        (0..400_000_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    std::fs::write(git.folder().join("copy/noise"), &noise).unwrap();
    git.must(&["-C", "copy", "add", "noise"]).await;
    git.must(&["-C", "copy", "commit", "--quiet", "--message=noise"]).await;
    let url = sandbox.url_with(&token, "g/p");
    git.must(&["-C", "copy", "push", "--quiet", &url, "HEAD:main"]).await;
    let trace = std::fs::read_to_string(git.folder().join("curl.trace")).unwrap();
    assert!(trace.contains("Transfer-Encoding: chunked"));

    git.must(&["clone", "--quiet", &url, "fresh"]).await;
    assert_eq!(std::fs::read_to_string(git.folder().join("fresh/noise")).unwrap(), noise);
}

#[tokio::test]
async fn a_token_that_may_only_read_cannot_push() {
    let (sandbox, group, git) = with_something_to_push().await;
    let token = sandbox.token_value(group, 40, &["read_repository"]).await;
    let url = sandbox.url_with(&token, "g/p");
    let stderr = git.must_fail(&["-C", "copy", "push", &url, "HEAD:main"]).await;
    assert!(stderr.contains("remote: You are not allowed to upload code."), "{stderr}");
    assert!(stderr.contains("The requested URL returned error: 403"), "{stderr}");
}

#[tokio::test]
async fn a_reporter_cannot_push() {
    let (sandbox, group, git) = with_something_to_push().await;
    let token = sandbox.token_value(group, 20, &["write_repository"]).await;
    let url = sandbox.url_with(&token, "g/p");
    let stderr = git.must_fail(&["-C", "copy", "push", &url, "HEAD:main"]).await;
    assert!(stderr.contains("remote: You are not allowed to push code to this project."), "{stderr}");
}

#[tokio::test]
async fn nobody_pushes_to_a_public_project_without_a_credential() {
    let (sandbox, group, git) = with_something_to_push().await;
    sandbox.project("public", group, "public").await;
    let stderr = git.must_fail(&["-C", "copy", "push", &sandbox.url("g/public"), "HEAD:main"]).await;
    assert!(stderr.contains("could not read Username"), "{stderr}");
}

#[tokio::test]
async fn a_compressed_request_is_understood() {
    let (sandbox, group, git) = with_something_to_push().await;
    let token = sandbox.token_value(group, 20, &["read_repository"]).await;
    // Commits that the server does not know make a request long enough to be compressed.
    for number in 0..40 {
        let message = format!("--message={number}");
        git.must(&["-C", "copy", "commit", "--quiet", "--allow-empty", &message]).await;
    }
    let sha = sandbox.commit("g/p", json!({ "NEWS": "third\n" })).await;
    git.must(&["-C", "copy", "fetch", "--quiet", &sandbox.url_with(&token, "g/p"), "main"]).await;
    assert_eq!(git.must(&["-C", "copy", "rev-parse", "FETCH_HEAD"]).await.trim(), sha);
    let trace = std::fs::read_to_string(git.folder().join("curl.trace")).unwrap();
    assert!(trace.contains("Content-Encoding: gzip"));
}
