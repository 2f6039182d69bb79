//! Every rule of `ci check`, on the examples of its own documentation.

use serde_json::Value;

use crate::{
    documents::read,
    harness::{Buildpass, Finished},
};

fn check(yaml: &str, format: &str) -> Finished {
    let (flags, yaml) = match yaml.strip_prefix("flags: ") {
        Some(rest) => rest.split_once('\n').unwrap(),
        None => ("", yaml),
    };
    Buildpass::new()
        .file(".gitlab-ci.yml", yaml)
        .file("other.yml", "other: {script: make}\n")
        .args(["ci", "check", "--project", "group/project", "--format", format])
        .args(flags.split_whitespace())
        .run()
}

fn answer(yaml: &str, format: &str) -> Value {
    let Finished { stdout, stderr, .. } = check(yaml, format);
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
}

fn rules_found(yaml: &str) -> Vec<String> {
    let found = answer(yaml, "json");
    let findings = found["findings"].as_array().unwrap_or_else(|| panic!("{found}\n{yaml}"));
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// Name, the example that is wrong, the one that is right.
fn documented() -> Vec<(String, String, String)> {
    let document = read("docs/checks.md");
    let sections = document.split("\n## ").skip(1);
    sections
        .map(|section| {
            let name = section.lines().next().unwrap().to_owned();
            let mut examples =
                section.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap());
            (name, examples.next().unwrap().to_owned(), examples.next().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn every_rule_finds_what_its_page_says_is_wrong_and_not_what_is_right() {
    for (name, wrong, right) in documented() {
        let found = rules_found(&wrong);
        assert!(found.contains(&name), "{name}: {found:?} in\n{wrong}");
        let found = rules_found(&right);
        assert!(!found.contains(&name), "{name}: {found:?} in\n{right}");
    }
}

const UNPROTECTED: &str = "build:\n  id_tokens: {VAULT_ID_TOKEN: {aud: https://vault.example}}\n  \
                           secrets: {BUILD_TOKEN: {vault: a/build-token/token@ci, file: false}}\n  script: make\n";

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    let report = answer(UNPROTECTED, "sarif");
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let names: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let documented = documented();
    assert_eq!(names, documented.iter().map(|(name, _, _)| name.as_str()).collect::<Vec<_>>());
}

#[test]
fn a_token_in_a_url_is_found_wherever_the_url_is_kept() {
    let job = "build: {script: ./fetch, rules: [{if: '$CI_COMMIT_BRANCH'}]}\n";
    let found = |variables: &str| rules_found(&format!("{variables}{job}"));
    for [variables, place] in [
        ["variables: {TOOL: 'https://gitlab-ci-token:$CI_JOB_TOKEN@git.example/tool.git'}\n", "1"],
        ["variables: {TOOL: 'https://x:${BUILD_TOKEN}@git.example/tool.git'}\n", "1"],
        ["default: {}\nvariables:\n  TOOL: {value: 'https://$BUILD_TOKEN@git.example/tool.git'}\n", "3"],
    ] {
        let report = answer(&format!("{variables}{job}"), "json");
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "token-in-script", "{report}");
        assert_eq!(finding["place"]["line"].to_string(), place, "{report}");
        assert!(finding.to_string().contains("placeholder = true"), "{report}");
    }
    for right in [
        "variables: {TOOL: 'https://git.example/tool.git'}\n",
        "variables: {TOOL: 'https://gitlab-ci-token@git.example/$BUILD_TOKEN'}\n",
        "variables: {TOOL: 'https://$USER@git.example/tool.git'}\n",
        "variables: {TOOL: '$BUILD_TOKEN'}\n",
    ] {
        assert_eq!(found(right), [""; 0], "{right}");
    }
}

#[test]
fn warnings_fail_the_check_and_notes_do_not() {
    assert_eq!(check(UNPROTECTED, "text").code, Some(5));
    assert_eq!(check(".t: {id_tokens: {T: {aud: x}}}\nbuild: {script: make}\n", "text").code, Some(0));
    assert_eq!(check("build: [", "text").code, Some(2));
    assert_eq!(check("build: [", "sarif").code, Some(2));
}

#[test]
fn a_reason_allows_a_finding() {
    let allowed = UNPROTECTED
        .replace("  secrets", "  # buildpass: allow(unprotected-secret) the role binds it\n  secrets");
    assert_eq!(rules_found(&allowed), ["session-left-behind"]);
    assert_eq!(check(&allowed, "text").code, Some(0));
    let on_the_line =
        UNPROTECTED.replace("false}}\n", "false}} # buildpass: allow(unprotected-secret) bound\n");
    assert_eq!(rules_found(&on_the_line), ["session-left-behind"]);
}

#[test]
fn reports_have_what_their_readers_need() {
    let sarif = answer(UNPROTECTED, "sarif");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((&sarif["version"], &result["ruleId"]), (&"2.1.0".into(), &"unprotected-secret".into()));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], ".gitlab-ci.yml");
    assert_eq!((&place["region"]["startLine"], &result["level"]), (&3.into(), &"warning".into()));
    let quality = answer(UNPROTECTED, "gitlab-code-quality");
    let entry = &quality[0];
    assert_eq!((&entry["check_name"], &entry["severity"]), (&"unprotected-secret".into(), &"major".into()));
    assert_eq!(entry["location"], serde_json::json!({"path": ".gitlab-ci.yml", "lines": {"begin": 3}}));
    let lower = answer(&format!("# a line\n{UNPROTECTED}"), "gitlab-code-quality");
    assert_eq!(entry["fingerprint"], lower[0]["fingerprint"], "lines above it do not change a finding");
}
