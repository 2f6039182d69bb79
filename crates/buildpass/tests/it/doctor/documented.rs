use serde_json::Value;

use crate::{documents::read, harness::Buildpass};

/// Every check, by its id, as the program lists them.
fn checks() -> Vec<Value> {
    let finished = Buildpass::new().args(["doctor", "--offline", "--format", "json"]).run();
    let answer: Value = serde_json::from_str(&finished.stdout).unwrap();
    answer["checks"].as_array().unwrap().clone()
}

#[test]
fn every_check_has_a_page_and_every_page_a_check() {
    let document = read("docs/doctor.md");
    let pages: Vec<&str> = document.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let checks = checks();
    let ids: Vec<&str> = checks.iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert_eq!(ids, pages);
    for check in &checks {
        assert_eq!(check["page"], format!("docs/doctor.md#{}", check["id"].as_str().unwrap()));
    }
}

#[test]
fn every_check_is_a_file() {
    let list = read("crates/buildpass/src/doctor/checks/mod.rs");
    for check in checks() {
        let id = check["id"].as_str().unwrap();
        let file = id.replace('-', "_");
        assert!(list.contains(&format!("    {file}::CHECK,\n")), "{id}");
        let text = read(&format!("crates/buildpass/src/doctor/checks/{file}.rs"));
        assert!(text.contains(&format!("id: \"{id}\"")), "{id}");
    }
}

#[test]
fn with_nothing_configured_there_is_an_answer() {
    let finished = Buildpass::new().args(["doctor"]).run();
    assert_eq!(finished.code, Some(5));
    assert!(finished.stdout.contains("begin with configuration"), "{}", finished.stdout);
    assert_eq!(finished.stderr, "");
}

#[test]
fn a_check_that_nobody_knows_is_usage() {
    let finished = Buildpass::new().args(["doctor", "--only", "no-such-check"]).run();
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("there is no check `no-such-check`"), "{}", finished.stderr);
}
