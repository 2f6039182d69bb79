use serde_json::{Value, json};

use super::{
    issuer::ISSUER,
    logins::{role, stage},
    signer::{ED25519, P256, P384, RSA, STRANGER, encode, sign_with_public_key},
    tokens::{claims, jwt, merge},
};
use crate::conformance::frame::{Script, agree};

#[test]
fn signatures_are_verified_alike() {
    let tokens = tokens();
    let configs = [
        ("oidc", json!({ "oidc_discovery_url": ISSUER.address, "bound_issuer": ISSUER.address })),
        ("jwks", json!({ "jwks_url": format!("{}/jwks", ISSUER.address) })),
        ("odd jwks", json!({ "jwks_url": format!("{}/odd-jwks", ISSUER.address) })),
        ("static keys", json!({ "jwt_validation_pubkeys": [RSA.pem(), P256.pem(), ED25519.pem()] })),
        ("one static key", json!({ "jwt_validation_pubkeys": [RSA.pem()] })),
        (
            "one algorithm",
            json!({ "jwks_url": format!("{}/jwks", ISSUER.address), "jwt_supported_algs": ["ES256"] }),
        ),
        (
            "static keys and one algorithm",
            json!({ "jwt_validation_pubkeys": [RSA.pem(), P256.pem()], "jwt_supported_algs": ["ES256"] }),
        ),
    ];
    let scripts: Vec<Script> = configs
        .iter()
        .map(|(name, config)| {
            let mut script = stage(&format!("login by {name}"), config);
            script.post("auth/{me}/role/r", role());
            for (label, token) in &tokens {
                script.post("auth/{me}/login", json!({ "role": "r", "jwt": token })).titled(label);
            }
            script
        })
        .collect();
    agree(&scripts);
}

/// Issuers that were not there when they were configured, and say something else when they are asked.
#[test]
fn issuers_that_lie_are_found_out_alike() {
    let scripts = ["keys", "discovery"].map(|what| {
        let mut script = Script::new(format!("login by {what} that lie"));
        script.post("sys/auth/{me}", json!({ "type": "jwt" }));
        let paths: &[&str] = match what {
            "keys" => &["/html", "/broken", "/nothing", "/no-jwks", "/null-jwks", "/moved", "/odd-jwks"],
            _ => &["/stranger", "/keyless", "/bare", "/html", "/broken", "/nothing", "/"],
        };
        for path in paths {
            let field = if what == "keys" { "jwks_url" } else { "oidc_discovery_url" };
            let config = json!({ field: format!("{}{path}", ISSUER.address), "skip_jwks_validation": true });
            script.post("auth/{me}/config", config);
            script.post("auth/{me}/role/r", role());
            for _ in 0..2 {
                let login = json!({ "role": "r", "jwt": jwt(&json!({})) });
                script.post("auth/{me}/login", login).titled(path);
            }
        }
        script
    });
    agree(&scripts);
}

