//! What `ci template` writes, `ci jobs` reads back.

use serde_json::{Value, json};

use crate::{documents::root, harness::Buildpass};

const CONFIGURATION: &str = r#"
[vault]
address = "https://vault.example"

[[secret]]
name = "SECURITY_PRIVATE_TOKEN"
from = "access_tokens/it's/build-token/token@ci"
when = '$SECURITY_PROJECT_PATH && $CI_PROJECT_PATH == $SECURITY_PROJECT_PATH'

[[secret]]
name = "REGISTRY_PASSWORD"
from = { engine = { name = "kv-v1", path = "old" }, path = "registry", field = "password" }
to = "file"
"#;

const JOB: &str = "include: ci/vault-integration.yml\nbuild:\n  extends: .with-build-token\n  script: make\n";

/// What `build` gets in a project.
fn build(project: &Buildpass, of: &str) -> Value {
    let finished = jobs(project, &["--project", of]);
    finished["jobs"]["build"].clone()
}

fn jobs(project: &Buildpass, more: &[&str]) -> Value {
    let mut command = project.other_program(env!("CARGO_BIN_EXE_buildpass"));
    let output = command
        .args(["ci", "jobs", "--format", "json", "--ref", "main", "--protected"])
        .args(["--variable", "SECURITY_PROJECT_PATH=group/security"])
        .args(more)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn written(edition: &str) -> Buildpass {
    let mut project = Buildpass::new()
        .file("buildpass.toml", CONFIGURATION)
        .file(".gitlab-ci.yml", JOB)
        .args(["ci", "template", "--edition", edition, "--into", "."]);
    let finished = project.run();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    project
}

#[test]
fn the_security_project_gets_what_the_configuration_names_and_others_get_none() {
    let project = written("ee");
    let security = build(&project, "group/security");
    assert_eq!(security["id_tokens"], json!({"VAULT_ID_TOKEN": {"aud": "https://vault.example"}}));
    let secret = |engine: &str, mount: &str, path: &str, field: &str, file: bool| {
        json!({
            "vault": {"engine": {"name": engine, "path": mount}, "path": path, "field": field},
            "file": file, "token": "$VAULT_ID_TOKEN",
        })
    };
    assert_eq!(
        security["secrets"],
        json!({
            "SECURITY_PRIVATE_TOKEN": secret("kv-v2", "ci", "access_tokens/it's/build-token", "token", false),
            "REGISTRY_PASSWORD": secret("kv-v1", "old", "registry", "password", true),
        })
    );
    let other = build(&project, "group/public");
    assert_eq!((&other["secrets"], &other["id_tokens"]), (&json!({}), &security["id_tokens"]));
}

#[test]
fn the_community_edition_gets_no_secrets_keyword() {
    let project = written("ce");
    let job = build(&project, "group/security");
    assert_eq!((&job["secrets"], &job["included"]), (&json!({}), &json!(true)));
    assert_eq!(job["id_tokens"], json!({"VAULT_ID_TOKEN": {"aud": "https://vault.example"}}));
    let text = std::fs::read_to_string(project.project().join("ci/vault-integration.yml")).unwrap();
    assert!(!text.contains("secrets:"), "{text}");
}

#[test]
fn nothing_that_is_there_is_overwritten_unasked() {
    let project = written("ee");
    let again = |more: &[&str]| {
        let mut command = project.other_program(env!("CARGO_BIN_EXE_buildpass"));
        command.args(["ci", "template", "--into", "."]).args(more).output().unwrap()
    };
    let refused = again(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is there already"));
    assert_eq!(again(&["--force"]).status.code(), Some(0));
}

#[test]
fn the_component_gives_the_same_and_stands_in_the_repository() {
    let include = "include:\n  - component: gitlab.example/group/buildpass/build-token@1.0\n    inputs:\n      \
                   vault: https://vault.example\n      secret: a/build-token/token@ci\nbuild:\n  \
                   extends: .with-build-token\n  script: make\n";
    let project = Buildpass::new().file(".gitlab-ci.yml", include);
    let folder = project.project().join("elsewhere/component/gitlab.example/group/buildpass");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(root().join("templates/build-token.yml"), folder.join("build-token@1.0.yml")).unwrap();
    let answer = jobs(&project, &["--project", "group/any", "--include-dir", "elsewhere"]);
    let job = &answer["jobs"]["build"];
    assert_eq!(job["id_tokens"], json!({"VAULT_ID_TOKEN": {"aud": "https://vault.example"}}));
    assert_eq!(job["secrets"]["SECURITY_PRIVATE_TOKEN"]["vault"]["path"], "a/build-token");
    let printed = Buildpass::new().args(["ci", "template", "--component"]).run().stdout;
    let kept = std::fs::read_to_string(root().join("templates/build-token.yml")).unwrap();
    assert_eq!(printed, format!("# templates/build-token.yml\n{kept}\n"));
}
