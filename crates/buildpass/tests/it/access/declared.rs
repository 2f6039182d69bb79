//! What cannot be meant; nobody is asked.

use super::scene::declared;
use crate::harness::Buildpass;

/// What is said of a declaration.
fn said(toml: &str) -> String {
    let finished = Buildpass::new()
        .file("buildpass.toml", toml)
        .env("CI_SERVER_URL", "https://gitlab.example")
        .env("VAULT_ADDR", "https://vault.example")
        .args(["access", "plan", "--policy"])
        .run();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{}", finished.stderr);
    finished.stderr
}

fn token(more: &str) -> String {
    said(&format!("[[access.token]]\nname = \"t\"\ngroup = \"g\"\nstore = \"a/token@ci\"\n{more}"))
}

fn grant(more: &str) -> String {
    said(&format!("{}\n[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"r\"\n{more}", declared("")))
}

#[test]
fn names_that_neither_server_would_take() {
    insta::assert_snapshot!(said("[[access.token]]\nname = \"\"\ngroup = \"g\"\nstore = \"a/token@ci\"\n"), @"");
    insta::assert_snapshot!(said("[[access.token]]\nname = \"t\"\ngroup = \"g/../h\"\nstore = \"a/token@ci\"\n"), @"");
    insta::assert_snapshot!(said("[[access.token]]\nname = \"t\"\nstore = \"a/token@ci\"\n"), @"");
    insta::assert_snapshot!(token("role = \"admin\"\n"), @"");
    insta::assert_snapshot!(token("scopes = [\"sudo\"]\n"), @"");
    insta::assert_snapshot!(said("[[access.token]]\nname = \"t\"\ngroup = \"g\"\nstore = \"ci/data/a\"\n"), @"");
    insta::assert_snapshot!(grant("projects = [\"a b\"]\nrefs = \"protected\"\n"), @"");
}

#[test]
fn times_that_cannot_be_kept() {
    insta::assert_snapshot!(token("lifetime = \"36h\"\n"), @"");
    insta::assert_snapshot!(token("lifetime = \"400d\"\n"), @"");
    insta::assert_snapshot!(token("lifetime = \"7d\"\nrotate_before = \"7d\"\n"), @"");
    insta::assert_snapshot!(token("overlap = \"8d\"\n"), @"");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"protected\"\nsession_ttl = \"10s\"\n"), @"");
}

#[test]
fn a_grant_that_would_be_for_everybody() {
    insta::assert_snapshot!(grant("refs = \"protected\"\n"), @"");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\n"), @"");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = []\n"), @"");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"all\"\n"), @"");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"protected\"\naudience = []\n"), @"");
}

#[test]
fn what_contradicts_itself() {
    insta::assert_snapshot!(said(&declared("[[access.token]]\nname = \"ci-read\"\ngroup = \"h\"\nstore = \"b/token@ci\"\n")), @"");
    insta::assert_snapshot!(said(&declared("[[access.token]]\nname = \"a\"\ngroup = \"h\"\nstore = \"b/token@ci\"\n[[access.token]]\nname = \"b\"\ngroup = \"h\"\nstore = \"b/other@ci\"\n")), @"");
    insta::assert_snapshot!(said(&declared("[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"omnibus-gitlab\"\nprojects = [\"g/other\"]\nrefs = \"protected\"\nsession_ttl = \"2h\"\n")), @"");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"protected\"\nglob = true\n[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"r\"\nprojects = [\"g/p\"]\nrefs = \"protected\"\nglob = true\n"), @"");
    insta::assert_snapshot!(said(&declared("[[access.grant]]\nsecret = \"nothing\"\nvault_role = \"x\"\nprojects = [\"g/p\"]\nrefs = \"protected\"\n")), @"");
}

