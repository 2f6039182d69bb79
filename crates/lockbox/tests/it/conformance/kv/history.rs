use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};

use crate::conformance::frame::{Pair, Script, agree_on, fresh_number, run};

/// One request of a random history.
#[derive(Clone, Debug)]
struct Act {
    method: &'static str,
    path: String,
    body: Value,
}

/// The same history gives the same answers, whatever it is.
#[test]
fn histories_are_answered_alike() {
    agree_on("kv v2 histories", |pair| {
        let config = Config {
            cases: HISTORIES,
            failure_persistence: None,
            max_shrink_iters: 300,
            ..Config::default()
        };
        let acts = prop::collection::vec(act(), 1..=STEPS);
        let told = TestRunner::new(config).run(&acts, |acts| replay(pair, &acts));
        told.err().map(|error| error.to_string()).unwrap_or_default()
    });
}

fn replay(pair: &Pair, acts: &[Act]) -> Result<(), TestCaseError> {
    let mut script = Script::new(format!("kv-history-{}", fresh_number()));
    script.mount_kv_v2();
    for Act { method, path, body } in acts {
        let step = script.ask(method, &format!("{{me}}/{path}"));
        if !body.is_null() {
            step.header("Content-Type", "application/merge-patch+json").json(body);
        }
    }
    let report = run(pair, &script);
    if report.differing_requests == 0 { Ok(()) } else { Err(TestCaseError::fail(report.text)) }
}

fn act() -> impl Strategy<Value = Act> {
    let make = |method, path: String, body| Act { method, path, body };
    prop_oneof![
        6 => (secret(), data(), cas()).prop_map(move |(name, data, cas)| make("POST", format!("data/{name}"), with_cas(data, cas))),
        2 => (secret(), data(), cas()).prop_map(move |(name, data, cas)| make("PATCH", format!("data/{name}"), with_cas(data, cas))),
        5 => (secret(), version()).prop_map(move |(name, version)| make("GET", format!("data/{name}?version={version}"), Value::Null)),
        2 => secret().prop_map(move |name| make("DELETE", format!("data/{name}"), Value::Null)),
        3 => (secret(), versions(), prop::sample::select(vec!["delete", "undelete", "destroy"])).prop_map(
            move |(name, versions, what)| make("POST", format!("{what}/{name}"), json!({ "versions": versions }))
        ),
        3 => (secret(), settings(), prop::sample::select(vec!["POST", "PATCH"])).prop_map(
            move |(name, settings, method)| make(method, format!("metadata/{name}"), settings)
        ),
        3 => secret().prop_map(move |name| make("GET", format!("metadata/{name}"), Value::Null)),
        1 => secret().prop_map(move |name| make("DELETE", format!("metadata/{name}"), Value::Null)),
        1 => prop::sample::select(vec!["", "/d", "/nothing"]).prop_map(move |folder| make("LIST", format!("metadata{folder}"), Value::Null)),
        1 => engine_settings().prop_map(move |settings| make("POST", "config".to_owned(), settings)),
        1 => Just(make("GET", "config".to_owned(), Value::Null)),
        1 => (secret(), version()).prop_map(move |(name, version)| make("GET", format!("subkeys/{name}?version={version}"), Value::Null)),
    ]
}

fn secret() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "a", "a", "b", "d/x"])
}

fn data() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        Just(Value::Null),
        (0..5).prop_map(Value::from),
        Just(json!({ "y": 1, "z": null })),
        Just(json!(["l"]))
    ];
    prop::collection::btree_map(prop::sample::select(vec!["k", "l", "m"]), value, 0..3)
        .prop_map(|map| json!(map))
}

fn cas() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![3 => Just(None), 1 => (0_i64..6).prop_map(Some)]
}

fn with_cas(data: Value, cas: Option<i64>) -> Value {
    match cas {
        Some(cas) => json!({ "data": data, "options": { "cas": cas } }),
        None => json!({ "data": data }),
    }
}

fn version() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0), 3 => 1_i64..8]
}

fn versions() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(0_i64..8, 0..4)
}

fn settings() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => (0..5).prop_map(|max| json!({ "max_versions": max })),
        1 => any::<bool>().prop_map(|required| json!({ "cas_required": required })),
        2 => prop::sample::select(vec!["0s", "1h", "-1s"]).prop_map(|after| json!({ "delete_version_after": after })),
        2 => prop::sample::select(vec![json!({}), json!({ "o": "p" }), json!({ "o": null })]).prop_map(|custom| json!({ "custom_metadata": custom })),
        1 => Just(json!({ "max_versions": 3, "cas_required": false, "custom_metadata": { "q": "r" } })),
        1 => Just(json!({})),
    ]
}

fn engine_settings() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => (0..5).prop_map(|max| json!({ "max_versions": max })),
        1 => any::<bool>().prop_map(|required| json!({ "cas_required": required })),
        1 => prop::sample::select(vec!["0s", "2h", "-1s"]).prop_map(|after| json!({ "delete_version_after": after })),
    ]
}

const HISTORIES: u32 = 24;
const STEPS: usize = 25;
