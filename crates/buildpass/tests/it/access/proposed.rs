//! The narrowest grants for a pipeline, proposed: nobody is asked, and what is proposed can be pasted and applied.

use std::path::PathBuf;

use serde_json::Value;

use super::scene::{PROJECT, Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Finished, on_every_vault};

/// The platform owner's file before anything is granted.
fn ungranted() -> String {
    let all = declared("");
    all[..all.find("[[access.grant]]").unwrap()].to_owned()
}

/// Somebody with the project's files and neither a token nor a server.
fn proposed(toml: &str, yaml: &str, more: &[&str]) -> Finished {
    let nobody = Buildpass::new().file("buildpass.toml", toml).file(".gitlab-ci.yml", yaml);
    nobody.args(["access", "plan", "--from-ci", "--project", PROJECT]).args(more.iter().copied()).run()
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"))
}

/// Declares what is proposed for a pipeline, applies it, and holds the pipeline against it: all that is wrong then is what was not granted.
fn pasted(scene: &Scene<'_>, yaml: Option<&str>, more: &[&str]) -> Vec<String> {
    let toml = ungranted();
    let command = |toml: &str, command: &[&str]| {
        let owner = scene.owner(toml).file(".gitlab-ci.yml", yaml.unwrap_or_default());
        owner.args(command.iter().copied()).args(["--project", PROJECT]).args(more.iter().copied()).run()
    };
    let proposal = command(&toml, &["access", "plan", "--from-ci", "--detailed-exitcode"]);
    assert_eq!(proposal.code, Some(5), "{}{}", proposal.stdout, proposal.stderr);
    let toml = format!("{toml}\n{}", proposal.stdout);
    scene.apply(&toml);
    let again = command(&toml, &["access", "plan", "--from-ci", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
    let again = json(&again);
    assert_eq!((&again["grants"], &again["roles"]), (&Value::Array(Vec::new()), &Value::Array(Vec::new())));
    let matrix = command(&toml, &["access", "matrix", "--format", "json"]);
    let matrix = json(&matrix);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let faults: Vec<String> = matrix["faults"].as_array().unwrap().iter().map(text).collect();
    let outside = again["not_granted"].as_array().unwrap().iter().map(|ask| {
        format!(
            "{}: {} asks for {}, and no role lets it in",
            text(&ask["context"]),
            text(&ask["job"]),
            text(&ask["reads"])
        )
    });
    assert_eq!(faults, outside.collect::<Vec<_>>());
    faults
}

fn job(audience: &str, more: &str) -> String {
    format!(
        "build:\n  id_tokens: {{VAULT_ID_TOKEN: {{aud: '{audience}'}}}}\n  secrets: {{TOKEN: {{vault: {BUILD_TOKEN_PATH}/token@ci, file: false}}}}\n  script: make\n{more}"
    )
}

const PROTECTED: &str = "  rules:\n    - if: '$CI_COMMIT_REF_PROTECTED == \"true\"'\n";

on_every_vault! {
    fn what_is_proposed_can_be_pasted_and_nothing_is_wrong_then(vault) {
        let scene = Scene::on(vault);
        assert_eq!(pasted(&scene, Some(&job(&vault.address, PROTECTED)), &[]), [""; 0]);
        // Who asks from where anybody may write is named, and gets nothing.
        let faults = pasted(&scene, Some(&job(&vault.address, "")), &[]);
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    fn the_pipeline_of_omnibus_gitlab_too(vault) {
        let Some(omnibus) = std::env::var_os("BUILDPASS_OMNIBUS_DIR").map(PathBuf::from) else {
            println!("skipped: BUILDPASS_OMNIBUS_DIR does not name the pipeline of omnibus-gitlab");
            return;
        };
        let scene = Scene::on(vault);
        let folder = omnibus.to_str().unwrap();
        let security = format!("SECURITY_PROJECT_PATH={PROJECT}");
        let faults = pasted(&scene, None, &[
            "--project-dir", folder, "--variable", &security, "--variable", "VAULT_AUTH_ROLE=omnibus-gitlab", "--variable", "CI_DEFAULT_BRANCH=master",
        ]);
        let unprotected = "asks for ci/data/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token, and no role lets it in";
        assert_eq!(faults, ["other branch", "merge request"].map(|context| format!("{context}: generate-facts {unprotected}")));
    }
}

const VAULT: &str = "[vault]\naddress = \"https://vault.example.com\"\n";

const AUDIENCE: &str = "https://vault.example.com";

#[test]
fn a_proposal_is_as_narrow_as_what_asks() {
    let yaml = format!(
        "{}{}{}",
        job(
            AUDIENCE,
            "  timeout: 3 hours 30 minutes\n  environment: {name: production}\n  variables: {VAULT_AUTH_ROLE: shop}\n  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n"
        ),
        "nightly:\n  id_tokens: {VAULT_ID_TOKEN: {aud: 'https://vault.example.com'}}\n  secrets: {DEPLOY_KEY: {vault: shop/deploy/key@ci}}\n  environment: production\n  timeout: 1h\n  variables: {VAULT_AUTH_ROLE: shop}\n  script: make\n  rules:\n    - if: $CI_PIPELINE_SOURCE == 'schedule' && $NIGHTLY\n",
        "lint:\n  script: make lint\n"
    );
    let finished =
        proposed(VAULT, &yaml, &["--variable", "CI_DEFAULT_BRANCH=trunk", "--variable", "NIGHTLY=1"]);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{}", finished.stdout);
    insta::assert_snapshot!(finished.stdout.replace(BUILD_TOKEN_PATH, "PATH"), @r#"
    # What the jobs ask for in these pipelines, beside what is declared: default branch, other branch, tag, merge request, fork's merge request, schedule.

    [[secret]]
    name = "TOKEN"
    from = "PATH/token@ci"

    [[secret]]
    name = "DEPLOY_KEY"
    from = "shop/deploy/key@ci"
    to = "file"

    # build: default branch, schedule
    [[access.grant]]
    secret = "TOKEN"
    vault_role = "shop"
    projects = ["gitlab-org/security/omnibus-gitlab"]
    refs = ["trunk"]
    environments = ["production"]
    audience = "https://vault.example.com"
    session_ttl = "3h 30m"

    # nightly: schedule
    # other jobs ask by the same role for other secrets, so that each is let in to all of them: a role of its own is narrower
    [[access.grant]]
    secret = "DEPLOY_KEY"
    vault_role = "shop"
    projects = ["gitlab-org/security/omnibus-gitlab"]
    refs = ["trunk"]
    environments = ["production"]
    audience = "https://vault.example.com"
    session_ttl = "3h 30m"

    # Not granted:
    #   build in `merge request` asks for ci/data/PATH: it runs what the author of a merge request wrote, before anybody has looked
    #   build in `fork's merge request` asks for ci/data/PATH: it runs what the owner of a fork wrote
    "#);
}

#[test]
fn a_job_that_runs_buildpass_asks_for_what_is_written() {
    let toml = format!(
        "{VAULT}role = \"shop\"\n[[secret]]\nname = \"A\"\nfrom = \"a/token@ci\"\n[[secret]]\nname = \"B\"\nfrom = \"b/token@ci\"\nwhen = '$CI_COMMIT_TAG'\n"
    );
    let yaml = "build:\n  id_tokens: {VAULT_ID_TOKEN: {aud: 'https://vault.example.com'}}\n  script: buildpass run -- make\n";
    let answer = json(&proposed(&toml, yaml, &["--format", "json"]));
    let grants = answer["grants"].as_array().unwrap();
    assert_eq!(grants.len(), 1, "{answer}");
    assert_eq!(
        grants[0]["grant"],
        serde_json::json!({
            "secret": "A", "vault_role": "shop", "projects": [PROJECT], "refs": ["main"], "audience": AUDIENCE, "session_ttl": "1h",
        })
    );
    let tag = answer["not_granted"].as_array().unwrap().iter().filter(|ask| ask["context"] == "tag").count();
    assert_eq!(tag, 2, "{answer}");
}

#[test]
fn what_is_declared_is_said_and_where_it_is_otherwise() {
    let yaml = job(
        AUDIENCE,
        &format!("  timeout: 3h\n  variables: {{VAULT_AUTH_ROLE: omnibus-gitlab}}\n{PROTECTED}"),
    );
    let toml = format!("{VAULT}{}", declared(""));
    let finished = proposed(&toml, &yaml, &["--detailed-exitcode"]);
    assert_eq!(finished.code, Some(5), "{}", finished.stderr);
    insta::assert_snapshot!(finished.stdout, @"
    # What the jobs ask for in these pipelines, beside what is declared: default branch, other branch, tag, merge request, fork's merge request, schedule.
    # Every grant is declared.

    # Declared already:
    #   SECURITY_PRIVATE_TOKEN for build by the role omnibus-gitlab

    # Declared otherwise than what asks here:
    #   the role omnibus-gitlab is wider: `refs` is protected, and what asks is main
    #   the role omnibus-gitlab is too narrow: `session_ttl` is 2h, and what asks is 3h

    # Not known:
    #   the default branch: `main` is taken, and `--variable CI_DEFAULT_BRANCH=NAME` says it
    ");
    let narrow = toml.replace("\"protected\"", "[\"main\"]").replace("\"2h\"", "\"3h\"");
    let finished = proposed(&narrow, &yaml, &["--detailed-exitcode"]);
    assert_eq!(finished.code, Some(0), "{}", finished.stdout);
    // One more secret by the same role is granted as the role is declared.
    let more = yaml.replace("secrets: {", "secrets: {KEY: {vault: shop/key@ci, file: false}, ");
    let finished = proposed(&toml, &more, &["--format", "json"]);
    let answer = json(&finished);
    assert_eq!(answer["secrets"], serde_json::json!([{"name": "KEY", "from": "shop/key@ci"}]));
    assert_eq!(answer["grants"][0]["grant"]["refs"], "protected", "{answer}");
}

#[test]
fn what_nobody_can_say_is_named_and_what_cannot_be_meant_is_refused() {
    let yaml = job("$NO_SUCH_VARIABLE", "  rules:\n    - if: $CI_COMMIT_MESSAGE =~ /build/\n");
    let finished = proposed(VAULT, &yaml, &[]);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    insta::assert_snapshot!(finished.stdout.replace(BUILD_TOKEN_PATH, "PATH"), @r#"
    # What the jobs ask for in these pipelines, beside what is declared: default branch, other branch, tag, merge request, fork's merge request, schedule.

    [[secret]]
    name = "TOKEN"
    from = "PATH/token@ci"

    # build: default branch, schedule
    # whether build asks in `default branch` is not known: `CI_COMMIT_MESSAGE` was not given
    # whether build asks in `schedule` is not known: `CI_COMMIT_MESSAGE` was not given
    # no VAULT_AUTH_ROLE is known here (`--variable VAULT_AUTH_ROLE=…`): the role is named after the project
    # a job has no `timeout`: GitLab's default is 1h, and the project's own may be longer
    # for whom the ID token is, is not known here: `audience` is left to `[identity] audience`, then the vault's address
    [[access.grant]]
    secret = "TOKEN"
    vault_role = "omnibus-gitlab"
    projects = ["gitlab-org/security/omnibus-gitlab"]
    refs = ["main"]
    session_ttl = "1h"

    # Not granted:
    #   build in `other branch` asks for ci/data/PATH: its ref is not protected: whoever may push writes what it runs
    #   build in `tag` asks for ci/data/PATH: its ref is not protected: whoever may push writes what it runs
    #   build in `merge request` asks for ci/data/PATH: it runs what the author of a merge request wrote, before anybody has looked
    #   build in `fork's merge request` asks for ci/data/PATH: it runs what the owner of a fork wrote

    # Not known:
    #   the default branch: `main` is taken, and `--variable CI_DEFAULT_BRANCH=NAME` says it
    "#);
    let nobody = Buildpass::new().file("buildpass.toml", VAULT).file(".gitlab-ci.yml", &job(AUDIENCE, ""));
    let finished = nobody.args(["access", "plan", "--from-ci"]).run();
    assert_eq!(finished.code, Some(2), "{}", finished.stdout);
    assert!(finished.stderr.contains("hint: add --project GROUP/PROJECT"), "{}", finished.stderr);
    let refused = proposed(VAULT, "build:\n  stage: nowhere\n  script: make\n", &[]);
    assert_eq!(refused.code, Some(2), "{}", refused.stdout);
    let without = Buildpass::new()
        .file("buildpass.toml", &declared(""))
        .args(["access", "plan", "--project", PROJECT])
        .run();
    assert_eq!(without.code, Some(2));
    assert!(without.stderr.contains("are for `--from-ci` alone"), "{}", without.stderr);
}

#[test]
fn a_job_without_a_timeout_shortens_nobody_s_session() {
    let long = job(
        AUDIENCE,
        &format!("  timeout: 3h\n  variables: {{VAULT_AUTH_ROLE: omnibus-gitlab}}\n{PROTECTED}"),
    );
    let more = long.replace("build:", "other:").replace("  timeout: 3h\n", "");
    let yaml = format!("{long}{more}");
    let answer = json(&proposed(VAULT, &yaml, &["--format", "json"]));
    assert_eq!(answer["grants"][0]["grant"]["session_ttl"], "3h", "{answer}");
    let finished = proposed(&format!("{VAULT}{}", declared("")), &yaml, &["--detailed-exitcode"]);
    assert_eq!(finished.code, Some(5), "{}", finished.stderr);
    let says = "the role omnibus-gitlab is too narrow: `session_ttl` is 2h, and what asks is 3h";
    assert!(finished.stdout.contains(says), "{}", finished.stdout);
}

#[test]
fn tags_that_come_later_are_let_in() {
    let toml = format!(
        "{VAULT}[[context]]\nname = \"release\"\nref = \"refs/tags/v1\"\npipeline_source = \"push\"\nprotected = true\n"
    );
    let yaml = job(AUDIENCE, "  variables: {VAULT_AUTH_ROLE: shop}\n");
    let answer = json(&proposed(&toml, &yaml, &["--format", "json"]));
    let grant = &answer["grants"][0];
    assert_eq!(
        (&grant["grant"]["refs"], &grant["grant"]["tags"]),
        (&"protected".into(), &Value::Null),
        "{answer}"
    );
    let comments = grant["comments"].to_string();
    assert!(comments.contains("lets in every protected branch and tag, later ones too"), "{answer}");
}

#[test]
fn the_role_is_the_one_that_the_job_uses() {
    let toml = format!("{VAULT}role = \"written\"\n[[secret]]\nname = \"A\"\nfrom = \"a/token@ci\"\n");
    let by_runner = job(AUDIENCE, "");
    let variable = "  variables: {VAULT_AUTH_ROLE: of-variable}\n";
    let by_buildpass = format!(
        "build:\n  id_tokens: {{VAULT_ID_TOKEN: {{aud: '{AUDIENCE}'}}}}\n  script: T=$(buildpass token A)\n{variable}"
    );
    for (yaml, role) in [
        (by_runner.clone(), "omnibus-gitlab"),
        (format!("{by_runner}{variable}"), "of-variable"),
        (by_buildpass, "written"),
    ] {
        let answer = json(&proposed(&toml, &yaml, &["--format", "json"]));
        assert_eq!(answer["grants"][0]["grant"]["vault_role"], role, "{answer}");
    }
}

#[test]
fn a_project_by_its_number_is_this_one_where_it_is_known_to_be() {
    let toml =
        format!("{VAULT}{}", declared("")).replace(&format!("projects = [\"{PROJECT}\"]"), "projects = [7]");
    let yaml = job(AUDIENCE, &format!("  variables: {{VAULT_AUTH_ROLE: omnibus-gitlab}}\n{PROTECTED}"));
    let unknown = "whether the role omnibus-gitlab names gitlab-org/security/omnibus-gitlab by its number";
    for (more, code, names_it) in [
        (&[][..], 0, true),
        (&["--variable", "CI_PROJECT_ID=7"], 0, false),
        (&["--variable", "CI_PROJECT_ID=8"], 5, false),
    ] {
        let finished = proposed(&toml, &yaml, &[more, &["--detailed-exitcode"]].concat());
        assert_eq!(finished.code, Some(code), "{}{}", finished.stdout, finished.stderr);
        assert_eq!(finished.stdout.contains(unknown), names_it, "{}", finished.stdout);
    }
}

#[test]
fn what_only_a_role_of_patterns_could_read_is_missing() {
    let toml = format!("{VAULT}{}", declared("glob = true\n"));
    let yaml = job(AUDIENCE, &format!("  variables: {{VAULT_AUTH_ROLE: omnibus-gitlab}}\n{PROTECTED}"));
    let finished = proposed(&toml, &yaml.replace("/token@ci", "/more/token@ci"), &["--detailed-exitcode"]);
    assert_eq!(finished.code, Some(5), "{}{}", finished.stdout, finished.stderr);
    assert!(finished.stdout.contains("takes no second secret"), "{}", finished.stdout);
}

#[test]
fn a_gitlab_that_the_repository_names_is_no_matter_where_nobody_is_asked() {
    let toml = format!("[gitlab]\nurl = \"https://gitlab.example.org\"\n{VAULT}{}", declared(""));
    let yaml = job(AUDIENCE, &format!("  variables: {{VAULT_AUTH_ROLE: omnibus-gitlab}}\n{PROTECTED}"));
    let finished = proposed(&toml, &yaml, &[]);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{}", finished.stdout);
}
