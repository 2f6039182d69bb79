use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::harness::{Issuer, Reply, Signer, Vault};

const SIGNATURE: &str = "error validating token: error verifying token signature: ";
const BAD_SIGNATURE: &str =
    "error validating token: error verifying token signature: failed to verify id token signature";
const UNKNOWN_SIGNATURE: &str = "error validating token: error verifying token signature: no known key successfully validated the token signature";
const THREE_PARTS: &str = "go-jose/go-jose: compact JWS format must have three parts";

/// A vault with three JWT mounts: keys by discovery, by URL, and written down.
struct Stage {
    vault: Vault,
    issuer: Issuer,
}

impl Stage {
    async fn set() -> Result<Self> {
        let (vault, issuer) = (Vault::start().await?, Issuer::start().await?);
        let pem = Signer::first(None).pem();
        for (mount, config) in [
            ("oidc", json!({ "oidc_discovery_url": issuer.address, "bound_issuer": issuer.address })),
            ("jwks", json!({ "jwks_url": format!("{}/jwks", issuer.address) })),
            ("static", json!({ "jwt_validation_pubkeys": [pem] })),
        ] {
            vault.root("POST", &format!("sys/auth/{mount}"), json!({ "type": "jwt" })).await?.expect(204)?;
            vault.root("POST", &format!("auth/{mount}/config"), config).await?.expect(204)?;
            vault.root("POST", &format!("auth/{mount}/role/r"), role()).await?.expect(204)?;
        }
        Ok(Self { vault, issuer })
    }

    async fn role(&self, changes: Value) -> Result<()> {
        let mut role = role();
        merge(&mut role, changes);
        self.vault.root("POST", "auth/oidc/role/other", role).await?.expect(204)
    }

    fn claims(&self, changes: Value) -> Value {
        let now = self.vault.now();
        let mut claims = json!({
            "iss": self.issuer.address, "aud": "https://vault.example", "sub": "job", "project_id": "12",
            "project_path": "g/p", "ref_protected": "true", "runner_id": 5, "environment": null,
            "iat": now, "nbf": now - 5, "exp": now + 300,
        });
        merge(&mut claims, changes);
        claims
    }

    fn jwt(&self, changes: Value) -> String {
        Signer::first(Some("k1")).sign(&self.claims(changes))
    }

    async fn login(&self, mount: &str, role: &str, jwt: &str) -> Result<Reply> {
        let body = json!({ "role": role, "jwt": jwt }).to_string();
        self.vault.send("POST", &format!("auth/{mount}/login"), "", &body).await
    }
}

fn role() -> Value {
    json!({
        "role_type": "jwt",
        "bound_audiences": ["https://vault.example"],
        "user_claim": "project_id",
        "bound_claims": { "project_path": "g/p", "ref_protected": "true" },
        "token_policies": ["p"],
        "token_ttl": "1h",
    })
}

/// Null takes a field away.
fn merge(target: &mut Value, changes: Value) {
    if let (Value::Object(target), Value::Object(changes)) = (target, changes) {
        for (name, value) in changes {
            if value.is_null() {
                target.remove(&name)
            } else {
                target.insert(name, value)
            };
        }
    }
}

#[tokio::test]
async fn a_login_gives_a_session() -> Result<()> {
    let stage = Stage::set().await?;
    let reply = stage.login("oidc", "R", &stage.jwt(json!({}))).await?;
    let auth = &reply.body["auth"];
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(auth["client_token"].as_str().is_some_and(|token| token.starts_with("s.") && token.len() == 26));
    assert_eq!(auth["policies"], json!(["default", "p"]));
    assert_eq!((&auth["lease_duration"], &auth["metadata"]), (&json!(3600), &json!({ "role": "r" })));
    assert_eq!((&auth["orphan"], &auth["token_type"]), (&json!(true), &json!("service")));
    let own = stage.vault.get(&reply.token()?, "auth/token/lookup-self").await?;
    assert_eq!(
        (&own.body["data"]["display_name"], &own.body["data"]["path"]),
        (&json!("oidc-12"), &json!("auth/oidc/login"))
    );
    Ok(())
}

