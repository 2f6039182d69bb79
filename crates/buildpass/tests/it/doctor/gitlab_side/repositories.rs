use serde_json::json;

use super::{World, assert_fault};
use crate::harness::{Sandbox, Vault};

#[test]
fn repository_credential() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.file(".custom_sources.yml", "shell:\n  security: GITLAB/elsewhere/private.git\n");
    assert_fault(&world, "repository-credential", "/elsewhere/private.git lies in none");
    world.file(
        ".custom_sources.yml",
        "shell:\n  security: git@gitlab.example:gitlab-org/security/shell.git\n",
    );
    assert_fault(&world, "repository-credential", "ssh takes keys and no token");
}

#[test]
fn repository_read() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.realm("GITLAB/");
    world.file(".custom_sources.yml", "shell:\n  security: GITLAB/elsewhere/private.git\n");
    assert_fault(&world, "repository-read", "2 projects in");
    world.realm("GITLAB/gitlab-org/security/");
    world.file(".custom_sources.yml", "shell:\n  security: GITLAB/gitlab-org/security/no-such.git\n");
    assert_fault(
        &world,
        "repository-read",
        "status 404: The project you were looking for could not be found",
    );
    world.file(".custom_sources.yml", "shell:\n  security: GITLAB/gitlab-org/security/gitlab-shell\n");
    assert_fault(&world, "repository-read", "it sends to");
}

#[test]
fn the_token_goes_to_its_realm_and_to_the_api_of_its_server() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let other = Sandbox::start();
    let modules = format!("[submodule \"x\"]\n\tpath = x\n\turl = {}/gitlab-org/security/x.git\n", other.url);
    world.file(".gitmodules", &modules).file(
        ".custom_sources.yml",
        "shell:\n  security: GITLAB/gitlab-org/security/gitlab-shell.git\nmoved:\n  security: GITLAB/gitlab-org/security/moved.git\n",
    );
    let moved = json!({"from": "gitlab-org/security/moved.git", "to": format!("{}/gitlab-org/security/moved.git", other.url)});
    world.group.sandbox.admin("POST", "/-/sandbox/redirects", &moved);
    world.told();
    assert!(other.requests_seen() > 0);
    assert_eq!(other.credentials_seen(), [""; 0]);
    let seen = world.group.sandbox.credentials_seen();
    assert!(
        seen.iter().all(|path| path.starts_with("/gitlab-org/security/")) && !seen.is_empty(),
        "{seen:?}"
    );
}

#[test]
fn git_submodules() {
    let vault = Vault::lockbox();
    let other = Sandbox::start();
    let mut world = World::on(&vault);
    let module = |url: &str| format!("[submodule \"x\"]\n\tpath = x\n\turl = {url}\n");
    world.file(".gitmodules", &module(&format!("{}/group/x.git", other.url)));
    assert_fault(&world, "git-submodules", "lies in no realm, and answers 401");
    world.file(".gitmodules", &module("git@gitlab.example:group/x.git"));
    assert_fault(&world, "git-submodules", "ssh takes keys and no token");
    world.file(".gitmodules", &module("ssh://git@gitlab.example/group/x.git"));
    assert_fault(&world, "git-submodules", "ssh takes keys and no token");
    world.file(".gitmodules", &module("https://me:made/up@gitlab.example/group/x.git"));
    assert_fault(&world, "git-submodules", "https://… has a credential in it");
    world.file(".gitmodules", &module("GITLAB/public/tool.git"));
    assert_eq!(world.told().with("fail"), [""; 0]);
    world.file(".gitmodules", &module("GITLAB/gitlab-org/security/omnibus-gitlab.git"));
    assert_eq!(world.told().check("git-submodules")["seen"], "1 submodules by URL, 1 of them in a realm");
}
