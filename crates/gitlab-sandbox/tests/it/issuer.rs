use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{NOW, Running};

/// The claims of a token, when a key of the JWKS that discovery leads to proves them.
async fn verified(sandbox: &Running, token: &str) -> anyhow::Result<Value> {
    let discovery: Value =
        sandbox.request(Method::GET, "/.well-known/openid-configuration").send().await?.json().await?;
    assert_eq!(discovery["issuer"], sandbox.base);
    let jwks_path = discovery["jwks_uri"].as_str().unwrap().strip_prefix(&sandbox.base).unwrap();
    let jwks: JwkSet = sandbox.request(Method::GET, jwks_path).send().await?.json().await?;

    let key_id = decode_header(token)?.kid.unwrap();
    let key = DecodingKey::from_jwk(jwks.find(&key_id).unwrap())?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    Ok(decode::<Value>(token, &key, &validation)?.claims)
}

async fn mint(sandbox: &Running, request: Value) -> String {
    let answer = sandbox.admin(Method::POST, "/-/sandbox/id_tokens", request).await;
    answer["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn discovery_leads_to_the_key_that_signed_a_token() {
    let sandbox = Running::start().await;
    let group = sandbox.group("gitlab-org", None).await;
    let project = sandbox.project("omnibus", group, "internal").await;
    let sha = sandbox.commit("gitlab-org/omnibus", json!({ "README": "hello\n" })).await;

    let request = json!({ "project": "gitlab-org/omnibus", "audience": "https://vault.example.com" });
    let claims = verified(&sandbox, &mint(&sandbox, request).await).await.unwrap();
    assert_eq!(claims["iss"], sandbox.base);
    assert_eq!(claims["aud"], "https://vault.example.com");
    assert_eq!(claims["sub"], "project_path:gitlab-org/omnibus:ref_type:branch:ref:main");
    assert_eq!(claims["project_id"], project.to_string());
    assert_eq!(claims["namespace_id"], group.to_string());
    assert_eq!(claims["project_visibility"], "internal");
    assert_eq!(claims["sha"], sha);
    assert_eq!(claims["ci_config_sha"], sha);
    assert_eq!(claims["ref_protected"], "true");
    assert_eq!(claims["runner_id"], 1);
    assert_eq!(claims["iat"], NOW);
    assert_eq!(claims["nbf"], NOW - 5);
    assert_eq!(claims["exp"], NOW + 3600);
    assert!(claims.get("environment").is_none());
}

#[tokio::test]
async fn a_token_is_made_to_order_for_a_project_that_was_never_made() {
    let sandbox = Running::start().await;
    let request = json!({
        "project": "a/b/c",
        "ref": "v1",
        "ref_type": "tag",
        "ref_protected": false,
        "audience": ["one", "two"],
        "expires_in": -30,
        "environment": "production",
        "claims": { "user_login": "somebody", "sha": null },
    });
    let claims = verified(&sandbox, &mint(&sandbox, request).await).await.unwrap();
    assert_eq!(claims["aud"], json!(["one", "two"]));
    assert_eq!(claims["ref_path"], "refs/tags/v1");
    assert_eq!(claims["ref_protected"], "false");
    assert_eq!(claims["exp"], NOW - 30);
    assert_eq!(claims["environment"], "production");
    assert_eq!(claims["user_login"], "somebody");
    assert_eq!(claims["namespace_path"], "a/b");
    assert!(claims.get("sha").is_none());
}

#[tokio::test]
async fn a_token_of_a_stray_key_is_not_proven() {
    let sandbox = Running::start().await;
    let token = mint(&sandbox, json!({ "project": "g/p", "key": "stray" })).await;
    let error = verified(&sandbox, &token).await.unwrap_err();
    assert_eq!(error.to_string(), "InvalidSignature");
}

#[tokio::test]
async fn actions_ask_with_a_bearer_token_and_an_audience() {
    let sandbox = Running::start().await;
    let path = "/-/sandbox/actions_id_token?project=g/p&audience=https%3A%2F%2Fvault.example.com";
    let request = sandbox.request(Method::GET, path).bearer_auth(crate::harness::ADMIN);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let claims = verified(&sandbox, answer["value"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims["aud"], "https://vault.example.com");
    assert_eq!(claims["project_path"], "g/p");
}

#[tokio::test]
async fn control_paths_are_for_the_administrator() {
    let sandbox = Running::start().await;
    let group = sandbox.group("g", None).await;
    let bot = sandbox.token_value(group, 50, &["api"]).await;
    for token in ["glpat-wrong", &bot] {
        for (method, path) in [
            (Method::POST, "/-/sandbox/id_tokens"),
            (Method::GET, "/-/sandbox/actions_id_token"),
            (Method::POST, "/-/sandbox/jobs"),
            (Method::POST, "/-/sandbox/commits"),
            (Method::POST, "/-/sandbox/redirects"),
            (Method::GET, "/-/sandbox/requests"),
        ] {
            let (status, _) = sandbox.ask(token, method, path, Value::Null).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}
