//! The vault's roles from files, as its command line prints them: nobody is asked.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use super::scene::{PROJECT, Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Finished, Vault, on_every_vault};

const AUDIENCE: &str = "https://vault.example.com";

/// A job that asks on protected refs alone.
fn pipeline(audience: &str) -> String {
    format!(
        "build:\n  id_tokens: {{VAULT_ID_TOKEN: {{aud: '{audience}'}}}}\n  secrets: {{TOKEN: {{vault: {BUILD_TOKEN_PATH}/token@ci, file: false}}}}\n  script: make\n  rules:\n    - if: '$CI_COMMIT_REF_PROTECTED == \"true\"'\n"
    )
}

/// Whoever has the files and neither a token nor a server.
struct Reviewer(Buildpass);

impl Reviewer {
    fn new(audience: &str) -> Self {
        let toml = format!("[vault]\naddress = \"{audience}\"\n{}", declared(""));
        let nobody = Buildpass::new().file("buildpass.toml", &toml);
        fs::create_dir(nobody.project().join("roles")).unwrap();
        Self(nobody.file(".gitlab-ci.yml", &pipeline(audience)))
    }

    fn with(self, name: &str, text: &str) -> Self {
        let path = self.0.project().join("roles").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.project().join("roles").join(name)
    }

    fn matrix(self, more: &[&str]) -> Finished {
        let command = self.0.args(["access", "matrix", "--roles", "roles", "--project", PROJECT]);
        command.args(more.iter().copied()).run()
    }
}

/// What `bao read -format=json` prints: the vault's answer, whole.
fn printed(vault: &Vault, path: &str) -> Value {
    vault.must("GET", path, Value::Null)
}

