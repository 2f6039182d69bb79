//! `ci jobs`, `ci explain` and `ci matrix` as their users ask them.

use serde_json::{Value, json};

use crate::harness::{Browser, Buildpass, Finished};

const TEMPLATE: &str = "
include:
  - local: security.yml
    rules:
      - if: '$CI_PROJECT_PATH == $SECURITY_PROJECT_PATH'
.vault-integration:
  id_tokens:
    VAULT_ID_TOKEN:
      aud: $CI_SERVER_URL
.with-build-token:
  extends: .vault-integration
build:
  extends: .with-build-token
  script: make
protected:
  script: make
  rules:
    - if: $CI_COMMIT_REF_PROTECTED == 'true'
documents:
  script: make
  rules:
    - changes: [doc/**/*]
      when: manual
";

const SECURITY: &str = ".with-build-token:\n  secrets:\n    TOKEN: {vault: a/b@ci, file: false}\n";

fn project(yaml: &str) -> Buildpass {
    Buildpass::new().file(".gitlab-ci.yml", yaml).file("security.yml", SECURITY)
}

fn ask(yaml: &str, question: &str) -> Finished {
    project(yaml).args(["ci"]).args(question.split(' ')).run()
}

fn jobs(yaml: &str, flags: &str) -> Value {
    let finished = ask(yaml, &format!("jobs --format json --project group/project {flags}"));
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

#[test]
fn what_is_not_given_is_unknown_and_says_why() {
    let answer = jobs(TEMPLATE, "--ref main");
    let included = |name: &str| answer["jobs"][name]["included"].clone();
    assert_eq!(
        (included("build"), included("protected"), included("documents")),
        (json!(true), json!("unknown"), json!("unknown"))
    );
    assert_eq!(answer["jobs"]["protected"]["reason"], "`CI_COMMIT_REF_PROTECTED` was not given");
    let answer = jobs(TEMPLATE, "--ref main --protected --changed-file doc/a/b.md");
    assert_eq!(answer["jobs"]["protected"]["included"], true);
    assert_eq!(answer["jobs"]["documents"]["when"], "manual");
    for (flags, included) in [("--assume-changes match", true), ("--assume-changes no-match", false)] {
        let answer = jobs(TEMPLATE, &format!("--ref main --protected {flags}"));
        assert_eq!(answer["jobs"]["documents"]["included"], included);
    }
    assert_eq!(jobs(TEMPLATE, "--ref refs/tags/v1 --protected")["jobs"]["documents"]["included"], true);
}

#[test]
fn an_include_that_cannot_be_read_is_assumed_to_add_names_unless_that_is_too_much() {
    let yaml =
        "include: [{template: Jobs/Gone.gitlab-ci.yml}]\nbuild: {script: make}\nother: {extends: .gone}\n";
    let answer = jobs(yaml, "--ref main --protected");
    assert_eq!(answer["jobs"]["build"]["included"], true);
    assert_eq!(answer["jobs"]["build"]["assumes"].as_array().unwrap().len(), 1);
    assert_eq!(answer["jobs"]["other"]["included"], "unknown");
    let strict = jobs(yaml, "--ref main --protected --strict");
    assert_eq!(strict["jobs"]["build"]["included"], "unknown");
    assert_eq!(strict["pipeline"]["created"], "unknown");
}

#[test]
fn settings_come_from_flags_files_and_named_contexts() {
    let toml = "[[context]]\nname = \"security\"\nproject = \"group/security\"\nref = \"main\"\nprotected = true\n\
                variables = { SECURITY_PROJECT_PATH = \"group/security\" }\n";
    let secret = |project: Buildpass, flags: &[&str]| {
        let finished = project.args(["ci", "jobs", "--format", "json"]).args(flags.iter().copied()).run();
        let answer: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
        answer["jobs"]["build"]["secrets"]["TOKEN"].clone()
    };
    let expected = json!({
        "vault": {"engine": {"name": "kv-v2", "path": "ci"}, "path": "a", "field": "b"},
        "file": false, "token": "$VAULT_ID_TOKEN",
    });
    let yaml = TEMPLATE.replace(
        "  extends: .vault-integration\nbuild",
        "  extends: .vault-integration\n  secrets: {}\nbuild",
    );
    let merged = || {
        project(&yaml).file("buildpass.toml", toml).file("settings", "SECURITY_PROJECT_PATH=group/security\n")
    };
    let shared = ["--project", "group/security", "--ref", "main", "--protected"];
    assert_eq!(secret(merged(), &["--context", "security"]), expected);
    let with = |more: [&'static str; 2]| [shared.as_slice(), more.as_slice()].concat();
    assert_eq!(secret(merged(), &with(["--variables-file", "settings"])), expected);
    assert_eq!(secret(merged(), &with(["--variable", "SECURITY_PROJECT_PATH=group/security"])), expected);
    assert_eq!(secret(merged(), &shared), Value::Null);
}

#[test]
fn what_cannot_be_meant_is_said_with_what_to_do() {
    for (question, error, hint) in [
        ("jobs --variable X", "`--variable X` is not NAME=VALUE", "--variable NAME=VALUE"),
        ("jobs --variable 1X=2", "`1X` is no name of a variable", "letters, digits and underscores"),
        ("jobs --variables-file gone", "`", "name a file that this user can read"),
        ("jobs --gitlab-version 9.1", "GitLab 9.1 is not modelled", "17 and 18"),
        ("jobs --gitlab-version new", "`new` is no version of GitLab", "18.6"),
        ("jobs --context gone", "no context is named `gone`", "no `[[context]]`"),
        ("jobs --project-dir gone", "there is no project at", "--project-dir"),
        ("explain biuld --ref main --protected", "no job is named `biuld`", "did you mean `build`?"),
    ] {
        let finished = ask(TEMPLATE, question);
        assert_eq!(finished.code, Some(2), "{question}: {finished:?}");
        assert!(finished.stderr.contains(error) && finished.stderr.contains(hint), "{}", finished.stderr);
    }
}

#[test]
fn an_invalid_configuration_shows_the_place_and_the_way_there() {
    let text =
        ask("build:\n  script: make\n  rules:\n    - if: '$A == && $B'\n", "jobs --ref main --protected");
    assert_eq!(text.code, Some(2));
    insta::assert_snapshot!(text.stderr, @r#"
    error: jobs:build:rules:rule if invalid expression syntax
     --> .gitlab-ci.yml:4:18
      |
    4 |     - if: '$A == && $B'
      |                  ^ expected a variable, a string, a `/regex/`, `null` or `(`, found `&&`
      |
      = note: in the expression
              $A == && $B
                    ^ expected a variable, a string, a `/regex/`, `null` or `(`, found `&&`
    "#);
    let circle = "a: {extends: b, script: x}\nb: {extends: a}\n";
    assert!(ask(circle, "jobs --ref main --protected").stderr.contains("the circle is a → b → a"));
    let broken = project("include: ci.yml\nbuild: {script: make}\n").file("ci.yml", "x: [\n");
    let said = broken.args(["ci", "jobs", "--ref", "main", "--protected"]).run().stderr;
    assert!(said.contains("ci.yml:1") && said.contains("is included here"), "{said}");
    let json = jobs("build: {script: make, secrets: {A: {}}}\n", "--ref main --protected");
    assert_eq!(
        (&json["error"]["file"], &json["error"]["line"]),
        (&json!(".gitlab-ci.yml"), &json!(1)),
        "{json}"
    );
    let missing = jobs("include: gone.yml\nbuild: {script: make}\n", "--ref main --protected");
    assert_eq!(missing["error"]["message"], "Local file `gone.yml` does not exist!");
}

#[test]
fn explain_names_the_step_that_gives_the_secret_and_the_one_that_is_missing() {
    let question = "explain build --project group/project --ref main --protected";
    let without = ask(TEMPLATE, question).stdout;
    for part in [
        "it has the ID token VAULT_ID_TOKEN for https://gitlab.com",
        "this include is left out",
        "SECURITY_PROJECT_PATH is not set",
    ] {
        assert!(without.contains(part), "{without}");
    }
    let with = ask(TEMPLATE, &format!("{question} --variable SECURITY_PROJECT_PATH=group/project")).stdout;
    assert!(
        with.contains("security.yml") && with.contains("this matches: CI_PROJECT_PATH is \"group/project\""),
        "{with}"
    );
    let json = ask(TEMPLATE, &format!("{question} --format json")).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["job"], &json["included"]), (&json!("build"), &json!(true)));
}

#[test]
fn the_default_branch_is_not_the_one_that_happens_to_be_checked_out() {
    let yaml = "release:\n  id_tokens: {T: {aud: x}}\n  script: make\n  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n\
                settings:\n  id_tokens: {T: {aud: x}}\n  script: make\n  rules:\n    - if: $MINE\n";
    let project = project(yaml);
    let git = project.project().join(".git/refs/remotes/origin");
    std::fs::create_dir_all(&git).unwrap();
    std::fs::write(git.join("HEAD"), "ref: refs/remotes/origin/trunk\n").unwrap();
    std::fs::write(project.project().join(".git/HEAD"), "ref: refs/heads/fix\n").unwrap();
    let finished = project
        .args(["ci", "matrix", "--project", "group/project", "--format", "json", "--variable", "MINE=1"])
        .run();
    let answer: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
    let included = |job: usize, context: usize| answer["jobs"][job]["contexts"][context]["included"].clone();
    assert_eq!((included(0, 0), included(0, 1)), (json!(true), json!(false)), "{answer}");
    assert_eq!(
        (included(1, 3), included(1, 4)),
        (json!(true), json!(false)),
        "a fork has settings of its own"
    );
    let refused = ask(yaml, "matrix --project group/project --ref main");
    assert_eq!(refused.code, Some(2), "{refused:?}");
}

#[test]
fn the_matrix_is_escaped_wherever_it_goes() {
    let hostile = "'<script>alert(1)</script>|*x*':\n  id_tokens: {T: {aud: x}}\n  script: make\n";
    let page = ask(hostile, "matrix --project group/project --format html").stdout;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(page.contains("default-src &#39;none&#39;") && !page.contains("unsafe-inline"));
    let table = ask(hostile, "matrix --project group/project --format markdown").stdout;
    assert!(table.contains(r"&lt;script&gt;") && table.contains(r"\|\*x\*"), "{table}");
    let answer: Value =
        serde_json::from_str(&ask(hostile, "matrix --project group/project --format json").stdout).unwrap();
    let contexts = answer["contexts"].as_array().unwrap();
    let names: Vec<&str> = contexts.iter().map(|context| context["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["default branch", "other branch", "tag", "merge request", "fork's merge request", "schedule"]
    );
    assert_eq!(answer["jobs"][0]["contexts"][0]["id_tokens"], json!(["T"]));
}

#[test]
fn a_browser_shows_the_page_and_runs_nothing_of_it() {
    let Some(browser) = Browser::find() else { return };
    let hostile = "'<script>document.title = 1</script>':\n  id_tokens: {T: {aud: x}}\n  script: make\n";
    let page = ask(hostile, "matrix --project group/project --format html").stdout;
    let shown = browser.dom(&page);
    assert!(
        shown.contains("<title>Who gets what") && shown.contains("<th scope=\"row\">&lt;script&gt;"),
        "{shown}"
    );
    assert_eq!(browser.complaints(&page), [""; 0]);
    assert!(browser.picture(&page).len() > 1000, "there is a picture");
}
