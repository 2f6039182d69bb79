use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::json;

use crate::conformance::frame::{Pair, Script, agree_on, fresh_number, run};

/// Random rules give the same capabilities on random paths.
#[test]
fn random_rules_win_alike() {
    agree_on("policy patterns", |pair| {
        let config =
            Config { cases: POLICIES, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
        let cases =
            (prop::collection::vec((rule(), capabilities()), 1..8), prop::collection::vec(path(), 1..16));
        let told = TestRunner::new(config).run(&cases, |(rules, paths)| ask(pair, &rules, &paths));
        told.err().map(|error| error.to_string()).unwrap_or_default()
    });
}

fn ask(pair: &Pair, rules: &[(String, Vec<&str>)], paths: &[String]) -> Result<(), TestCaseError> {
    let mut script = Script::new(format!("policy-patterns-{}", fresh_number()));
    let rules = rules.iter().map(|(path, capabilities)| {
        format!("path \"{path}\" {{ capabilities = {} }}\n", json!(capabilities))
    });
    let asking = "path \"sys/capabilities-self\" { capabilities = [\"update\"] }".to_owned();
    script.policy(&rules.chain([asking]).collect::<String>());
    script.token("token", json!({ "policies": ["{me}"], "no_default_policy": true }));
    script.post("sys/capabilities-self", json!({ "paths": paths })).by("{token}");
    let report = run(pair, &script);
    if report.differing_requests == 0 { Ok(()) } else { Err(TestCaseError::fail(report.text)) }
}

/// Few words, so that rules and paths meet.
fn rule() -> impl Strategy<Value = String> {
    let segment = prop::sample::select(vec!["a", "b", "ab", "+", "+", "a*b", "", "a+"]);
    let end = prop::sample::select(vec!["", "", "*", "/*", "/", "/+", "/+/*"]);
    (prop::collection::vec(segment, 1..4), end)
        .prop_map(|(segments, end)| format!("{}{end}", segments.join("/")))
}

fn path() -> impl Strategy<Value = String> {
    let segment = prop::sample::select(vec!["a", "b", "ab", "abb", "+", "c"]);
    let end = prop::sample::select(vec!["", "", "/"]);
    (prop::collection::vec(segment, 1..5), end)
        .prop_map(|(segments, end)| format!("{}{end}", segments.join("/")))
}

fn capabilities() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![
        8 => prop::sample::subsequence(vec!["create", "read", "update", "patch", "delete", "list", "sudo"], 1..4),
        1 => Just(vec!["deny"]),
        1 => Just(vec!["read", "deny"]),
    ]
}

const POLICIES: u32 = 64;
