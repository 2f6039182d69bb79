//! A vault of three nodes: its leader is killed while jobs log in, and no credential goes to a node that is not listed.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::harness::{
    BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Finished, Raft, Sandbox, Scripted, Vault, reply, wait_until,
};

const JOBS: u32 = 200;

/// The jobs are started over this time.
const SPREAD: Duration = Duration::from_secs(20);

/// With this job, the leader dies.
const FATAL_JOB: u32 = 60;

/// What the ID tokens of these tests are for: no single node.
const AUDIENCE: &str = "https://vault.example";

/// `buildpass token` of a job that knows these addresses.
fn token(addresses: &[String], id_token: &str) -> Buildpass {
    let secret = format!("SECURITY_PRIVATE_TOKEN={BUILD_TOKEN_PATH}/token@ci");
    Buildpass::new()
        .args(["--address", &addresses.join(","), "--audience", AUDIENCE, "--role", "omnibus-gitlab"])
        .args(["--secret", &secret, "token", "SECURITY_PRIVATE_TOKEN"])
        .env("VAULT_ID_TOKEN", id_token)
}

fn id_token(sandbox: &Sandbox) -> String {
    sandbox.id_token(AUDIENCE, json!({}))
}

#[test]
fn every_job_gets_its_token_within_its_deadline_while_the_leader_is_killed() {
    let Some(mut raft) = Raft::start() else { return println!("skipped: a cluster of three nodes") };
    let leader = raft.leader().unwrap();
    let (sandbox, vault) = (Sandbox::start(), Vault::at(&leader));
    vault.deploy(&sandbox);
    vault.role("omnibus-gitlab", json!({"bound_audiences": [AUDIENCE], "token_ttl": "60s"}));
    let (addresses, id_token, standby) = (raft.addresses(), id_token(&sandbox), raft.standby().unwrap());
    // A standby serves, too, while there is a leader, as soon as it knows of the role.
    let of_the_standby = || token(std::slice::from_ref(&standby), &id_token).args(["--timeout", "2s"]).run();
    assert!(wait_until(Duration::from_secs(10), || of_the_standby().stdout == BUILD_TOKEN));
    let began = Instant::now();
    let finished: Mutex<Vec<(Duration, Finished)>> = Mutex::default();
    thread::scope(|scope| {
        for number in 0..JOBS {
            wait_until(SPREAD, || began.elapsed() >= SPREAD * number / JOBS);
            if number == FATAL_JOB {
                raft.kill(&leader);
                scope.spawn(|| {
                    let alone = of_the_standby();
                    let said =
                        format!("error: the vault at {standby} is a standby, and no listed address leads\n");
                    assert_eq!((alone.code, alone.stdout.as_str()), (Some(4), ""), "{}", alone.stderr);
                    assert!(alone.stderr.starts_with(&said), "{}", alone.stderr);
                });
            }
            let (addresses, id_token, finished) = (&addresses, &id_token, &finished);
            scope.spawn(move || {
                let started = Instant::now();
                let ended = token(addresses, id_token).run();
                finished.lock().unwrap().push((started.elapsed(), ended));
            });
        }
    });
    let finished = finished.into_inner().unwrap();
    let failed: Vec<_> =
        finished.iter().filter(|(_, ended)| ended.code != Some(0) || ended.stdout != BUILD_TOKEN).collect();
    assert!(failed.is_empty(), "{} of {JOBS} failed: {failed:#?}", failed.len());
    let longest = finished.iter().map(|(took, _)| *took).max().unwrap();
    let waited = finished.iter().filter(|(took, _)| *took > Duration::from_secs(1)).count();
    println!("{waited} of {JOBS} jobs waited for a new leader, {longest:?} at the longest");
    assert!(waited > 0, "the death of the leader was noticed by nobody");
    let next = raft.leader().expect("a node leads again");
    assert_ne!(next, leader);
    let next = Vault::at(&next);
    assert!(
        wait_until(Duration::from_secs(65), || next.sessions() == 0),
        "{} sessions stayed",
        next.sessions()
    );
}

const LOGGED_IN: &str = r#"{"auth": {"client_token": "s.made-up-session", "lease_duration": 60, "renewable": true, "token_type": "service"}}"#;

const SECRET: &str = r#"{"data": {"data": {"token": "glpat-made-up-build-token-0001"}}}"#;

/// A node that logs in and takes sessions back; what it is asked for beside, `otherwise` answers.
fn node(otherwise: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |_, head| match head.split(' ').nth(1).unwrap() {
        "/v1/auth/jwt/login" => reply(200, "", LOGGED_IN),
        "/v1/auth/token/revoke-self" => reply(204, "", ""),
        _ => otherwise(),
    })
}

#[test]
fn a_node_that_is_not_listed_is_not_followed_to_and_sees_nothing() {
    let sandbox = Sandbox::start();
    let elsewhere = node(|| reply(200, "", SECRET));
    let host = elsewhere.address.trim_start_matches("http://").to_owned();
    for location in [
        format!("http://{host}/v1/ci/data/{BUILD_TOKEN_PATH}"),
        format!("//{host}/v1/ci/data/{BUILD_TOKEN_PATH}"),
        format!("http://127.0.0.1@{host}/v1/ci/data/{BUILD_TOKEN_PATH}"),
    ] {
        let names_it = format!("Location: {location}\r\n");
        let standby = node(move || reply(307, &names_it, ""));
        let finished = token(std::slice::from_ref(&standby.address), &id_token(&sandbox))
            .args(["--timeout", "1s"])
            .run();
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(4), ""));
        let said =
            format!("error: the vault at {} is a standby, and no listed address leads\n", standby.address);
        assert!(finished.stderr.starts_with(&said), "{}", finished.stderr);
        let reads = standby.requests().iter().filter(|head| head.starts_with("GET ")).count();
        assert!(reads > 2, "a standby without a leader is waited for, and was asked {reads} times");
        assert_eq!(elsewhere.requests(), Vec::<String>::new(), "{location}");
    }
}

#[test]
fn a_login_is_not_sent_on_to_a_node_that_is_not_listed() {
    let sandbox = Sandbox::start();
    let elsewhere = node(|| reply(200, "", SECRET));
    let names_it = format!("Location: {}/v1/auth/jwt/login\r\n", elsewhere.address);
    let standby = Scripted::start(move |_, _| reply(307, &names_it, ""));
    let finished =
        token(std::slice::from_ref(&standby.address), &id_token(&sandbox)).args(["--timeout", "1s"]).run();
    assert_eq!(finished.code, Some(4), "{}", finished.stderr);
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}

#[test]
fn a_listed_node_gets_the_request_with_the_token_put_on_again() {
    let sandbox = Sandbox::start();
    let leader = node(|| reply(200, "", SECRET));
    // Its path leads elsewhere: what is asked for is ours to say.
    let names_it = format!("Location: {}/v1/sys/raw/everything\r\n", leader.address);
    let standby = node(move || reply(307, &names_it, ""));
    let finished = token(&[standby.address.clone(), leader.address.clone()], &id_token(&sandbox)).run();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), BUILD_TOKEN), "{}", finished.stderr);
    let asked = leader.requests();
    let paths: Vec<&str> = asked.iter().map(|head| head.lines().next().unwrap()).collect();
    assert_eq!(
        paths,
        [&format!("GET /v1/ci/data/{BUILD_TOKEN_PATH} HTTP/1.1"), "POST /v1/auth/token/revoke-self HTTP/1.1"]
    );
    assert!(asked.iter().all(|head| head.contains("x-vault-token: s.made-up-session\r\n")), "{asked:?}");
}
