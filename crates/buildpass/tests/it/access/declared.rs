//! What cannot be meant; nobody is asked.

use super::scene::declared;
use crate::harness::Buildpass;

/// What is said of a declaration.
fn said(toml: &str) -> String {
    let mut owner = Buildpass::new()
        .file("buildpass.toml", toml)
        .env("CI_SERVER_URL", "https://gitlab.example")
        .env("VAULT_ADDR", "https://vault.example")
        .args(["access", "plan", "--policy"]);
    let finished = owner.run();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{}", finished.stderr);
    finished.stderr.replace(&owner.project().display().to_string(), "PROJECT")
}

fn token(more: &str) -> String {
    said(&format!("[[access.token]]\nname = \"t\"\ngroup = \"g\"\nstore = \"a/token@ci\"\n{more}"))
}

fn grant(more: &str) -> String {
    said(&format!("{}\n[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"r\"\n{more}", declared("")))
}

#[test]
fn names_that_neither_server_would_take() {
    insta::assert_snapshot!(said("[[access.token]]\nname = \"\"\ngroup = \"g\"\nstore = \"a/token@ci\"\n"), @"
    error: the token `` in buildpass.toml is wrong
      caused by: `` is not the name of a token: it takes 1 to 255 characters, none of them a control character or a blank at an end
    ");
    insta::assert_snapshot!(said("[[access.token]]\nname = \"t\"\ngroup = \"g/../h\"\nstore = \"a/token@ci\"\n"), @"
    error: the token `t` in buildpass.toml is wrong
      caused by: `g/../h` is not a path of GitLab: its parts hold letters, digits, `_`, `-` and `.`, and neither start with `-` or `.` nor end in `.`, `.git` or `.atom`
    ");
    insta::assert_snapshot!(said("[[access.token]]\nname = \"t\"\nstore = \"a/token@ci\"\n"), @"error: the token `t` in buildpass.toml needs either `group` or `project`");
    insta::assert_snapshot!(token("role = \"admin\"\n"), @"
    error: the token `t` in buildpass.toml is wrong
      caused by: `admin` is not a role of GitLab: guest, planner, reporter, developer, maintainer, owner
    ");
    insta::assert_snapshot!(token("scopes = [\"sudo\"]\n"), @"
    error: the token `t` in buildpass.toml is wrong
      caused by: `sudo` is not a scope of group and project access tokens: api, read_api, read_repository, write_repository, read_registry, write_registry, read_virtual_registry, write_virtual_registry, create_runner, manage_runner, ai_features, k8s_proxy, self_rotate
    ");
    insta::assert_snapshot!(said("[[access.token]]\nname = \"t\"\ngroup = \"g\"\nstore = \"ci/data/a\"\n"), @"
    error: `store` of the token `t` in buildpass.toml cannot be read
      caused by: `ci/data/a` is a path of the vault's HTTP API, not a reference
    hint: write `a/FIELD@ci`, with the field's own name for FIELD
    ");
    insta::assert_snapshot!(grant("projects = [\"a b\"]\nrefs = \"protected\"\n"), @"
    error: the grant of `ci-read` in buildpass.toml is wrong
      caused by: `a b` is not a path of GitLab: its parts hold letters, digits, `_`, `-` and `.`, and neither start with `-` or `.` nor end in `.`, `.git` or `.atom`
    ");
}

#[test]
fn times_that_cannot_be_kept() {
    insta::assert_snapshot!(token("lifetime = \"36h\"\n"), @"
    error: `lifetime` of the token `t` in buildpass.toml is `36h`: whole days, from 1 to 365, since GitLab ends tokens at 00:00 UTC
    hint: for example `30d`, `7d` or `1h`
    ");
    insta::assert_snapshot!(token("lifetime = \"400d\"\n"), @"
    error: `lifetime` of the token `t` in buildpass.toml is `400d`: whole days, from 1 to 365, since GitLab ends tokens at 00:00 UTC
    hint: for example `30d`, `7d` or `1h`
    ");
    insta::assert_snapshot!(token("lifetime = \"7d\"\nrotate_before = \"7d\"\n"), @"
    error: `rotate_before` of the token `t` in buildpass.toml is `7d`: shorter than the lifetime, or each new token would be due at once
    hint: for example `30d`, `7d` or `1h`
    ");
    insta::assert_snapshot!(token("overlap = \"8d\"\n"), @"
    error: `overlap` of the token `t` in buildpass.toml is `8d`: not longer than `rotate_before`, or the old token would end before it
    hint: for example `30d`, `7d` or `1h`
    ");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"protected\"\nsession_ttl = \"10s\"\n"), @"
    error: `session_ttl` of the grant of `ci-read` in buildpass.toml is `10s`: at least the job's timeout, from a minute to 32 days
    hint: for example `30d`, `7d` or `1h`
    ");
}

#[test]
fn a_grant_that_would_be_for_everybody() {
    insta::assert_snapshot!(grant("refs = \"protected\"\n"), @r#"
    error: the grant of `ci-read` by r has no `projects`: it would be for everybody
    hint: say `projects = ["group/project"]`
    "#);
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\n"), @r#"
    error: the grant of `ci-read` by r has no `refs`: it would be for everybody
    hint: say `refs = "protected"`, `refs = ["main"]` or `tags = ["v*"]`
    "#);
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = []\n"), @r#"
    error: the grant of `ci-read` by r has no `refs`: it would be for everybody
    hint: say `refs = "protected"`, `refs = ["main"]` or `tags = ["v*"]`
    "#);
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"all\"\n"), @r#"error: `refs` of the grant of `ci-read` is `all`: it is "protected", or a list of branches"#);
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"protected\"\naudience = []\n"), @"
    error: the grant of `ci-read` by r has no `audience`: it would be for everybody
    hint: say `audience`, `[identity] audience` or `[vault] address`
    ");
}

#[test]
fn what_contradicts_itself() {
    insta::assert_snapshot!(said(&declared("[[access.token]]\nname = \"ci-read\"\ngroup = \"h\"\nstore = \"b/token@ci\"\n")), @"
    error: two tokens are named `ci-read`, in buildpass.toml and in buildpass.toml
    hint: give each its own name
    ");
    insta::assert_snapshot!(said(&declared("[[access.token]]\nname = \"a\"\ngroup = \"h\"\nstore = \"b/token@ci\"\n[[access.token]]\nname = \"b\"\ngroup = \"h\"\nstore = \"b/other@ci\"\n")), @"
    error: the tokens `a` and `b` are stored at one path, ci/data/b
    hint: give each a path of its own
    ");
    insta::assert_snapshot!(said(&declared("[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"omnibus-gitlab\"\nprojects = [\"g/other\"]\nrefs = \"protected\"\nsession_ttl = \"2h\"\n")), @"
    error: the grants of `SECURITY_PRIVATE_TOKEN` and `ci-read` share the role omnibus-gitlab, and differ in `projects`
    hint: give each its own `vault_role`, or let them say the same
    ");
    insta::assert_snapshot!(grant("projects = [\"g/p\"]\nrefs = \"protected\"\nglob = true\n[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"r\"\nprojects = [\"g/p\"]\nrefs = \"protected\"\nglob = true\n"), @"
    error: the grants of `ci-read` and `ci-read` share the role r, and differ in `glob`
    hint: a grant with `glob = true` needs a role of its own: it turns every claim of its role into a pattern
    ");
    insta::assert_snapshot!(said(&declared("[[access.grant]]\nsecret = \"nothing\"\nvault_role = \"x\"\nprojects = [\"g/p\"]\nrefs = \"protected\"\n")), @"
    error: the grant of `nothing` names neither a `[[secret]]` nor a `[[access.token]]`
    hint: add one of that name, or name one that is there
    ");
}

#[test]
fn mirrors_that_cannot_be() {
    let mirror =
        |from: &str, to: &str| format!("[[access.mirror]]\ncanonical = \"{from}\"\nsecurity = \"{to}\"\n");
    insta::assert_snapshot!(said(&declared(&format!("{}{}", mirror("a/x", "b/x"), mirror("b/x", "a/x")))), @"
    error: the mirrors go round in a circle: a/x to b/x to a/x
    hint: each project is copied from one other at most
    ");
    insta::assert_snapshot!(said(&declared(&format!("{}{}", mirror("a/x", "c/x"), mirror("b/x", "c/x")))), @"
    error: c/x is the mirror of a/x and of b/x
    hint: each project is copied from one other at most
    ");
    let with_token = |to: &str, token: &str| format!("{}token = \"{token}\"\n", mirror("gitlab-org/x", to));
    insta::assert_snapshot!(said(&declared(&with_token("gitlab-org/security-evil/x", "ci-read"))), @"
    error: gitlab-org/security-evil/x lies outside of gitlab-org/security, whose token `ci-read` is to read it
    hint: name a token of a group that holds the repository, or move the repository
    ");
    insta::assert_snapshot!(said(&declared(&with_token("gitlab-org/security/x", "other"))), @"
    error: the mirror gitlab-org/x names the token `other`, which is not declared
    hint: add an `[[access.token]]` of that name
    ");
}

#[test]
fn keys_that_are_misspelt_and_metadata_that_is_ours() {
    insta::assert_snapshot!(token("lifetme = \"30d\"\n"), @"
    error: PROJECT/buildpass.toml:5:1: unknown field `lifetme`, expected one of `name`, `group`, `project`, `reach`, `role`, `scopes`, `lifetime`, `rotate_before`, `overlap`, `store`, `metadata`
    hint: did you mean `lifetime`?
    ");
    insta::assert_snapshot!(token("metadata = { token_id = \"1\" }\n"), @"
    error: `metadata` of the token `t` in buildpass.toml says `token_id`, which buildpass writes itself
    hint: the vault takes 64 keys of 128 bytes, with 512 bytes each
    ");
    insta::assert_snapshot!(said(""), @"
    error: nothing is declared: there is no `[[access.token]]` and no `[[access.grant]]`
    hint: declare one in buildpass.toml, or name a folder of TOML files with `--folder`
    ");
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
    insta::assert_snapshot!(finished.stdout, @r#"
    # The vault: the policy of whoever plans and applies.
    path "ci/data/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token" {
      capabilities = ["create", "read", "update"]
    }
    path "ci/metadata/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token" {
      capabilities = ["create", "read", "update"]
    }
    path "ci/delete/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token" {
      capabilities = ["update"]
    }
    path "sys/mounts/ci" {
      capabilities = ["read"]
    }
    path "sys/policies/acl" {
      capabilities = ["list"]
    }
    path "auth/jwt/config" {
      capabilities = ["create", "read", "update"]
    }
    path "auth/jwt/role/omnibus-gitlab" {
      capabilities = ["create", "read", "update", "delete"]
    }
    path "sys/policies/acl/buildpass-omnibus-gitlab" {
      capabilities = ["create", "read", "update", "delete"]
    }

    # Once, where a mount is not there yet:
    # path "sys/mounts/ci" { capabilities = ["create", "update", "read"] }
    # path "sys/auth/jwt" { capabilities = ["create", "update", "sudo"] }

    # GitLab: a personal access token with the scope `api`, of an owner of
    #   the group gitlab-org/security
    # who can read
    #   gitlab-org/security/omnibus-gitlab
    "#);
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
        (
            finished.code,
            finished.stdout,
            finished.stderr.replace(&job.project().display().to_string(), "PROJECT"),
        )
    };
    let (code, policy, _) =
        owner("[[access.grant]]\nsecret = \"one\"\nvault_role = \"r\"\nprojects = [7]\nrefs = [\"main\"]\n");
    assert!(
        code == Some(0) && policy.contains("auth/jwt/role/r") && policy.contains("ci/data/a"),
        "{policy}"
    );
    let (_, _, said) = owner("[[access.token]]\nname = \"one\"\ngroup = \"g\"\nstore = \"b/token@ci\"\n");
    insta::assert_snapshot!(said, @"
    error: two tokens are named `one`, in PROJECT/who/a.toml and in PROJECT/who/b.toml
    hint: give each its own name
    ");
    let (_, _, said) = owner("[[access.token]]\nnme = \"one\"\n");
    insta::assert_snapshot!(said, @"
    error: PROJECT/who/b.toml:2:1: unknown field `nme`, expected one of `name`, `group`, `project`, `reach`, `role`, `scopes`, `lifetime`, `rotate_before`, `overlap`, `store`, `metadata`
    hint: did you mean `name`?
    ");
    let (_, _, said) = owner("[access]\nname = \"other\"\n");
    insta::assert_snapshot!(said, @"
    error: `[access] name` stands in PROJECT/who/b.toml: buildpass.toml alone says it
    hint: move it there
    ");
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
    for (name, table) in [
        ("RawToken", "[[access.token]]"),
        ("RawGrant", "[[access.grant]]"),
        ("RawMirror", "[[access.mirror]]"),
        ("RawGitlab", "[gitlab]"),
    ] {
        let said = said(&format!("{table}\nno_such_key = 1\n"));
        let (_, known) = said.split_once("expected one of ").unwrap_or_else(|| panic!("{said}"));
        let known =
            known.split(['\n', ',']).map(str::trim).filter(|word| word.starts_with('`')).map(str::to_owned);
        assert_eq!(keys(name), known.collect(), "{name}");
    }
}
