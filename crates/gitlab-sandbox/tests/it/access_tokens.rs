use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Running};

const OWN: &str = "/api/v4/personal_access_tokens/self";

fn refused(reason: &str) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, json!({ "message": format!("400 Bad request - {reason}") }))
}

fn unauthorized() -> (StatusCode, Value) {
    (StatusCode::UNAUTHORIZED, json!({ "message": "401 Unauthorized" }))
}

#[tokio::test]
async fn owners_make_group_tokens_and_maintainers_those_of_their_project() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let project = sandbox.project("p", group, "private").await;
    let (owner, owners) = sandbox.person("owner").await;
    let (maintainer, maintainers) = sandbox.person("maintainer").await;
    let (developer, developers) = sandbox.person("developer").await;
    let (_, strangers) = sandbox.person("stranger").await;
    sandbox.member(&format!("groups/{group}"), owner, 50).await;
    sandbox.member(&format!("groups/{group}"), maintainer, 40).await;
    sandbox.member(&format!("projects/{project}"), developer, 30).await;
    let of_group = format!("/api/v4/groups/{group}/access_tokens");
    let of_project = format!("/api/v4/projects/{project}/access_tokens");
    let wish = |level: u64| json!({ "name": "n", "scopes": ["read_repository"], "access_level": level });
    let ask =
        async |token: &str, path: &str, level| sandbox.ask(token, Method::POST, path, wish(level)).await;

    let (status, made) = ask(&owners, &of_group, 50).await;
    assert_eq!(
        (status, &made["resource_type"], &made["resource_id"]),
        (StatusCode::CREATED, &json!("group"), &json!(group))
    );
    let (status, made) = ask(&maintainers, &of_project, 40).await;
    assert_eq!(
        (status, &made["resource_type"], &made["access_level"]),
        (StatusCode::CREATED, &json!("project"), &json!(40))
    );

    let no_right =
        |kind: &str| refused(&format!("User does not have permission to create {kind} access token"));
    assert_eq!(ask(&maintainers, &of_group, 20).await, no_right("group"));
    assert_eq!(ask(&developers, &of_project, 20).await, no_right("project"));
    assert_eq!(
        ask(&maintainers, &of_project, 50).await,
        refused("Access level of the token contains permissions not held by the creating user")
    );
    let not_found = (StatusCode::NOT_FOUND, json!({ "message": "404 Group Not Found" }));
    assert_eq!(ask(&strangers, &of_group, 20).await, not_found);
    let list = sandbox.ask(&maintainers, Method::GET, &of_group, Value::Null).await;
    assert_eq!(list, unauthorized());
    let path = format!("{of_group}/4711");
    let missing = (StatusCode::NOT_FOUND, json!({ "message": "404 group Access Token Not Found" }));
    assert_eq!(sandbox.ask(&owners, Method::GET, &path, Value::Null).await, missing);
}