/// Tokens whose form or signature is good or bad.
fn tokens() -> Vec<(&'static str, String)> {
    let claims = claims(&json!({}));
    let text = claims.to_string();
    let good = jwt(&json!({}));
    let rsa = |header: Value| RSA.sign(&header, &claims);
    let parts: Vec<&str> = good.split('.').collect();
    let (head, body, signature) = (parts[0], parts[1], parts[2]);
    vec![
        ("good", good.clone()),
        ("a newline after it", format!("{good}\n")),
        ("spaces around it", format!("  {good} \t")),
        ("a space inside", format!("{head}. {body}.{signature}")),
        ("no kid", rsa(json!({ "alg": "RS256" }))),
        ("empty kid", rsa(json!({ "alg": "RS256", "kid": "" }))),
        ("unknown kid", rsa(json!({ "alg": "RS256", "kid": "zz" }))),
        ("kid of another key", rsa(json!({ "alg": "RS256", "kid": "p256" }))),
        ("kid that is a number", rsa(json!({ "alg": "RS256", "kid": 5 }))),
        ("other key, same kid", STRANGER.sign(&json!({ "alg": "RS256", "kid": "rsa" }), &claims)),
        ("other key, other kid", STRANGER.sign(&json!({ "alg": "RS256", "kid": "zz" }), &claims)),
        ("RS384", rsa(json!({ "alg": "RS384", "kid": "rsa" }))),
        ("RS512", rsa(json!({ "alg": "RS512", "kid": "rsa" }))),
        ("PS256", rsa(json!({ "alg": "PS256", "kid": "rsa" }))),
        ("PS512", rsa(json!({ "alg": "PS512", "kid": "rsa" }))),
        ("ES256", P256.sign(&json!({ "alg": "ES256", "kid": "p256" }), &claims)),
        ("ES256 that says ES384", P256.sign(&json!({ "alg": "ES384", "kid": "p256" }), &claims)),
        ("ES384", P384.sign(&json!({ "alg": "ES384", "kid": "p384" }), &claims)),
        ("EdDSA", ED25519.sign(&json!({ "alg": "EdDSA", "kid": "ed25519" }), &claims)),
        ("ES256 that says RS256", P256.sign(&json!({ "alg": "RS256", "kid": "rsa" }), &claims)),
        ("RS256 that says ES256", rsa(json!({ "alg": "ES256", "kid": "rsa" }))),
        (
            "HS256 with the public key",
            sign_with_public_key(&json!({ "alg": "HS256", "kid": "rsa" }), &claims),
        ),
        ("alg none", format!("{}.{body}.", encode(r#"{"alg":"none"}"#))),
        ("alg none with a signature", format!("{}.{body}.{signature}", encode(r#"{"alg":"none"}"#))),
        ("alg None", format!("{}.{body}.", encode(r#"{"alg":"None"}"#))),
        ("no alg", rsa(json!({ "kid": "rsa" }))),
        ("alg empty", rsa(json!({ "alg": "" }))),
        ("alg that is a number", rsa(json!({ "alg": 5 }))),
        ("alg in lower case", rsa(json!({ "alg": "rs256" }))),
        ("an unknown alg", rsa(json!({ "alg": "XX999" }))),
        ("an encrypting alg", rsa(json!({ "alg": "RSA-OAEP", "enc": "A128GCM" }))),
        ("unknown crit", rsa(json!({ "alg": "RS256", "crit": ["zz"], "zz": 1 }))),
        ("empty crit", rsa(json!({ "alg": "RS256", "crit": [] }))),
        ("crit b64", rsa(json!({ "alg": "RS256", "crit": ["b64"], "b64": false }))),
        ("b64 false without crit", rsa(json!({ "alg": "RS256", "b64": false }))),
        ("crit that is no list", rsa(json!({ "alg": "RS256", "crit": "exp" }))),
        ("an odd typ", rsa(json!({ "alg": "RS256", "typ": "at+jwt", "cty": "x" }))),
        ("a key inside", STRANGER.sign(&json!({ "alg": "RS256", "jwk": STRANGER.published("x") }), &claims)),
        ("a broken key inside", rsa(json!({ "alg": "RS256", "jwk": { "kty": "zz" } }))),
        ("a URL of keys inside", rsa(json!({ "alg": "RS256", "jku": format!("{}/jwks", ISSUER.address) }))),
        ("a chain inside", rsa(json!({ "alg": "RS256", "x5c": ["AAAA"] }))),
        ("alg twice", RSA.sign_text(r#"{"alg":"none","alg":"RS256"}"#, &text)),
        ("a header that is a list", format!("{}.{body}.{signature}", encode("[]"))),
        ("a header that is null", format!("{}.{body}.{signature}", encode("null"))),
        ("a header that is no JSON", format!("{}.{body}.{signature}", encode("{"))),
        ("a header that is no base64", format!("!!.{body}.{signature}")),
        ("an empty header", format!(".{body}.{signature}")),
        ("a header with an extra name", rsa(json!({ "alg": "RS256", "zz": { "deep": [1] } }))),
        ("a payload that is no base64", format!("{head}.!!.{signature}")),
        ("an empty payload", format!("{head}..{signature}")),
        ("a signature that is no base64", format!("{head}.{body}.!!")),
        ("an empty signature", format!("{head}.{body}.")),
        ("a short signature", format!("{head}.{body}.AAAA")),
        ("a signature cut off", format!("{head}.{body}.{}", &signature[..signature.len() - 4])),
        ("a changed payload", format!("{head}.{}.{signature}", encode(r#"{"aud":"https://vault.example"}"#))),
        ("padding", format!("{head}=.{body}.{signature}")),
        ("padding of the signature", format!("{good}==")),
        (
            "base64 of the other alphabet",
            format!("{head}.{body}.{}", signature.replace('-', "+").replace('_', "/")),
        ),
        ("one part", "abc".to_owned()),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{good}.x")),
        ("five parts", format!("{good}.x.y")),
        ("dots alone", "..".to_owned()),
        ("a variable", "$VAULT_ID_TOKEN".to_owned()),
        ("an object", json!({ "payload": body, "protected": head, "signature": signature }).to_string()),
        (
            "an object with signatures",
            json!({ "payload": body, "signatures": [{ "protected": head, "signature": signature }] })
                .to_string(),
        ),
        ("a broken object", "{".to_owned()),
        ("claims that are a list", RSA.sign_text(r#"{"alg":"RS256"}"#, "[]")),
        ("claims that are null", RSA.sign_text(r#"{"alg":"RS256"}"#, "null")),
        ("claims that are text", RSA.sign_text(r#"{"alg":"RS256"}"#, "\"x\"")),
        ("claims that are no JSON", RSA.sign_text(r#"{"alg":"RS256"}"#, "{")),
        ("claims that are nothing", RSA.sign_text(r#"{"alg":"RS256"}"#, "")),
        ("claims with something after", RSA.sign_text(r#"{"alg":"RS256"}"#, &format!("{text}x"))),
        ("claims with spaces around", RSA.sign_text(r#"{"alg":"RS256"}"#, &format!(" \n{text}\n "))),
        (
            "claims twice",
            RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen('{', r#"{"project_path":"other","#, 1)),
        ),
        (
            "claims twice, the bad one last",
            RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen("}}", r#"}},"project_path":"other"#, 1)),
        ),
        ("null claims", RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replace("\"g/p\"", "null"))),
        ("aud twice", RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen('{', r#"{"aud":"other","#, 1))),
        ("Aud beside aud", RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen('{', r#"{"Aud":"other","#, 1))),
        ("EXP beside exp", RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen('{', r#"{"EXP":1,"#, 1))),
        (
            "a Kelvin sign in a name",
            RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen('{', "{\"i\u{17f}s\":\"x\",", 1)),
        ),
        ("a huge exponent", RSA.sign_text(r#"{"alg":"RS256"}"#, &text.replacen('{', r#"{"big":1e999,"#, 1))),
        (
            "a megabyte of claims",
            RSA.sign(&json!({ "alg": "RS256" }), &merged(&claims, &json!({ "fill": "x".repeat(1_000_000) }))),
        ),
        (
            "deep claims",
            RSA.sign_text(
                r#"{"alg":"RS256"}"#,
                &text.replacen('{', &format!("{{\"deep\":{}{},", "[".repeat(5000), "]".repeat(5000)), 1),
            ),
        ),
    ]
}

fn merged(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    merge(&mut claims, changes);
    claims
}
