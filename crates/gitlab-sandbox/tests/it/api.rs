use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Running};

const OWN: &str = "/api/v4/personal_access_tokens/self";

#[tokio::test]
async fn groups_and_projects_are_found_by_number_and_by_path() {
    let sandbox = Running::start().await;
    let above = sandbox.group("gitlab-org", None).await;
    let below = sandbox.group("security", Some(above)).await;
    let project = sandbox.project("omnibus", below, "private").await;

    let group = sandbox.admin(Method::GET, "/api/v4/groups/gitlab-org%2Fsecurity", Value::Null).await;
    assert_eq!(group["id"], below);
    assert_eq!(group["full_path"], "gitlab-org/security");
    for id in [project.to_string(), "gitlab-org%2Fsecurity%2Fomnibus".to_owned()] {
        let found = sandbox.admin(Method::GET, &format!("/api/v4/projects/{id}"), Value::Null).await;
        assert_eq!(found["path_with_namespace"], "gitlab-org/security/omnibus");
        assert_eq!(found["http_url_to_repo"], sandbox.url("gitlab-org/security/omnibus"));
    }

    let again = json!({ "name": "omnibus", "namespace_id": below });
    let (status, body) = sandbox.ask(ADMIN, Method::POST, "/api/v4/projects", again).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body, json!({ "message": { "path": ["has already been taken"] } }));
    let (status, body) = sandbox.ask(ADMIN, Method::GET, "/api/v4/projects/g%2Fp", Value::Null).await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, json!({ "message": "404 Project Not Found" })));
    let (status, body) = sandbox.ask(ADMIN, Method::GET, "/api/v4/groups/99", Value::Null).await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, json!({ "message": "404 Group Not Found" })));
}

#[tokio::test]
async fn a_group_token_lives_from_its_making_to_its_end() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let made = sandbox.token(group, 30, &["read_repository"]).await;
    let value = made["token"].as_str().unwrap();
    assert!(value.starts_with("glpat-") && value.len() >= 26);
    assert_eq!(made["access_level"], 30);
    assert_eq!(made["expires_at"], "2026-11-24");
    assert_eq!(made["created_at"], "2026-11-23T12:00:00.000Z");

    let (status, own) = sandbox.ask(value, Method::GET, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(own["name"], "build-token");
    assert_eq!(own["scopes"], json!(["read_repository"]));
    assert_eq!(own["active"], true);
    assert!(own.get("token").is_none());

    let path = format!("/api/v4/groups/{group}/access_tokens");
    let (status, body) = sandbox.ask(value, Method::GET, &path, Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        body,
        json!({
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": "api read_api",
        })
    );

    let of_today = sandbox.admin(Method::GET, &format!("{path}?state=active"), Value::Null).await;
    assert_eq!(of_today.as_array().unwrap().len(), 1);
    sandbox.pass(12 * 3600);
    let (status, body) = sandbox.ask(value, Method::GET, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        body["error_description"],
        "Token is expired. You can either do re-authorization or token refresh."
    );
    let of_tomorrow = sandbox.admin(Method::GET, &format!("{path}?state=active"), Value::Null).await;
    assert_eq!(of_tomorrow, json!([]));
}

#[tokio::test]
async fn a_token_is_revoked_by_its_owner_or_by_itself() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let first = sandbox.token(group, 30, &["read_repository"]).await;
    let second = sandbox.token(group, 30, &["read_repository"]).await;

    let path = format!("/api/v4/groups/{group}/access_tokens/{}", first["id"]);
    let (status, _) = sandbox.ask(ADMIN, Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = sandbox.ask(second["token"].as_str().unwrap(), Method::DELETE, OWN, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    for token in [&first, &second] {
        let (status, body) =
            sandbox.ask(token["token"].as_str().unwrap(), Method::GET, OWN, Value::Null).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            body,
            json!({
                "error": "invalid_token",
                "error_description": "Token was revoked. You have to re-authorize from the user.",
            })
        );
    }
}

#[tokio::test]
async fn wrong_requests_get_gitlabs_texts() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let owner = sandbox.token_value(group, 50, &["api"]).await;
    let developer = sandbox.token_value(group, 30, &["api"]).await;
    let path = format!("/api/v4/groups/{group}/access_tokens");
    let good = json!({ "name": "n", "scopes": ["read_repository"] });

    let refused = |reason: &str| json!({ "message": format!("400 Bad request - {reason}") });
    let cases = [
        (ADMIN, json!({}), 400, json!({ "error": "name is missing, scopes is missing" })),
        (
            ADMIN,
            json!({ "name": "n", "scopes": ["everything"] }),
            400,
            refused("Scopes can only contain available scopes"),
        ),
        (
            ADMIN,
            json!({ "name": "n", "scopes": ["api"], "access_level": 31 }),
            400,
            json!({ "error": "access_level does not have a valid value" }),
        ),
        (
            ADMIN,
            json!({ "name": "n", "scopes": ["api"], "expires_at": "tomorrow" }),
            400,
            json!({ "error": "expires_at is invalid" }),
        ),
        (
            ADMIN,
            json!({ "name": "n", "scopes": ["api"], "expires_at": "2027-11-24" }),
            400,
            refused("Expires at must be before 2027-11-23"),
        ),
        (
            owner.as_str(),
            good.clone(),
            400,
            refused("User does not have permission to create group access token"),
        ),
        ("glpat-wrong", good, 401, json!({ "message": "401 Unauthorized" })),
    ];
    for (token, request, status, body) in cases {
        let answer = sandbox.ask(token, Method::POST, &path, request.clone()).await;
        assert_eq!((answer.0.as_u16(), answer.1), (status, body), "{request}");
    }
    let (status, body) = sandbox.ask(&developer, Method::GET, &path, Value::Null).await;
    assert_eq!((status, body), (StatusCode::UNAUTHORIZED, json!({ "message": "401 Unauthorized" })));
    let (status, body) = sandbox.ask(ADMIN, Method::GET, "/api/v4/nothing", Value::Null).await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, json!({ "error": "404 Not Found" })));
    let omitted = sandbox.admin(Method::POST, &path, json!({ "name": "n", "scopes": ["api"] })).await;
    assert_eq!((&omitted["access_level"], &omitted["expires_at"]), (&json!(40), &json!("2027-11-23")));
}