#[tokio::test]
async fn a_rotated_token_is_dead_at_once_and_its_successor_lives_a_week() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let old = sandbox.token(group, 30, &["read_repository"]).await;
    let path = format!("/api/v4/groups/{group}/access_tokens/{}/rotate", old["id"]);
    let (status, new) = sandbox.ask(ADMIN, Method::POST, &path, Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(new["expires_at"], "2026-11-30");
    assert_eq!(
        (&new["name"], &new["scopes"], &new["user_id"]),
        (&old["name"], &old["scopes"], &old["user_id"])
    );
    assert_ne!(new["id"], old["id"]);
    let (status, _) = sandbox.ask(old["token"].as_str().unwrap(), Method::GET, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = sandbox.ask(new["token"].as_str().unwrap(), Method::GET, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "to look at a dead token does not harm its family");

    assert_eq!(sandbox.ask(ADMIN, Method::POST, &path, Value::Null).await, refused("Token already revoked"));
    let path = format!("/api/v4/groups/{group}/access_tokens/{}/rotate", new["id"]);
    let too_late = json!({ "expires_at": "2027-11-24" });
    let expected = refused("Expires at must be before 2027-11-23");
    assert_eq!(sandbox.ask(ADMIN, Method::POST, &path, too_late).await, expected);
    let (status, _) = sandbox.ask(new["token"].as_str().unwrap(), Method::GET, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "a rotation that was refused took nothing");
}

#[tokio::test]
async fn whoever_rotates_with_a_token_that_was_rotated_away_ends_the_family() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let first = sandbox.token_value(group, 30, &["read_repository", "self_rotate"]).await;
    let in_place = format!("/api/v4/groups/{group}/access_tokens/self/rotate");
    let (status, second) = sandbox.ask(&first, Method::POST, &in_place, Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let second = second["token"].as_str().unwrap();
    let (status, third) = sandbox.ask(second, Method::POST, &format!("{OWN}/rotate"), Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let third = third["token"].as_str().unwrap();
    assert_eq!(sandbox.ask(third, Method::GET, OWN, Value::Null).await.0, StatusCode::OK);

    let (status, body) = sandbox.ask(&first, Method::POST, &format!("{OWN}/rotate"), Value::Null).await;
    assert_eq!((status, &body["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_token")));
    let (status, body) = sandbox.ask(third, Method::GET, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(body["error_description"], "Token was revoked. You have to re-authorize from the user.");
}

#[tokio::test]
async fn a_bot_rotates_itself_if_its_scope_says_so_and_never_another() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let owner = sandbox.token(group, 50, &["api"]).await;
    let owner_bot = owner["token"].as_str().unwrap();
    let other = sandbox.token(group, 20, &["read_repository"]).await;
    let path = format!("/api/v4/groups/{group}/access_tokens/{}/rotate", other["id"]);
    assert_eq!(sandbox.ask(owner_bot, Method::POST, &path, Value::Null).await, unauthorized());
    let itself = format!("/api/v4/groups/{group}/access_tokens/self/rotate");
    let reader = other["token"].as_str().unwrap();
    let (status, body) = sandbox.ask(reader, Method::POST, &itself, Value::Null).await;
    assert_eq!((status, &body["scope"]), (StatusCode::FORBIDDEN, &json!("api self_rotate")));
    let shown = format!("/api/v4/groups/{group}/access_tokens/self");
    let (_, own) = sandbox.ask(reader, Method::GET, &shown, Value::Null).await;
    assert_eq!((&own["access_level"], &own["resource_id"]), (&json!(20), &json!(group)));
    let (status, _) = sandbox.ask(ADMIN, Method::POST, &itself, Value::Null).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(sandbox.ask(owner_bot, Method::POST, &itself, Value::Null).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_bot_stays_behind_for_its_retention_period() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let token = sandbox.token(group, 30, &["read_repository"]).await;
    let members = format!("/api/v4/groups/{group}/members");
    let tokens = format!("/api/v4/groups/{group}/access_tokens");
    sandbox.ask(token["token"].as_str().unwrap(), Method::DELETE, OWN, Value::Null).await;
    let left = sandbox.admin(Method::GET, &members, Value::Null).await;
    let username = left[0]["username"].as_str().unwrap();
    assert!(username.starts_with(&format!("group_{group}_bot_")), "{username}");
    assert_eq!((&left[0]["id"], &left[0]["access_level"]), (&token["user_id"], &json!(30)));
    let member = format!("{members}/{}", token["user_id"]);
    let (status, body) = sandbox.ask(ADMIN, Method::DELETE, &member, Value::Null).await;
    assert_eq!((status, body), (StatusCode::FORBIDDEN, json!({"message": "403 Forbidden"})));
    let list = sandbox.admin(Method::GET, &format!("{tokens}?revoked=true"), Value::Null).await;
    assert_eq!(list[0]["id"], token["id"]);

    sandbox.pass(31 * 86_400);
    assert_eq!(sandbox.admin(Method::GET, &members, Value::Null).await, json!([]));
    assert_eq!(sandbox.admin(Method::GET, &tokens, Value::Null).await, json!([]));
}

#[tokio::test]
async fn a_token_that_ends_today_was_born_expired_and_is_in_neither_list() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let path = format!("/api/v4/groups/{group}/access_tokens");
    let wish = json!({ "name": "n", "scopes": ["api"], "expires_at": "2026-11-23" });
    let (status, made) = sandbox.ask(ADMIN, Method::POST, &path, wish).await;
    assert_eq!((status, &made["active"]), (StatusCode::CREATED, &json!(false)));
    let (_, body) = sandbox.ask(made["token"].as_str().unwrap(), Method::GET, OWN, Value::Null).await;
    assert_eq!(
        body["error_description"],
        "Token is expired. You can either do re-authorization or token refresh."
    );
    for state in ["active", "inactive"] {
        let list = sandbox.admin(Method::GET, &format!("{path}?state={state}"), Value::Null).await;
        assert_eq!(list, json!([]), "{state}");
    }
    sandbox.pass(86_400);
    let list = sandbox.admin(Method::GET, &format!("{path}?state=inactive"), Value::Null).await;
    assert_eq!(list[0]["id"], made["id"]);
}

#[tokio::test]
async fn a_person_looks_after_their_own_tokens_and_the_administrator_after_all() {
    let sandbox = Running::start().await;
    let (id, token) = sandbox.person("someone").await;
    let all = sandbox.ask(&token, Method::GET, "/api/v4/personal_access_tokens", Value::Null).await.1;
    assert_eq!((all.as_array().unwrap().len(), &all[0]["user_id"]), (1, &json!(id)));
    let path = format!("/api/v4/personal_access_tokens/{}", all[0]["id"]);
    assert_eq!(
        sandbox.ask(&token, Method::GET, "/api/v4/personal_access_tokens/1", Value::Null).await,
        unauthorized()
    );
    assert_eq!(
        sandbox.ask(&token, Method::GET, "/api/v4/personal_access_tokens?user_id=1", Value::Null).await,
        unauthorized()
    );
    let (status, user) = sandbox.ask(&token, Method::GET, "/api/v4/user", Value::Null).await;
    assert_eq!((status, &user["username"]), (StatusCode::OK, &json!("someone")));
    let of_them = format!("/api/v4/personal_access_tokens?user_id={id}");
    assert_eq!(sandbox.admin(Method::GET, &of_them, Value::Null).await.as_array().unwrap().len(), 1);
    assert_eq!(sandbox.ask(ADMIN, Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(sandbox.ask(&token, Method::GET, OWN, Value::Null).await.0, StatusCode::UNAUTHORIZED);
    let (status, _) = sandbox.ask(ADMIN, Method::DELETE, &format!("/api/v4/users/{id}"), Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(sandbox.ask(&token, Method::GET, OWN, Value::Null).await, unauthorized());
}
