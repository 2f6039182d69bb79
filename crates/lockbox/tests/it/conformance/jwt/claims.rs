use serde_json::json;

use super::{
    issuer::ISSUER,
    logins::{rows, static_keys},
    tokens::now,
};
use crate::conformance::frame::{Script, agree};

#[test]
fn claims_are_checked_alike() {
    agree(&[claims_of_the_token(), times(), leeways()]);
}

fn claims_of_the_token() -> Script {
    let mut config = static_keys();
    config["bound_issuer"] = json!(ISSUER.address);
    let no = || json!({});
    rows(
        "login registered claims",
        &config,
        vec![
            ("good", no(), no()),
            ("another issuer", no(), json!({ "iss": "https://other.example" })),
            ("an issuer with a slash", no(), json!({ "iss": format!("{}/", ISSUER.address) })),
            ("no issuer", no(), json!({ "iss": null })),
            ("an issuer that is a number", no(), json!({ "iss": 5 })),
            ("an issuer that is a list", no(), json!({ "iss": [] })),
            ("a good subject", json!({ "bound_subject": "job" }), no()),
            ("another subject", json!({ "bound_subject": "nobody" }), no()),
            ("no subject", json!({ "bound_subject": "job" }), json!({ "sub": null })),
            ("a subject that is a number", no(), json!({ "sub": 5 })),
            ("a subject that is a flag", no(), json!({ "sub": true })),
            ("another audience", no(), json!({ "aud": "https://other.example" })),
            ("an audience with a slash", no(), json!({ "aud": "https://vault.example/" })),
            ("an audience in capitals", no(), json!({ "aud": "HTTPS://vault.example" })),
            ("audiences", no(), json!({ "aud": ["a", "https://vault.example"] })),
            ("other audiences", no(), json!({ "aud": ["a", "b"] })),
            ("no audience", no(), json!({ "aud": null })),
            ("no audiences", no(), json!({ "aud": [] })),
            ("an empty audience", no(), json!({ "aud": "" })),
            ("an audience that is a number", no(), json!({ "aud": 5 })),
            ("audiences that are numbers", no(), json!({ "aud": [5] })),
            ("an audience that is a map", no(), json!({ "aud": {} })),
            ("an unbound audience", json!({ "bound_audiences": null }), no()),
            ("unbound audiences", json!({ "bound_audiences": null }), json!({ "aud": ["a"] })),
            ("unbound and none", json!({ "bound_audiences": null }), json!({ "aud": null })),
            ("unbound and empty", json!({ "bound_audiences": null }), json!({ "aud": [] })),
            ("several bound audiences", json!({ "bound_audiences": ["x", "https://vault.example"] }), no()),
            ("Sub beside sub", no(), json!({ "SUB": "x" })),
            ("Nbf without nbf", no(), json!({ "Nbf": 5, "nbf": null })),
            ("JTI", no(), json!({ "JTI": "x" })),
            ("jti that is a number", no(), json!({ "jti": 5 })),
            ("jti", no(), json!({ "jti": "x" })),
        ],
    )
}

fn times() -> Script {
    let now = now();
    let no = || json!({});
    rows(
        "login times",
        &static_keys(),
        vec![
            ("expired", no(), json!({ "exp": now - 100 })),
            ("expired within the skew", no(), json!({ "exp": now - 30 })),
            ("expires now", no(), json!({ "exp": now })),
            ("not yet valid", no(), json!({ "nbf": now + 600 })),
            ("not yet valid within the skew", no(), json!({ "nbf": now + 30 })),
            ("issued later", no(), json!({ "iat": now + 600, "nbf": null, "exp": now + 900 })),
            ("issued later within the skew", no(), json!({ "iat": now + 30, "nbf": null })),
            ("no times", no(), json!({ "iat": null, "nbf": null, "exp": null })),
            ("exp alone", no(), json!({ "iat": null, "nbf": null })),
            ("nbf alone", no(), json!({ "iat": null, "exp": null })),
            ("iat alone", no(), json!({ "nbf": null, "exp": null })),
            ("old iat alone", no(), json!({ "nbf": null, "exp": null, "iat": now - 1000 })),
            ("old nbf alone", no(), json!({ "iat": null, "exp": null, "nbf": now - 1000 })),
            ("old nbf and iat", no(), json!({ "iat": now - 100, "exp": null, "nbf": now - 1000 })),
            ("no exp", no(), json!({ "exp": null })),
            ("exp zero", no(), json!({ "exp": 0 })),
            ("exp zero alone", no(), json!({ "exp": 0, "nbf": 0, "iat": 0 })),
            ("exp below zero", no(), json!({ "exp": -5 })),
            ("exp with a fraction", no(), json!({ "exp": 4_000_000_000.5 })),
            ("exp as text", no(), json!({ "exp": "4000000000" })),
            ("exp as a flag", no(), json!({ "exp": true })),
            ("exp as a list", no(), json!({ "exp": [] })),
            ("a huge exp", no(), json!({ "exp": 1e300 })),
            ("the largest exp", no(), json!({ "exp": i64::MAX })),
            ("an exp above the largest", no(), json!({ "exp": 9.3e18 })),
            ("an exp of the far future", no(), json!({ "exp": 253_402_300_800_i64 })),
            ("a huge nbf", no(), json!({ "nbf": 1e300 })),
            ("a huge iat", no(), json!({ "iat": 1e300 })),
            ("iat as text", no(), json!({ "iat": "x" })),
            ("nbf as text", no(), json!({ "nbf": "x" })),
            ("nbf after exp", no(), json!({ "nbf": now + 50, "exp": now - 50 })),
        ],
    )
}

fn leeways() -> Script {
    let now = now();
    rows(
        "login leeways",
        &static_keys(),
        vec![
            ("no skew", json!({ "clock_skew_leeway": -1 }), json!({ "exp": now - 30 })),
            ("a wide skew", json!({ "clock_skew_leeway": 3600 }), json!({ "exp": now - 1800 })),
            (
                "a wide skew, not yet",
                json!({ "clock_skew_leeway": 3600 }),
                json!({ "nbf": now + 1800, "iat": now + 1800 }),
            ),
            (
                "a leeway of expiration without exp",
                json!({ "expiration_leeway": 3600 }),
                json!({ "exp": null, "nbf": now - 1800, "iat": now - 1800 }),
            ),
            (
                "no leeway of expiration",
                json!({ "expiration_leeway": -1 }),
                json!({ "exp": null, "nbf": now - 1800, "iat": now - 1800 }),
            ),
            (
                "no leeway of expiration, just now",
                json!({ "expiration_leeway": -1, "clock_skew_leeway": -1 }),
                json!({ "exp": null, "nbf": now - 10, "iat": now - 10 }),
            ),
            (
                "a leeway of exp that is there",
                json!({ "expiration_leeway": 3600 }),
                json!({ "exp": now - 1800 }),
            ),
            (
                "a leeway of nbf without nbf",
                json!({ "not_before_leeway": 3600 }),
                json!({ "nbf": null, "iat": now + 1800, "exp": now + 3000 }),
            ),
            (
                "no leeway of nbf",
                json!({ "not_before_leeway": -1, "clock_skew_leeway": -1 }),
                json!({ "nbf": null, "iat": now + 20 }),
            ),
            (
                "a leeway of nbf without iat",
                json!({ "not_before_leeway": 10 }),
                json!({ "nbf": null, "iat": null, "exp": now + 1000 }),
            ),
        ],
    )
}
