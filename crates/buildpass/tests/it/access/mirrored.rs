//! Sources, realms and grants follow from one list of mirrors.

use serde_json::{Value, json};

use super::scene::Scene;
use crate::harness::{BUILD_TOKEN_PATH, Buildpass, on_every_vault};

/// One file for whoever declares, and for the job.
fn mirrored(more: &str) -> String {
    format!(
        r#"
[gitlab]
dev = "https://dev.example"

[[secret]]
name = "SECURITY_PRIVATE_TOKEN"
from = "{BUILD_TOKEN_PATH}/token@ci"
to = "git"

[[git]]
mirrors = true
password = "SECURITY_PRIVATE_TOKEN"

[sources]
mirrors = true
profile = "omnibus"

[[access.token]]
name = "ci-read"
group = "gitlab-org/security"
store = "{BUILD_TOKEN_PATH}/token@ci"
{more}
[[access.mirror]]
name = "shell"
canonical = "gitlab-org/gitlab-shell"
security = "gitlab-org/security/gitlab-shell"
dev = "gitlab/gitlab-shell"
token = "ci-read"

[[access.mirror]]
canonical = "gitlab-org/omnibus-gitlab"
security = "gitlab-org/security/omnibus-gitlab"

[[access.mirror]]
canonical = "public/tool"

[[access.grant]]
secret = "SECURITY_PRIVATE_TOKEN"
vault_role = "omnibus-gitlab"
mirrors = ["omnibus-gitlab"]
refs = "protected"
"#
    )
}

fn sources(toml: &str, url: &str, variables: &[(&str, &str)], args: &[&str]) -> Buildpass {
    let (host, port) = url.split_once("://").unwrap().1.split_once(':').unwrap_or(("gitlab.example", "443"));
    let mut job = Buildpass::new()
        .file("buildpass.toml", toml)
        .env("CI_SERVER_URL", url)
        .env("CI_SERVER_HOST", host)
        .env("CI_SERVER_PORT", port);
    for (name, value) in variables {
        job = job.env(name, value);
    }
    job.args(["sources"]).args(args.iter().copied())
}

