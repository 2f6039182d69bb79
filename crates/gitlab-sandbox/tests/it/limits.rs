use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Running};

const SETTINGS: &str = "/api/v4/application/settings";

#[tokio::test]
async fn time_passes_for_tokens_and_for_the_date_and_not_for_id_tokens() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let token = sandbox.token_value(group, 30, &["read_repository"]).await;
    let own = "/api/v4/personal_access_tokens/self";
    assert_eq!(sandbox.ask(&token, Method::GET, own, Value::Null).await.0, StatusCode::OK);
    let turned = sandbox.admin(Method::POST, "/-/sandbox/clock", json!({ "pass_seconds": 43_200 })).await;
    assert_eq!(turned["now"], "2026-11-24T00:00:00.000Z");
    assert_eq!(sandbox.ask(&token, Method::GET, own, Value::Null).await.0, StatusCode::UNAUTHORIZED);
    let answer = sandbox.request(Method::GET, "/oauth/discovery/keys").send().await.unwrap();
    assert_eq!(answer.headers()["date"], "Tue, 24 Nov 2026 00:00:00 GMT");

    let minted = sandbox.admin(Method::POST, "/-/sandbox/id_tokens", json!({ "project": "g/p" })).await;
    let claims = minted["id_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["iat"], crate::harness::NOW);
}

#[tokio::test]
async fn an_instance_may_let_tokens_live_less_long() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let (_, person) = sandbox.person("someone").await;
    let wish = json!({ "max_personal_access_token_lifetime": 30 });
    assert_eq!(sandbox.ask(&person, Method::PUT, SETTINGS, wish.clone()).await.0, StatusCode::FORBIDDEN);
    sandbox.admin(Method::PUT, SETTINGS, wish).await;
    let path = format!("/api/v4/groups/{group}/access_tokens");
    let wish = json!({ "name": "n", "scopes": ["api"], "expires_at": "2026-12-24" });
    let (status, body) = sandbox.ask(ADMIN, Method::POST, &path, wish).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["message"], "400 Bad request - Expires at must be before 2026-12-23");
    let made = sandbox.admin(Method::POST, &path, json!({ "name": "n", "scopes": ["api"] })).await;
    assert_eq!(made["expires_at"], "2026-12-23");
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() {
    let sandbox = Running::start().await;
    let wish = json!({
        "throttle_authenticated_api_enabled": true,
        "throttle_authenticated_api_requests_per_period": 2,
        "throttle_authenticated_api_period_in_seconds": 60,
    });
    sandbox.admin(Method::PUT, SETTINGS, wish).await;
    sandbox.pass(25);
    for expected in [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        let request = sandbox.request(Method::GET, "/api/v4/user").header("PRIVATE-TOKEN", ADMIN);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), expected);
        if expected == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.headers()["retry-after"], "35");
            assert_eq!(answer.headers()["ratelimit-remaining"], "0");
            assert_eq!(answer.text().await.unwrap(), "Retry later\n");
        }
    }
    sandbox.pass(35);
    assert_eq!(sandbox.ask(ADMIN, Method::GET, "/api/v4/user", Value::Null).await.0, StatusCode::OK);
}