#[test]
fn mirrors_that_cannot_be() {
    let mirror = |from: &str, to: &str| format!("[[access.mirror]]\ncanonical = \"{from}\"\nsecurity = \"{to}\"\n");
    insta::assert_snapshot!(said(&declared(&format!("{}{}", mirror("a/x", "b/x"), mirror("b/x", "a/x")))), @"");
    insta::assert_snapshot!(said(&declared(&format!("{}{}", mirror("a/x", "c/x"), mirror("b/x", "c/x")))), @"");
    let with_token = |to: &str, token: &str| format!("{}token = \"{token}\"\n", mirror("gitlab-org/x", to));
    insta::assert_snapshot!(said(&declared(&with_token("gitlab-org/security-evil/x", "ci-read"))), @"");
    insta::assert_snapshot!(said(&declared(&with_token("gitlab-org/security/x", "other"))), @"");
}

#[test]
fn keys_that_are_misspelt_and_metadata_that_is_ours() {
    insta::assert_snapshot!(token("lifetme = \"30d\"\n"), @"");
    insta::assert_snapshot!(token("metadata = { token_id = \"1\" }\n"), @"");
    insta::assert_snapshot!(said(""), @"");
}

#[test]
fn what_apply_needs_is_printed_without_asking_anybody() {
    let finished = Buildpass::new()
        .file("buildpass.toml", &declared(""))
        .env("CI_SERVER_URL", "https://gitlab.example")
        .env("VAULT_ADDR", "https://vault.example")
        .args(["access", "plan", "--policy"])
        .run();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    insta::assert_snapshot!(finished.stdout, @"");
}

#[test]
fn a_folder_of_files_is_read_and_each_fault_names_its_file() {
    let owner = |second: &str| {
        let job = Buildpass::new().file("buildpass.toml", "[access]\nfolder = \"who\"\n");
        std::fs::create_dir(job.project().join("who")).unwrap();
        let first = "[[access.token]]\nname = \"one\"\ngroup = \"g\"\nstore = \"a/token@ci\"\n";
        let job = job.file("who/a.toml", first).file("who/b.toml", second).file("who/README.md", "not read");
        let mut job = job
            .env("CI_SERVER_URL", "https://gitlab.example")
            .env("VAULT_ADDR", "https://vault.example")
            .args(["access", "plan", "--policy"]);
        let finished = job.run();
        (finished.code, finished.stdout, finished.stderr.replace(&job.project().display().to_string(), "PROJECT"))
    };
    let (code, policy, _) = owner("[[access.grant]]\nsecret = \"one\"\nvault_role = \"r\"\nprojects = [7]\nrefs = [\"main\"]\n");
    assert!(code == Some(0) && policy.contains("auth/jwt/role/r") && policy.contains("ci/data/a"), "{policy}");
    let (_, _, said) = owner("[[access.token]]\nname = \"one\"\ngroup = \"g\"\nstore = \"b/token@ci\"\n");
    insta::assert_snapshot!(said, @"");
    let (_, _, said) = owner("[[access.token]]\nnme = \"one\"\n");
    insta::assert_snapshot!(said, @"");
    let (_, _, said) = owner("[access]\nname = \"other\"\n");
    insta::assert_snapshot!(said, @"");
}

/// What the schema knows is what the reader takes, key by key.
#[test]
fn the_schema_is_the_readers_own() {
    let finished = Buildpass::new().args(["access", "schema"]).run();
    let schema: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    let keys = |name: &str| {
        let properties = schema["definitions"][name]["properties"].as_object();
        let properties = properties.unwrap_or_else(|| panic!("{name} is not in {schema:#}"));
        properties.keys().map(|key| format!("`{key}`")).collect::<std::collections::BTreeSet<_>>()
    };
    for (name, table) in [("RawToken", "[[access.token]]"), ("RawGrant", "[[access.grant]]"), ("RawMirror", "[[access.mirror]]"), ("RawGitlab", "[gitlab]")] {
        let said = said(&format!("{table}\nno_such_key = 1\n"));
        let (_, known) = said.split_once("expected one of ").unwrap_or_else(|| panic!("{said}"));
        let known = known.split(['\n', ',']).map(str::trim).filter(|word| word.starts_with('`')).map(str::to_owned);
        assert_eq!(keys(name), known.collect(), "{name}");
    }
}