#[test]
fn each_mirror_is_a_source_with_a_url_on_every_channel() {
    let resolve = |variables: &[(&str, &str)]| {
        let finished = sources(&mirrored(""), "https://gitlab.example", variables, &["list"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        finished.stdout
    };
    insta::assert_snapshot!(resolve(&[]), @"
    3 sources on the channel alternative

    NAME            FROM         REF  CREDENTIAL  URL
    shell           alternative  -    -           https://gitlab.example/gitlab-org/gitlab-shell.git
    omnibus-gitlab  alternative  -    -           https://gitlab.example/gitlab-org/omnibus-gitlab.git
    tool            alternative  -    -           https://gitlab.example/public/tool.git
    ");
    insta::assert_snapshot!(resolve(&[("SECURITY_SOURCES", "true")]), @"
    3 sources on the channel security

    NAME            FROM                    REF  CREDENTIAL              URL
    shell           security                -    SECURITY_PRIVATE_TOKEN  https://gitlab.example/gitlab-org/security/gitlab-shell.git
    omnibus-gitlab  security                -    SECURITY_PRIVATE_TOKEN  https://gitlab.example/gitlab-org/security/omnibus-gitlab.git
    tool            alternative (fallback)  -    -                       https://gitlab.example/public/tool.git

    1 without a URL on the channel security, fetched from alternative without a credential: tool
    ");
    insta::assert_snapshot!(resolve(&[("ALTERNATIVE_SOURCES", "false")]), @"
    3 sources on the channel remote

    NAME            FROM    REF  CREDENTIAL  URL
    shell           remote  -    -           https://dev.example/gitlab/gitlab-shell.git
    omnibus-gitlab  remote  -    -           https://gitlab.example/gitlab-org/omnibus-gitlab.git
    tool            remote  -    -           https://gitlab.example/public/tool.git
    ");
}

#[test]
fn what_a_list_of_mirrors_cannot_mean() {
    let said = |toml: &str| {
        let mut job = sources(toml, "https://gitlab.example", &[], &["list"]);
        let finished = job.run();
        assert_eq!(finished.code, Some(2), "{}{}", finished.stdout, finished.stderr);
        finished.stderr.replace(&job.project().display().to_string(), "PROJECT")
    };
    let toml = mirrored("");
    insta::assert_snapshot!(said(&toml.replace("dev = \"https://dev.example\"", "")), @"
    error: the mirror `shell` has a `dev`, and no GitLab of it is known
    hint: set `[gitlab] dev` to its address
    ");
    insta::assert_snapshot!(said(&toml.replace("name = \"shell\"", "name = \"tool\"")), @"
    error: two mirrors are called `tool`
    hint: give one another `name`
    ");
    insta::assert_snapshot!(said(&toml.replace("[[git]]\n", "[[git]]\nrealm = \"https://gitlab.example/\"\n")), @"
    error: PROJECT/buildpass.toml: the `[[git]]` of `SECURITY_PRIVATE_TOKEN` wants either `realm` or `mirrors = true`
    hint: `mirrors = true` stands for the `security` of every `[[access.mirror]]`
    ");
    insta::assert_snapshot!(said(&toml.replace("[[git]]\nmirrors = true\n", "[[git]]\n")), @"
    error: PROJECT/buildpass.toml: the `[[git]]` of `SECURITY_PRIVATE_TOKEN` wants either `realm` or `mirrors = true`
    hint: `mirrors = true` stands for the `security` of every `[[access.mirror]]`
    ");
}

on_every_vault! {
    fn a_job_reads_what_its_mirrors_say_and_nothing_beside(vault) {
        let scene = Scene::on(vault);
        scene.group.public_project("tool");
        scene.group.private_project("unrelated");
        let toml = mirrored("");
        let planned = scene.plan(&toml);
        assert_eq!(planned["reach"], json!({"ci-read": {"reaches": 3, "needs": 2}}), "{planned}");
        scene.apply(&toml);
        let role = vault.must("GET", "auth/jwt/role/omnibus-gitlab", Value::Null)["data"].clone();
        assert_eq!(role["bound_claims"]["project_path"], json!(["gitlab-org/security/omnibus-gitlab"]), "{role}");

        let url = &scene.group.sandbox.url;
        let job = |args: &[&str]| {
            sources(&toml, url, &[("SECURITY_SOURCES", "true")], args)
                .env("VAULT_ADDR", &vault.address)
                .env("VAULT_AUTH_ROLE", "omnibus-gitlab")
                .env("VAULT_ID_TOKEN", &scene.group.sandbox.id_token(&vault.address, json!({})))
        };
        let mut fetched = job(&["fetch", "--into", "src", "shell", "tool"]);
        let finished = fetched.run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        let text = std::fs::read_to_string(fetched.project().join("src/shell/README.md")).unwrap();
        assert_eq!(text, "a private repository\n");

        let (host, port) = url.trim_start_matches("http://").split_once(':').unwrap();
        let cloned = |project: &str| {
            let mut job = Buildpass::new()
                .file("buildpass.toml", &toml)
                .env("CI_SERVER_URL", url)
                .env("CI_SERVER_HOST", host)
                .env("CI_SERVER_PORT", port)
                .env("VAULT_ADDR", &vault.address)
                .env("VAULT_AUTH_ROLE", "omnibus-gitlab")
                .env("VAULT_ID_TOKEN", &scene.group.sandbox.id_token(&vault.address, json!({})))
                .args(["run", "--", "git", "clone", "-q", &format!("{url}/gitlab-org/security/{project}"), "made"]);
            job.run().code == Some(0)
        };
        assert!(cloned("gitlab-shell.git") && cloned("gitlab-shell"));
        assert!(!cloned("unrelated.git"), "the token is for the repositories of the mirrors alone");
    }

    fn what_is_wrong_with_the_sources_keeps_no_token_alive(vault) {
        let scene = Scene::on(vault);
        let toml = mirrored("");
        scene.apply(&toml);
        let broken = toml.replace("profile = \"omnibus\"", "profile = \"omnibus\"\nfile = \"nowhere.yml\"");
        let finished = scene.owner(&broken).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(2), "a file that is named is there: {}", finished.stderr);
        let finished = scene.owner(&broken).args(["access", "revoke", "ci-read"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    }

    fn a_source_that_no_token_reaches_has_a_warning(vault) {
        let scene = Scene::on(vault);
        let url = format!("{}/elsewhere/private.git", scene.group.sandbox.url);
        let toml = format!("{}\n[[source]]\nname = \"stray\"\nurl = \"{url}\"\n", mirrored(""));
        let planned = scene.plan(&toml);
        assert_eq!(
            planned["warnings"],
            json!(["the build reads elsewhere/private, which lies outside of every group and project whose token is declared"])
        );
    }

    fn a_token_that_is_wider_than_needed_is_shown(vault) {
        let scene = Scene::on(vault);
        let toml = mirrored("");
        let finished = scene.owner(&toml).args(["access", "plan"]).run();
        assert!(finished.stdout.contains("note: the token ci-read reaches 2 projects, the build needs 2\n"), "{}", finished.stdout);
        scene.group.private_project("third");
        scene.apply(&toml);
        let status = |format: &str| scene.owner(&toml).args(["access", "status", "--format", format]).run().stdout;
        assert!(status("text").contains("\nci-read reaches 3 projects, the build needs 2"), "{}", status("text"));
        let read: Value = serde_json::from_str(&status("json")).unwrap();
        assert_eq!(read[0]["reach"], json!({"reaches": 3, "needs": 2}));
        assert!(status("prometheus").contains("buildpass_token_reaches_projects{token=\"ci-read\",owner=\"group gitlab-org/security\"} 3"));
        assert!(status("html").contains("reaches 3 projects, the build needs 2"));
    }

    fn a_repository_outside_of_the_group_is_an_error_of_the_plan(vault) {
        let scene = Scene::on(vault);
        let stray = mirrored("").replace("security = \"gitlab-org/security/omnibus-gitlab\"", "security = \"elsewhere/private\"");
        let finished = scene.owner(&stray).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(2));
        insta::assert_snapshot!(finished.stderr, @"
        error: elsewhere/private lies outside of every group and project whose token is declared
        hint: name a token of a group that holds the repository, or move the repository
        ");
    }
}
