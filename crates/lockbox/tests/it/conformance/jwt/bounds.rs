use serde_json::{Value, json};

use super::logins::{rows, static_keys};
use crate::conformance::frame::{Script, agree};

#[test]
fn what_a_role_wants_is_checked_alike() {
    agree(&[bound_claims(), user_claims(), mappings(), groups()]);
}

fn bound_claims() -> Script {
    let bound = |claims: Value| json!({ "bound_claims": claims });
    let glob = |claims: Value| json!({ "bound_claims": claims, "bound_claims_type": "glob" });
    let no = || json!({});
    rows(
        "login bound claims",
        &static_keys(),
        vec![
            ("another project", no(), json!({ "project_path": "x/y" })),
            ("not protected", no(), json!({ "ref_protected": "false" })),
            ("protected as a flag", no(), json!({ "ref_protected": true })),
            ("a flag bound", bound(json!({ "ref_protected": true })), json!({ "ref_protected": true })),
            ("missing", bound(json!({ "none": "x" })), no()),
            ("a list of null", bound(json!({ "sha": "x" })), json!({ "sha": [null] })),
            ("a map", bound(json!({ "nested": "x" })), no()),
            ("a list", bound(json!({ "groups": "b" })), no()),
            ("a list and a list", bound(json!({ "groups": ["z", "a"] })), no()),
            ("a list without it", bound(json!({ "groups": "z" })), no()),
            ("an empty list", bound(json!({ "groups": "z" })), json!({ "groups": [] })),
            ("an empty bound list", bound(json!({ "groups": [] })), no()),
            ("a number", bound(json!({ "runner_id": 5 })), no()),
            ("a number as text", bound(json!({ "runner_id": "5" })), no()),
            ("a number with a fraction", bound(json!({ "runner_id": 5.0 })), no()),
            ("another number", bound(json!({ "runner_id": 6 })), no()),
            ("a bound map", bound(json!({ "project_path": { "a": 1 } })), no()),
            ("a bound null", bound(json!({ "project_path": [null] })), no()),
            ("by pointer", bound(json!({ "/nested/id": "n" })), no()),
            ("by pointer into a list", bound(json!({ "/nested/list/0": "x" })), no()),
            ("by pointer to nothing", bound(json!({ "/nested/zz": "x" })), no()),
            ("by pointer past a list", bound(json!({ "/nested/list/9": "x" })), no()),
            ("by pointer through text", bound(json!({ "/sub/x": "x" })), no()),
            ("by the root pointer", bound(json!({ "/": "x" })), no()),
            ("by an escaped pointer", bound(json!({ "/a~1b": "x" })), json!({ "a/b": "x" })),
            ("by a dotted name", bound(json!({ "nested.id": "n" })), no()),
            ("a glob", glob(json!({ "project_path": "g/*" })), no()),
            ("a glob in the middle", glob(json!({ "project_path": "*/p" })), no()),
            ("a glob of everything", glob(json!({ "project_path": "*" })), no()),
            ("a glob that misses", glob(json!({ "project_path": "h/*" })), no()),
            ("globs", glob(json!({ "project_path": ["x*", "g*"] })), no()),
            ("a glob without a star", glob(json!({ "project_path": "g/p" })), no()),
            ("a glob on a number", glob(json!({ "runner_id": "5*" })), no()),
            ("a glob on a list", glob(json!({ "groups": "*b" })), no()),
            ("a glob with a question mark", glob(json!({ "project_path": "g/?" })), no()),
            ("a glob of stars", glob(json!({ "project_path": "**/**" })), no()),
            ("a star without glob", bound(json!({ "project_path": "g/*" })), no()),
            ("in capitals", bound(json!({ "project_path": "G/P" })), no()),
            ("the audience bound as a claim", bound(json!({ "aud": "https://vault.example" })), no()),
            ("unicode", bound(json!({ "name": "Zoë" })), json!({ "name": "Zoë" })),
            (
                "large numbers",
                bound(json!({ "id": 9_007_199_254_740_993_i64 })),
                json!({ "id": 9_007_199_254_740_993_i64 }),
            ),
        ],
    )
}

fn user_claims() -> Script {
    let user = |claim: &str| json!({ "user_claim": claim });
    let no = || json!({});
    rows(
        "login user claims",
        &static_keys(),
        vec![
            ("a number", user("runner_id"), no()),
            ("absent", user("user_email"), no()),
            ("a list", user("groups"), no()),
            ("a map", user("nested"), no()),
            ("a flag", user("flag"), json!({ "flag": true })),
            ("empty", user("empty"), json!({ "empty": "" })),
            ("a pointer without leave", user("/nested/id"), no()),
            ("a pointer", json!({ "user_claim": "/nested/id", "user_claim_json_pointer": true }), no()),
            (
                "a pointer to nothing",
                json!({ "user_claim": "/nested/zz", "user_claim_json_pointer": true }),
                no(),
            ),
            (
                "a name with leave for pointers",
                json!({ "user_claim": "sub", "user_claim_json_pointer": true }),
                no(),
            ),
            ("a claim whose name is a pointer", user("/x"), json!({ "/x": "y" })),
            ("the issuer", user("iss"), no()),
            ("the audience", user("aud"), no()),
            ("odd letters", user("odd"), json!({ "odd": "Zoë <&> / \u{7f}" })),
            ("long", user("long"), json!({ "long": "x".repeat(2000) })),
        ],
    )
}

fn mappings() -> Script {
    let map = |mappings: Value| json!({ "claim_mappings": mappings });
    let no = || json!({});
    rows(
        "login claim mappings",
        &static_keys(),
        vec![
            ("text", map(json!({ "project_path": "path", "sub": "who" })), no()),
            ("a number", map(json!({ "runner_id": "r" })), no()),
            ("a list", map(json!({ "groups": "g" })), no()),
            ("a map", map(json!({ "nested": "n" })), no()),
            ("a flag", map(json!({ "flag": "f" })), json!({ "flag": true })),
            ("absent", map(json!({ "none": "n" })), no()),
            ("a pointer", map(json!({ "/nested/id": "n" })), no()),
            ("empty", map(json!({ "empty": "e" })), json!({ "empty": "" })),
            ("to nothing", map(json!({ "sub": "" })), no()),
        ],
    )
}

fn groups() -> Script {
    let by = |claim: &str| json!({ "groups_claim": claim });
    let no = || json!({});
    rows(
        "login groups",
        &static_keys(),
        vec![
            ("a list", by("groups"), no()),
            ("absent", by("none"), no()),
            ("text", by("sub"), no()),
            ("a number", by("runner_id"), no()),
            ("a map", by("nested"), no()),
            ("numbers", by("numbers"), json!({ "numbers": [1, 2] })),
            ("mixed", by("mixed"), json!({ "mixed": ["a", 1] })),
            ("empty", by("empty"), json!({ "empty": [] })),
            ("a pointer", by("/nested/list"), no()),
            ("an empty name", by("empty"), json!({ "empty": ["", "a"] })),
        ],
    )
}