on_every_vault! {
    fn the_files_say_what_the_vault_says(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let role = printed(vault, "auth/jwt/role/omnibus-gitlab").to_string();
        let policy = printed(vault, "sys/policies/acl/buildpass-omnibus-gitlab");
        let text = policy["data"]["policy"].as_str().unwrap().to_owned();
        let number = scene.group.sandbox.admin("GET", &format!("/api/v4/projects/{}", PROJECT.replace('/', "%2F")), &Value::Null)["id"].clone();
        let said = format!("CI_PROJECT_ID={number}");
        // As the vault's own API lies, or all in one folder.
        let layouts = [
            [("auth/jwt/role/omnibus-gitlab.json", role.clone()), ("sys/policies/acl/buildpass-omnibus-gitlab.hcl", text.clone())],
            [("omnibus-gitlab.json", printed(vault, "auth/jwt/role/omnibus-gitlab")["data"].to_string()), ("buildpass-omnibus-gitlab.json", json!({"policy": text}).to_string())],
            [("omnibus-gitlab.json", role), ("buildpass-omnibus-gitlab.json", policy.to_string())],
        ];
        for [(one, role), (other, policy)] in layouts {
            let finished = Reviewer::new(&vault.address).with(one, &role).with(other, &policy).matrix(&["--variable", &said]);
            assert_eq!(finished.code, Some(0), "{}{}", finished.stdout, finished.stderr);
            insta::assert_snapshot!(finished.stdout, @"
            ROLE            default branch  other branch  tag  merge request  fork's merge request  schedule
            omnibus-gitlab  build           -             -    -              -                     build

            - is not let in; ? is unknown; + would be let in, and no job asks; else the jobs that ask and are let in
            Whoever asks is let in as declared, and nobody else is.
            ");
        }
        // Another project's number is another project.
        let other = Reviewer::new(&vault.address)
            .with("omnibus-gitlab.json", &printed(vault, "auth/jwt/role/omnibus-gitlab").to_string())
            .with("buildpass-omnibus-gitlab.hcl", &text)
            .matrix(&["--variable", "CI_PROJECT_ID=99999"]);
        assert_eq!(other.code, Some(5), "{}", other.stderr);
        assert!(other.stdout.contains("fault: default branch: build asks, and the role omnibus-gitlab does not let it in (project_id), as it is declared to"), "{}", other.stdout);
    }
}

fn role(bound: Value, policies: &[&str]) -> String {
    json!({"data": {
        "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [AUDIENCE], "bound_claims_type": "string",
        "bound_claims": bound, "token_policies": policies,
    }})
    .to_string()
}

const READS_ALL: &str = "path \"ci/*\" {\n  capabilities = [\"read\"]\n}\n";

#[test]
fn a_role_that_nobody_declared_and_what_the_folder_lacks_are_named() {
    let reviewer = Reviewer::new(AUDIENCE)
        .with(
            "omnibus-gitlab.json",
            &role(json!({"project_path": PROJECT, "project_id": ["7"], "ref_protected": "true"}), &["reads"]),
        )
        .with("reads.hcl", READS_ALL)
        .with("wide.json", &role(json!({"project_path": PROJECT}), &["default", "READS"]))
        .with("other.json", &role(json!({"project_path": PROJECT}), &["reads"]))
        .with("notes.txt", "kept apart")
        .with(".hidden", "");
    let folder = reviewer.path("").parent().unwrap().to_owned();
    let finished = reviewer.matrix(&[]);
    assert_eq!(finished.code, Some(5), "{}", finished.stderr);
    let shown =
        finished.stdout.replace(&format!("{}/", folder.display()), "").replace(BUILD_TOKEN_PATH, "PATH");
    insta::assert_snapshot!(shown, @"
    ROLE            default branch  other branch  tag  merge request  fork's merge request  schedule
    omnibus-gitlab  build           -             -    -              -                     build
    other           build           +             +    +              -                     build
    wide            build           +             +    +              -                     build

    - is not let in; ? is unknown; + would be let in, and no job asks; else the jobs that ask and are let in
    fault: default branch: the role other lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: other branch: the role other lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: tag: the role other lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: merge request: the role other lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: schedule: the role other lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: default branch: the role wide lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: other branch: the role wide lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: tag: the role wide lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: merge request: the role wide lets it in, and is not to (it is not declared); it reads ci/data/PATH
    fault: schedule: the role wide lets it in, and is not to (it is not declared); it reads ci/data/PATH
    not seen: what the role wide reads: the policy default is not in the folder
    not seen: roles/notes.txt is neither .json nor .hcl
    not seen: the number of gitlab-org/security/omnibus-gitlab: a role that names its path is taken to name its number (`--variable CI_PROJECT_ID=N` says it)
    ");
}

#[test]
fn a_declared_role_without_a_file_is_not_there() {
    let finished = Reviewer::new(AUDIENCE).matrix(&[]);
    assert_eq!(finished.code, Some(5), "{}", finished.stderr);
    let fault = "fault: default branch: build asks, and the role omnibus-gitlab does not let it in (it is not there), as it is declared to";
    assert!(finished.stdout.contains(fault), "{}", finished.stdout);
}

#[test]
fn what_is_no_role_and_no_policy_is_refused_by_its_name_and_place() {
    let large = format!("{{\"bound_claims\": \"{}\"}}", "x".repeat(1024 * 1024));
    for (name, text, said) in [
        ("a.json", "{\"data\": {\n  oops", "roles/a.json is no JSON"),
        ("a.json", "[]", "roles/a.json holds no role of a JWT auth method, and no policy"),
        (
            "a.json",
            "{\"data\": {\"keys\": [\"a\"]}}",
            "roles/a.json holds no role of a JWT auth method, and no policy",
        ),
        ("a.json", "{\"data\": null}", "roles/a.json holds no role of a JWT auth method, and no policy"),
        (
            "a.json",
            "{\"bound_claims\": [\"a\"]}",
            "`bound_claims` of the role in roles/a.json is not an object",
        ),
        (
            "a.json",
            "{\"bound_claims\": {\"ref\": {}}}",
            "`bound_claims` of the role in roles/a.json is not an object of texts",
        ),
        (
            "a.json",
            "{\"role_type\": \"jwt\", \"token_policies\": {}}",
            "`token_policies` of the role in roles/a.json is not a list of texts",
        ),
        (".json", "{}", "roles/.json has no name"),
        ("a.json", &large, "roles/a.json cannot be read"),
        ("p.hcl", "path \"a\" {\n  capabilities = [\"fly\"]\n}\n", "roles/p.hcl is no policy"),
        ("p.hcl", "path \"a\" {\n  capabilities = [\n", "roles/p.hcl is no policy"),
    ] {
        let reviewer = Reviewer::new(AUDIENCE).with(name, text);
        let folder = reviewer.path("").parent().unwrap().to_owned();
        let finished = reviewer.matrix(&[]);
        assert_eq!(finished.code, Some(2), "{name} {finished:?}");
        let stderr = finished.stderr.replace(&format!("{}/", folder.display()), "");
        assert!(stderr.contains(said) && stderr.contains("hint: "), "{name}: {stderr}");
    }
    let twice = Reviewer::new(AUDIENCE)
        .with("p.hcl", READS_ALL)
        .with("sys/policies/acl/p.hcl", READS_ALL)
        .matrix(&[]);
    assert_eq!(twice.code, Some(2));
    assert!(twice.stderr.contains("both say what one policy is"), "{}", twice.stderr);
    let nobody =
        Buildpass::new().file("buildpass.toml", &declared("")).file(".gitlab-ci.yml", &pipeline(AUDIENCE));
    let finished = nobody
        .args(["--audience", AUDIENCE, "access", "matrix", "--roles", "nowhere", "--project", PROJECT])
        .run();
    assert_eq!(finished.code, Some(2), "{}", finished.stderr);
    assert!(finished.stderr.contains("nowhere cannot be read"), "{}", finished.stderr);
}
