use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Running};

#[tokio::test]
async fn branches_and_tags_say_which_are_protected() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let project = sandbox.project("p", group, "private").await;
    for branch in ["main", "17-9-stable", "feature"] {
        let body = json!({ "project": "g/p", "branch": branch, "files": { "f": branch }, "tags": [format!("v-{branch}")] });
        sandbox.admin(Method::POST, "/-/sandbox/commits", body).await;
    }
    let path = format!("/api/v4/projects/{project}");
    let wish = json!({ "name": "*-stable", "push_access_level": 30 });
    let made = sandbox.admin(Method::POST, &format!("{path}/protected_branches"), wish.clone()).await;
    assert_eq!(made["push_access_levels"][0]["access_level"], 30);
    let (status, body) = sandbox.ask(ADMIN, Method::POST, &format!("{path}/protected_branches"), wish).await;
    assert_eq!(
        (status, &body["message"]),
        (StatusCode::CONFLICT, &json!("Protected ref '*-stable' already exists"))
    );
    sandbox.admin(Method::POST, &format!("{path}/protected_tags"), json!({ "name": "v-m*" })).await;

    let protected = sandbox.admin(Method::GET, &format!("{path}/protected_branches"), Value::Null).await;
    assert_eq!(named(&protected, "name"), ["main", "*-stable"]);
    let branches = sandbox.admin(Method::GET, &format!("{path}/repository/branches"), Value::Null).await;
    assert_eq!(named(&branches, "name"), ["17-9-stable", "feature", "main"]);
    assert_eq!(named(&branches, "protected"), ["true", "false", "true"]);
    let tags = sandbox.admin(Method::GET, &format!("{path}/repository/tags?search=^v-m"), Value::Null).await;
    assert_eq!(
        (named(&tags, "name"), named(&tags, "protected")),
        (vec!["v-main".into()], vec!["true".into()])
    );
    let one = sandbox.admin(Method::GET, &format!("{path}/repository/branches/main"), Value::Null).await;
    assert_eq!((&one["default"], one["commit"]["id"].as_str().unwrap().len()), (&json!(true), 40));

    let gone = format!("{path}/protected_branches/%2A-stable");
    assert_eq!(sandbox.ask(ADMIN, Method::DELETE, &gone, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(sandbox.ask(ADMIN, Method::GET, &gone, Value::Null).await.0, StatusCode::NOT_FOUND);
    let stable =
        sandbox.admin(Method::GET, &format!("{path}/repository/branches/17-9-stable"), Value::Null).await;
    assert_eq!(stable["protected"], false);
}

#[tokio::test]
async fn a_guest_reads_no_refs_and_a_developer_no_protection() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let project = sandbox.project("p", group, "private").await;
    let guest = sandbox.token_value(group, 10, &["read_api"]).await;
    let developer = sandbox.token_value(group, 30, &["read_api"]).await;
    let branches = format!("/api/v4/projects/{project}/repository/branches");
    let protected = format!("/api/v4/projects/{project}/protected_branches");
    assert_eq!(sandbox.ask(&guest, Method::GET, &branches, Value::Null).await.0, StatusCode::FORBIDDEN);
    assert_eq!(sandbox.ask(&developer, Method::GET, &branches, Value::Null).await.0, StatusCode::OK);
    assert_eq!(sandbox.ask(&developer, Method::GET, &protected, Value::Null).await.0, StatusCode::FORBIDDEN);
}

fn named(list: &Value, field: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    list.as_array().unwrap().iter().map(|item| text(&item[field])).collect()
}
