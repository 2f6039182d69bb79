use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Git, Running};

#[tokio::test]
async fn a_redirect_leads_git_to_another_host() {
    let first = Running::start().await;
    let second = Running::start().await;
    let group = second.group("g", None).await;
    second.project("p", group, "public").await;
    second.commit("g/p", json!({ "README": "elsewhere\n" })).await;
    let redirect = json!({ "from": "g/p.git", "to": second.url("g/p") });
    first.admin(Method::POST, "/-/sandbox/redirects", redirect).await;

    let git = Git::within(first.path());
    git.must(&["clone", "--quiet", &first.url("g/p"), "copy"]).await;
    assert_eq!(std::fs::read_to_string(git.folder().join("copy/README")).unwrap(), "elsewhere\n");
    assert_eq!(first.git_requests().await.len(), 1);
    let requests = second.git_requests().await;
    assert!(requests.len() >= 2);
    assert!(requests.iter().all(|request| request["authorization"] == "none"));
}

#[tokio::test]
async fn a_clone_url_without_git_at_its_end_is_sent_on() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    sandbox.project("p", group, "public").await;
    sandbox.commit("g/p", json!({ "README": "x" })).await;
    let git = Git::within(sandbox.path());
    let url = format!("{}/g/p", sandbox.base);
    git.must(&["clone", "--quiet", &url, "copy"]).await;

    let page = sandbox.request(Method::GET, "/g/p").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::FOUND);
    assert_eq!(page.headers()["location"], format!("{}/users/sign_in", sandbox.base).as_str());
}

#[tokio::test]
async fn a_commit_may_have_tags_and_submodules() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    sandbox.project("p", group, "public").await;
    let name = "0123456789".repeat(4);
    let request = json!({
        "project": "g/p",
        "message": "Release",
        "files": { ".gitmodules": "[submodule \"sub\"]\n\tpath = sub\n\turl = ../sub.git\n", "a \"b\"/c": "é\n" },
        "submodules": { "sub": name },
        "tags": ["1.0.0"],
    });
    let sha = sandbox.admin(Method::POST, "/-/sandbox/commits", request).await["sha"].clone();
    let git = Git::within(sandbox.path());
    git.must(&["clone", "--quiet", "--branch=1.0.0", &sandbox.url("g/p"), "copy"]).await;
    assert_eq!(git.must(&["-C", "copy", "rev-parse", "HEAD"]).await.trim(), sha.as_str().unwrap());
    let tree = git.must(&["-C", "copy", "ls-tree", "HEAD", "sub"]).await;
    assert_eq!(tree.trim(), format!("160000 commit {name}\tsub"));
    assert_eq!(std::fs::read_to_string(git.folder().join("copy/a \"b\"/c")).unwrap(), "é\n");

    let escape = json!({ "project": "g/p", "files": { "../outside": "x" } });
    let (status, _) = sandbox.ask(crate::harness::ADMIN, Method::POST, "/-/sandbox/commits", escape).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
