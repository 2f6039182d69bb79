use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{World, assert_fault};
use crate::harness::{Scripted, Vault, http, reply};

/// Lets another server be the job's GitLab.
fn move_to(world: &mut World<'_>, server: &str) {
    let url = url::Url::parse(server).unwrap();
    world.realm(&format!("{server}/gitlab-org/security/"));
    let sources = format!("shell:\n  security: {server}/gitlab-org/security/shell.git\n");
    world.file(".custom_sources.yml", &sources);
    world
        .set("CI_SERVER_HOST", url.host_str().unwrap())
        .set("CI_SERVER_PORT", &url.port().unwrap().to_string());
}

/// Takes every credential for git, and none for `/api/`, where it says this.
fn git_alone(status: u16, api: &'static str) -> Scripted {
    Scripted::start(move |_, head| {
        let (line, head) = (head.lines().next().unwrap_or_default(), head.to_lowercase());
        if line.contains("/api/") {
            reply(status, "", api)
        } else if line.contains("git-upload-pack") && head.contains("authorization: basic") {
            let kind = "Content-Type: application/x-git-upload-pack-advertisement";
            format!("HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: 4\r\n\r\n0000").into_bytes()
        } else {
            reply(401, "", "{}")
        }
    })
}

/// A deploy token, or a job's own.
#[test]
fn a_token_that_git_alone_takes_is_no_fault() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let server = git_alone(401, r#"{"message":"401 Unauthorized"}"#);
    move_to(&mut world, &server.address);
    let told = world.told();
    assert_eq!((told.with("fail"), told.with("warn")), (vec![], vec!["build-token"]));
    assert_eq!(told.check("repository-read")["verdict"], "pass");
}

/// `/api/v4` lies outside of the realm, and may be anybody's.
#[test]
fn where_no_gitlab_answers_no_token_is_sent() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let server = git_alone(404, r#"{"message":"page not found"}"#);
    move_to(&mut world, &server.address);
    assert_fault(&world, "gitlab", "status 404");
    let to_api = |head: &&String| head.lines().next().is_some_and(|line| line.contains("/api/"));
    let asked = server.requests();
    let asked: Vec<_> = asked.iter().filter(to_api).collect();
    assert!(!asked.is_empty());
    for head in asked {
        assert!(!head.contains(&world.group.token), "{head}");
    }
    // The job knows it to be one.
    world.set("CI_API_V4_URL", &format!("{}/api/v4", server.address)).told();
    assert!(server.requests().iter().any(|head| head.contains(&world.group.token)));
}

#[test]
fn gitlab() {
    let vault = Vault::lockbox();
    let page = Scripted::start(|_, _| {
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".to_vec()
    });
    let sign_in = Scripted::start(|_, _| {
        b"HTTP/1.1 302 Found\r\nLocation: /users/sign_in\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let mut world = World::on(&vault);
    // Port 1 is privileged and nobody's.
    for (server, says) in [
        (page.address.as_str(), "text/html"),
        (&sign_in.address, "points to /users/sign_in"),
        ("http://127.0.0.1:1", "connect"),
    ] {
        move_to(&mut world, server);
        assert_fault(&world, "gitlab", says);
    }
}

#[test]
fn what_a_server_echoes_is_not_repeated() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let echo = Scripted::start(|_, head| {
        let head = head.replace(['\r', '\n', '"'], " ");
        let location = format!("Location: /{}?made-up-state\r\n", head.replace(' ', "/"));
        reply(401, &location, &format!("{{\"message\":\"401 Unauthorized {head}\"}}"))
    });
    move_to(&mut world, &echo.address);
    let basic = STANDARD.encode(format!("oauth2:{}", world.group.token));
    for only in ["gitlab", "build-token", "repository-read"] {
        let said = world.job().args(["--format", "json", "--only", only]).run();
        for secret in [&*world.group.token, &basic, "made-up-state"] {
            assert!(!said.stdout.contains(secret), "{}", said.stdout);
        }
    }
    let sent = |head: &String| head.contains(&world.group.token) || head.contains(&basic);
    assert!(echo.requests().iter().any(sent), "{:?}", echo.requests());
    assert!(world.job().run().stdout.contains("[MASKED]"));
}

#[test]
fn build_token() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let own = format!("{}/api/v4/personal_access_tokens/self", world.group.sandbox.url);
    let revoked = http::request("DELETE", &own, &[("private-token", &world.group.token)], None).unwrap();
    assert_eq!(revoked.0, 204);
    assert_fault(&world, "build-token", "the token was taken back");

    world.token("glpat-made-up-of-another-gitlab");
    assert_fault(&world, "build-token", "401 Unauthorized");

    let expired = token(&world, json!({"expires_at": day_in(0)}));
    world.token(&expired);
    assert_fault(&world, "build-token", "Token is expired");

    let ends_soon = token(&world, json!({"expires_at": day_in(3)}));
    world.token(&ends_soon);
    let told = world.told();
    assert_eq!((told.with("fail"), told.with("warn")), (vec![], vec!["build-token"]));
}

#[test]
fn without_a_token_nobody_cries_wolf() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    world.unset("SECURITY_PRIVATE_TOKEN").set("VAULT_ID_TOKEN", "hello");
    let told = world.told();
    assert_eq!(told.with("fail"), ["id-token"]);
    assert_eq!(told.check("repository-read")["verdict"], "pass", "{:#}", told.check("repository-read"));
}

#[test]
fn build_token_scopes() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let wrong = token(&world, json!({"scopes": ["read_api"]}));
    world.token(&wrong);
    assert_fault(&world, "build-token-scopes", "it has read_api");
}

#[test]
fn build_token_role() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let guest = token(&world, json!({"access_level": 10}));
    world.token(&guest);
    assert_fault(&world, "build-token-role", "its highest role is Guest");
}

#[test]
fn a_token_that_may_more_than_a_build_needs_is_a_warning() {
    let vault = Vault::lockbox();
    let mut world = World::on(&vault);
    let wide = token(&world, json!({"scopes": ["api", "write_repository"], "access_level": 40}));
    world.token(&wide);
    let told = world.told();
    assert_eq!(told.with("fail"), [""; 0]);
    assert_eq!(told.with("warn"), ["build-token-scopes", "build-token-role", "repository-push"]);
}

pub(super) fn token(world: &World<'_>, more: Value) -> String {
    let sandbox = &world.group.sandbox;
    let group = sandbox.admin("GET", "/api/v4/groups/gitlab-org%2Fsecurity", &Value::Null);
    let mut wanted = json!({"name": "other", "scopes": ["read_repository"], "access_level": 20});
    for (name, value) in more.as_object().unwrap() {
        wanted[name] = value.clone();
    }
    let path = format!("/api/v4/groups/{}/access_tokens", group["id"]);
    sandbox.admin("POST", &path, &wanted)["token"].as_str().unwrap().to_owned()
}

fn day_in(days: u64) -> String {
    let then = SystemTime::now() + std::time::Duration::from_secs(days * 86_400);
    humantime::format_rfc3339(then).to_string()[..10].to_owned()
}
