use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Running;

const PATH: &str = "/api/v4/personal_access_tokens/self/associations";

#[tokio::test]
async fn a_token_of_any_scope_learns_which_groups_and_projects_it_reaches() {
    let sandbox = Running::start().await;
    let above = sandbox.group("gitlab-org", None).await;
    let group = sandbox.group("security", Some(above)).await;
    let below = sandbox.group("charts", Some(group)).await;
    let own = sandbox.project("omnibus", group, "private").await;
    let deep = sandbox.project("gitlab", below, "private").await;
    sandbox.project("outside", above, "private").await;
    let public = sandbox.project("public", above, "public").await;
    let token = sandbox.token_value(group, 20, &["read_repository"]).await;

    let (status, reach) =
        sandbox.ask(&token, Method::GET, &format!("{PATH}?min_access_level=20"), Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ids(&reach["groups"]), [group, below]);
    assert_eq!(ids(&reach["projects"]), [own, deep]);
    assert_eq!(reach["groups"][1]["access_levels"], 20);
    assert_eq!(reach["projects"][0]["path_with_namespace"], "gitlab-org/security/omnibus");
    let levels = json!({ "project_access_level": null, "group_access_level": 20 });
    assert_eq!(reach["projects"][0]["access_levels"], levels);

    let (_, seen) = sandbox.ask(&token, Method::GET, PATH, Value::Null).await;
    assert_eq!(ids(&seen["projects"]), [own, deep, public], "without a level it is what the token sees");
    let (_, none) =
        sandbox.ask(&token, Method::GET, &format!("{PATH}?min_access_level=40"), Value::Null).await;
    assert_eq!(none, json!({ "groups": [], "projects": [] }));
}

#[tokio::test]
async fn what_a_project_token_reaches_is_its_project() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let project = sandbox.project("p", group, "private").await;
    sandbox.project("q", group, "private").await;
    let body = json!({ "name": "n", "scopes": ["read_repository"], "access_level": 20 });
    let path = format!("/api/v4/projects/{project}/access_tokens");
    let token = sandbox.admin(Method::POST, &path, body).await;
    let path = format!("{PATH}?min_access_level=20");
    let (_, reach) = sandbox.ask(token["token"].as_str().unwrap(), Method::GET, &path, Value::Null).await;
    assert_eq!((ids(&reach["groups"]), ids(&reach["projects"])), (vec![], vec![project]));
    assert_eq!(reach["projects"][0]["access_levels"]["project_access_level"], 20);
}

#[tokio::test]
async fn a_long_reach_comes_in_pages() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    for number in 0..5 {
        sandbox.project(&format!("p{number}"), group, "private").await;
    }
    let token = sandbox.token_value(group, 20, &["read_repository"]).await;
    let request = sandbox.request(Method::GET, &format!("{PATH}?per_page=2&page=3"));
    let answer = request.header("PRIVATE-TOKEN", token).send().await.unwrap();
    assert_eq!(
        (answer.headers()["x-total"].clone(), answer.headers()["x-total-pages"].clone()),
        ("5".parse().unwrap(), "3".parse().unwrap())
    );
    let page: Value = answer.json().await.unwrap();
    assert_eq!(page["projects"].as_array().unwrap().len(), 1);
    assert_eq!(page["groups"], json!([]));
}

fn ids(of: &Value) -> Vec<u64> {
    of.as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
}
