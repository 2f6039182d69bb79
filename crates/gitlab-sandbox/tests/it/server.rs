use gitlab_sandbox::{Config, Error};
use reqwest::Method;
use serde_json::Value;

use crate::harness::{ADMIN, Running, search_path};

#[tokio::test]
async fn a_sandbox_ends_with_its_shutdown_although_a_connection_is_open() {
    let mut sandbox = Running::start().await;
    sandbox.git_requests().await;
    sandbox.shut_down().await;
    let request = sandbox.request(Method::GET, "/oauth/discovery/keys");
    assert!(request.send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let config = Config {
        repositories: file.join("repositories"),
        admin_token: ADMIN.into(),
        search_path: search_path(),
    };
    assert!(!format!("{config:?}").contains(ADMIN));
    let Err(error) = config.build(|| std::time::UNIX_EPOCH) else { panic!("a file is no folder") };
    assert!(matches!(&error, Error::Repositories { .. }), "{error}");
    assert!(error.to_string().contains("file/repositories"));
}

#[tokio::test]
async fn the_record_of_requests_begins_anew_when_it_is_told_to() {
    let sandbox = Running::start().await;
    let path = "/g/p.git/info/refs?service=git-upload-pack";
    sandbox.request(Method::GET, path).send().await.unwrap();
    assert_eq!(sandbox.git_requests().await.len(), 1);
    sandbox.admin(Method::DELETE, "/-/sandbox/requests", Value::Null).await;
    assert!(sandbox.git_requests().await.is_empty());
}