#[tokio::test]
async fn before_the_token_is_looked_at() -> Result<()> {
    let stage = Stage::set().await?;
    let jwt = stage.jwt(json!({}));
    stage.vault.root("POST", "sys/auth/bare", json!({ "type": "jwt" })).await?.expect(204)?;
    stage.login("bare", "r", &jwt).await?.refuses(400, "could not load configuration");
    stage.login("none", "r", &jwt).await?.refuses(403, "permission denied");
    stage.login("oidc", "zz", &jwt).await?.refuses(400, "role \"zz\" could not be found");
    stage.login("oidc", "", &jwt).await?.refuses(400, "missing role");
    stage.login("oidc", "r", "").await?.refuses(400, "missing token");
    stage.vault.get("root", "auth/oidc/login").await?.refuses(405, "unsupported operation");
    stage.role(json!({ "token_bound_cidrs": ["10.0.0.0/8"] })).await?;
    stage.login("oidc", "other", &jwt).await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn what_is_no_jwt_is_told_apart() -> Result<()> {
    let stage = Stage::set().await?;
    let expected = format!("{SIGNATURE}oidc: malformed jwt: {THREE_PARTS}");
    for literal in ["$VAULT_ID_TOKEN", "a.b"] {
        stage.login("oidc", "r", literal).await?.refuses(400, &expected);
        stage.login("static", "r", literal).await?.refuses(400, &format!("{SIGNATURE}{THREE_PARTS}"));
    }
    let claims = stage.claims(json!({}));
    let symmetric = Signer::first(None).sign_with(&json!({ "alg": "HS256", "kid": "k1" }), &claims);
    let unexpected = "oidc: malformed jwt: unexpected signature algorithm \"HS256\"; expected [\"RS256\" \"RS384\" \"RS512\" \
                      \"ES256\" \"ES384\" \"ES512\" \"PS256\" \"PS384\" \"PS512\" \"EdDSA\"]";
    for mount in ["oidc", "jwks"] {
        stage.login(mount, "r", &symmetric).await?.refuses(400, &format!("{SIGNATURE}{unexpected}"));
    }
    stage.login("static", "r", &symmetric).await?.refuses(400, UNKNOWN_SIGNATURE);
    stage.login("oidc", "r", &format!("\n {}\n", stage.jwt(json!({})))).await?.expect(200)
}

#[tokio::test]
async fn a_signature_is_verified_by_the_key_of_its_name() -> Result<()> {
    let stage = Stage::set().await?;
    let claims = stage.claims(json!({}));
    let same_name = Signer::second(Some("k1")).sign(&claims);
    let other_name = Signer::second(Some("k2")).sign(&claims);
    let unknown_name = Signer::first(Some("zz")).sign(&claims);
    let no_name = Signer::first(None).sign(&claims);
    for mount in ["oidc", "jwks"] {
        for jwt in [&same_name, &other_name, &unknown_name] {
            stage.login(mount, "r", jwt).await?.refuses(400, BAD_SIGNATURE);
        }
        stage.login(mount, "r", &no_name).await?.expect(200)?;
    }
    stage.login("static", "r", &same_name).await?.refuses(400, UNKNOWN_SIGNATURE);
    stage.login("static", "r", &unknown_name).await?.expect(200)?;
    stage.login("static", "r", &no_name).await?.expect(200)?;
    stage.issuer.publish(&Signer::second(Some("k2")));
    stage.login("oidc", "r", &other_name).await?.expect(200)
}

#[tokio::test]
async fn registered_claims_are_held_against_config_and_role() -> Result<()> {
    let stage = Stage::set().await?;
    let audience = "error validating token: invalid audience (aud) claim: audience claim does not match any expected audience";
    for (changes, refusal) in [
        (json!({ "iss": "https://other.example" }), "error validating token: invalid issuer (iss) claim"),
        (
            json!({ "iss": format!("{}/", stage.issuer.address) }),
            "error validating token: invalid issuer (iss) claim",
        ),
        (json!({ "aud": "https://other.example" }), audience),
        (json!({ "aud": ["a", "b"] }), audience),
        (json!({ "aud": null }), audience),
        (
            json!({ "SUB": "x" }),
            "error validating token: ambiguous claim: key \"SUB\" collides with registered claim \"sub\" under case folding",
        ),
    ] {
        stage.login("oidc", "r", &stage.jwt(changes)).await?.refuses(400, refusal);
    }
    let listed = stage.jwt(json!({ "aud": ["a", "https://vault.example"] }));
    stage.login("oidc", "r", &listed).await?.expect(200)?;
    let elsewhere = stage.jwt(json!({ "iss": "https://other.example" }));
    stage.login("jwks", "r", &elsewhere).await?.expect(200)?;
    stage.role(json!({ "bound_subject": "nobody" })).await?;
    let jwt = stage.jwt(json!({}));
    stage
        .login("oidc", "other", &jwt)
        .await?
        .refuses(400, "error validating token: invalid subject (sub) claim");
    stage.vault.delete("auth/oidc/role/other").await?.expect(204)?;
    stage.role(json!({ "bound_audiences": null })).await?;
    let unbound = "audience claim found in JWT but no audiences bound to the role";
    stage.login("oidc", "other", &jwt).await?.refuses(400, unbound);
    Ok(())
}

#[tokio::test]
async fn a_token_is_good_in_its_time_alone() -> Result<()> {
    let stage = Stage::set().await?;
    let now = stage.vault.now();
    let expired = "error validating token: invalid expiration time (exp) claim: token is expired";
    let early = "error validating token: invalid not before (nbf) claim: token not yet valid";
    let none = "error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token";
    let past = json!({ "iat": now - 400, "nbf": now - 400, "exp": now - 100 });
    stage.login("oidc", "r", &stage.jwt(past)).await?.refuses(400, expired);
    let late = json!({ "iat": now - 400, "nbf": now - 400, "exp": now - 30 });
    stage.login("oidc", "r", &stage.jwt(late)).await?.expect(200)?;
    stage.login("oidc", "r", &stage.jwt(json!({ "nbf": now + 600 }))).await?.refuses(400, early);
    let issued_later = json!({ "iat": now + 600, "nbf": null, "exp": now + 900 });
    stage.login("oidc", "r", &stage.jwt(issued_later)).await?.refuses(400, early);
    let timeless = json!({ "iat": null, "nbf": null, "exp": null });
    stage.login("oidc", "r", &stage.jwt(timeless)).await?.refuses(400, none);
    stage.login("oidc", "r", &stage.jwt(json!({ "exp": null }))).await?.expect(200)
}

#[tokio::test]
async fn the_claims_of_the_role_come_last() -> Result<()> {
    let stage = Stage::set().await?;
    let mismatch = |claim| {
        format!("error validating claims: claim \"{claim}\" does not match any associated bound claim values")
    };
    for claim in ["project_path", "ref_protected"] {
        let jwt = stage.jwt(json!({ claim: "other" }));
        stage.login("oidc", "r", &jwt).await?.refuses(400, &mismatch(claim));
    }
    let jwt = stage.jwt(json!({ "object": { "a": 1 } }));
    for (changes, refusal) in [
        (
            json!({ "bound_claims": { "environment": "x" } }),
            "error validating claims: claim \"environment\" is missing",
        ),
        (json!({ "user_claim": "runner_id" }), "claim \"runner_id\" could not be converted to string"),
        (json!({ "user_claim": "user_email" }), "claim \"user_email\" not found in token"),
        (json!({ "claim_mappings": { "runner_id": "r" } }), "error converting claim 'runner_id' to string"),
        (
            json!({ "bound_claims": { "object": "x" }, "claim_mappings": {} }),
            "error validating claims: received claim is not a string, bool, int or list: map[a:1]",
        ),
    ] {
        stage.role(changes).await?;
        stage.login("oidc", "other", &jwt).await?.refuses(400, refusal);
    }
    stage.role(json!({ "bound_claims_type": "glob", "bound_claims": { "project_path": "g/*" } })).await?;
    stage.login("oidc", "other", &jwt).await?.expect(200)
}

#[tokio::test]
async fn a_role_says_what_its_sessions_are_like() -> Result<()> {
    let stage = Stage::set().await?;
    let jwt = stage.jwt(json!({}));
    stage.role(json!({ "token_type": "batch", "token_ttl": "60s" })).await?;
    let batch = stage.login("oidc", "other", &jwt).await?;
    assert_eq!(
        (&batch.body["auth"]["token_type"], &batch.body["auth"]["accessor"]),
        (&json!("batch"), &json!(""))
    );
    stage.role(json!({ "token_type": "default", "token_no_default_policy": true })).await?;
    let bare = stage.login("oidc", "other", &jwt).await?.token()?;
    let asked = stage.vault.by(&bare, "POST", "auth/token/revoke-self", json!({})).await?;
    asked.refuses(403, "1 error occurred:\n\t* permission denied\n\n");
    stage.role(json!({ "token_policies": ["root"] })).await?;
    stage.login("oidc", "other", &jwt).await?.refuses(400, "auth methods cannot create root tokens");
    Ok(())
}

#[tokio::test]
async fn a_session_of_a_login_is_shortened_and_ends() -> Result<()> {
    let stage = Stage::set().await?;
    let token = stage.login("oidc", "r", &stage.jwt(json!({}))).await?.token()?;
    let lead = stage.vault.by(&token, "POST", "auth/token/renew-self", json!({ "increment": "60s" })).await?;
    assert_eq!(lead.body["auth"]["lease_duration"], 60);
    stage.vault.clock.advance(Duration::from_secs(60));
    stage.vault.get(&token, "auth/token/lookup-self").await?.refuses(403, "permission denied");
    let token = stage.login("oidc", "r", &stage.jwt(json!({}))).await?.token()?;
    stage.vault.delete("auth/oidc/role/r").await?.expect(204)?;
    let asked = stage.vault.by(&token, "POST", "auth/token/renew-self", json!({})).await?;
    asked.refuses(
        500,
        "1 error occurred:\n\t* failed to renew entry: role r does not exist during renewal\n\n",
    );
    stage.vault.delete("sys/auth/oidc").await?.expect(204)?;
    stage.vault.get(&token, "auth/token/lookup-self").await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn a_configuration_is_tried_when_it_is_written() -> Result<()> {
    let stage = Stage::set().await?;
    let address = &stage.issuer.address;
    let one = "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or 'provider_config' must be set";
    let refused = "error checking oidc discovery URL: Get \"http://127.0.0.1:1/.well-known/openid-configuration\": dial tcp 127.0.0.1:1: connect: connection refused";
    let other = format!(
        "error checking oidc discovery URL: issuer did not match the returned issuer, expected \"{address}/\" got \"{address}\""
    );
    for (config, refusal) in [
        (json!({}), one),
        (json!({ "jwks_url": format!("{address}/zz") }), "error checking jwks URL"),
        (json!({ "oidc_discovery_url": "http://127.0.0.1:1" }), refused),
        (json!({ "oidc_discovery_url": format!("{address}/") }), other.as_str()),
        (
            json!({ "jwt_validation_pubkeys": "xx" }),
            "error parsing public key: data does not contain any valid public keys",
        ),
        (
            json!({ "jwks_url": format!("{address}/jwks"), "jwt_supported_algs": ["HS256"] }),
            "invalid jwt_supported_algs: unsupported signing algorithm \"HS256\"",
        ),
    ] {
        stage.vault.root("POST", "auth/oidc/config", config).await?.refuses(400, refusal);
    }
    stage.vault.root("POST", "sys/auth/narrow", json!({ "type": "jwt" })).await?.expect(204)?;
    let narrow = json!({ "jwks_url": format!("{address}/jwks"), "jwt_supported_algs": ["ES256"], "default_role": "r" });
    stage.vault.root("POST", "auth/narrow/config", narrow).await?.expect(204)?;
    stage.vault.root("POST", "auth/narrow/role/r", role()).await?.expect(204)?;
    let refusal = "error validating token: invalid algorithm (alg) header parameter: token signed with unexpected algorithm";
    stage.login("narrow", "", &stage.jwt(json!({}))).await?.refuses(400, refusal);
    let read = stage.vault.get("root", "auth/narrow/config").await?;
    assert_eq!(
        (&read.body["data"]["default_role"], &read.body["data"]["status"]),
        (&json!("r"), &json!("valid"))
    );
    Ok(())
}
