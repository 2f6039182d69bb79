use std::{
    io::Write,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{At, Scene, scene::role};
use crate::{
    harness::{Fate, Proxy, ROOT, State, Vault, wait_until},
    lockbox::Owner,
};

/// Longer than the longest pause of so short an absence.
const BACK_SOON: Duration = Duration::from_secs(20);

#[test]
fn a_lease_outlives_kill_9_and_ends_its_token_afterwards() {
    let (scene, owner) = (Scene::new(), Owner::new());
    let keys = owner.init();
    let served = owner.serve();
    let (address, root) = (served.address.clone(), keys.root_token.as_str());
    let at = At { address: &address, token: root };
    scene.set_up(at);
    let session = scene.login(&address);
    let ((token, minted), (given_back, _)) = (at.by(&session).mint("ci"), at.by(&session).mint("ci"));
    scene.login_role(at, json!({"token_ttl": "4s", "token_max_ttl": "4s"}));
    let (short, begun) = (scene.login(&address), Instant::now());
    let (orphan, _) = at.by(&short).mint("ci");
    served.kill();
    let has_ended = || begun.elapsed() > Duration::from_secs(5);
    assert!(
        wait_until(Duration::from_secs(10), has_ended) && scene.lives(&orphan),
        "nobody was there to end it"
    );

    let served = owner.serve();
    let at = At { address: &served.address, token: root };
    // The session of this one ended while nobody was there.
    assert!(scene.dies(&orphan));
    assert!(scene.lives(&token) && scene.git_reads(&token));
    let looked_up = at.must("POST", "sys/leases/lookup", json!({"lease_id": minted["lease_id"]}));
    assert_eq!(looked_up["data"]["id"], minted["lease_id"]);
    at.must("POST", "sys/leases/revoke", json!({"lease_id": minted["lease_id"]}));
    assert!(!scene.lives(&token) && scene.lives(&given_back));
    at.by(&session).must("POST", "auth/token/revoke-self", Value::Null);
    assert!(scene.dies(&given_back) && scene.living().is_empty());
}

#[test]
fn what_gitlab_did_not_hear_is_said_again_when_it_is_back() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    let way = Proxy::start(&scene.group.sandbox.url, |_| Fate::Pass);
    scene.set_up_towards(root, &way.address);
    let session = scene.login(root.address);
    let ((token, minted), (other, _)) = (root.by(&session).mint("ci"), root.by(&session).mint("ci"));
    way.turn(State::Broken);
    let refused = root.refused("GET", "gitlab/token/ci", Value::Null);
    assert!(
        refused.0 == 502 && refused.1.starts_with(&format!("POST {}/api/v4/groups/", way.address)),
        "{refused:?}"
    );
    // Who waits for it is told that it is owed; it is no lease any more.
    let lease = json!({"lease_id": minted["lease_id"]});
    let refused = root.refused("POST", "sys/leases/revoke", lease.clone());
    assert!(refused.0 == 502 && refused.1.contains("it is tried again until it is done"), "{refused:?}");
    assert_eq!(root.refused("POST", "sys/leases/lookup", lease).1, "invalid lease");
    root.by(&session).must("POST", "auth/token/revoke-self", Value::Null);
    let owed = || {
        let owed = root.must("GET", "sys/leases?type=irrevocable", Value::Null)["data"]["leases"].clone();
        let problems = owed.as_array().unwrap().iter().map(|it| it["error"].as_str().unwrap().to_owned());
        problems.filter(|problem| problem.starts_with("DELETE ")).collect::<Vec<_>>()
    };
    assert!(wait_until(BACK_SOON, || owed().len() == 2), "{:?}", owed());
    assert!(scene.lives(&token) && scene.lives(&other));
    way.turn(State::Whole);
    assert!(wait_until(BACK_SOON, || !scene.lives(&token) && !scene.lives(&other)));
    assert!(wait_until(BACK_SOON, || owed().is_empty()), "{:?}", owed());
    // Nobody knows of the one that was refused whether GitLab heard of it.
    let doubtful = || root.must("GET", "sys/leases?type=irrevocable", Value::Null)["data"]["leases"].clone();
    let expected = "the answer to the making of a token was lost, and GitLab has no such token so far";
    assert!(wait_until(BACK_SOON, || doubtful()[0]["error"] == expected), "{}", doubtful());
}

#[test]
fn what_is_owed_is_owed_after_kill_9_too() {
    let (scene, owner) = (Scene::new(), Owner::new());
    let keys = owner.init();
    let root = keys.root_token.as_str();
    let way = Proxy::start(&scene.group.sandbox.url, |_| Fate::Pass);
    let served = owner.serve();
    let at = At { address: &served.address, token: root };
    scene.set_up_towards(at, &way.address);
    let session = scene.login(at.address);
    let (tokens, leases): (Vec<String>, Vec<Value>) = (0..3).map(|_| at.by(&session).mint("ci")).unzip();
    way.turn(State::Broken);
    at.refused("POST", "sys/leases/revoke", json!({"lease_id": leases[0]["lease_id"]}));
    at.by(&session).must("POST", "auth/token/revoke-self", Value::Null);
    served.kill();
    let served = owner.serve();
    let at = At { address: &served.address, token: root };
    // What they were made with is gone as well.
    at.must("DELETE", "gitlab/config/default", Value::Null);
    assert!(tokens.iter().all(|token| scene.lives(token)));
    way.turn(State::Whole);
    assert!(wait_until(BACK_SOON, || scene.living().is_empty()), "{:?}", scene.living());
    let owed =
        || at.must("GET", "sys/leases/count?type=irrevocable", Value::Null)["data"]["lease_count"].clone();
    assert!(wait_until(BACK_SOON, || owed() == 0));
}

#[test]
fn what_nobody_waits_for_any_more_is_ended_when_it_is_made() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    let way = Proxy::start(&scene.group.sandbox.url, |line| {
        if line.starts_with("POST ") { Fate::Hold } else { Fate::Pass }
    });
    scene.set_up_towards(root, &way.address);
    for (number, name) in [(1, "ci"), (2, "lasts")] {
        let more = json!({"gitlab_revokes_token": name == "lasts", "ttl": "24h"});
        root.must("POST", &format!("gitlab/roles/{name}"), role(more));
        let mut asker = TcpStream::connect(root.address.trim_start_matches("http://")).unwrap();
        let request = format!(
            "GET /v1/gitlab/token/{name} HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: {}\r\n\r\n",
            root.token
        );
        asker.write_all(request.as_bytes()).unwrap();
        assert!(
            wait_until(BACK_SOON, || way.holds() && scene.living().len() == number),
            "{:?}",
            scene.living()
        );
    }
    way.release();
    assert!(wait_until(BACK_SOON, || scene.living().is_empty()), "{:?}", scene.living());
}

#[test]
fn nobody_else_waits_while_gitlab_says_nothing() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    let way = Proxy::start(&scene.group.sandbox.url, |_| Fate::Pass);
    scene.set_up_towards(root, &way.address);
    let session = scene.login(root.address);
    let (token, _) = root.by(&session).mint("ci");
    way.turn(State::Silent);
    thread::scope(|all| {
        let asking = all.spawn(|| root.refused("GET", "gitlab/token/ci", Value::Null));
        let begun = Instant::now();
        root.by(&session).must("POST", "auth/token/revoke-self", Value::Null);
        for number in 0..20 {
            root.must("POST", "secret/data/a", json!({"data": {"number": number}}));
            root.must("GET", "secret/data/a", Value::Null);
        }
        assert!(begun.elapsed() < Duration::from_secs(5) && !asking.is_finished(), "{:?}", begun.elapsed());
        let (status, text) = asking.join().unwrap();
        assert!(status == 502 && text.contains("context deadline exceeded"), "{text}");
    });
    way.turn(State::Whole);
    assert!(wait_until(BACK_SOON, || !scene.lives(&token)));
}

#[test]
fn a_token_is_ended_that_was_made_while_its_answer_was_lost() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    let lost = Proxy::start(&scene.group.sandbox.url, |line| {
        if line.starts_with("POST ") { Fate::Lose } else { Fate::Pass }
    });
    scene.set_up_towards(root, &lost.address);
    let (status, text) = root.refused("GET", "gitlab/token/ci", Value::Null);
    assert!(status == 502 && lost.answered().contains("\"token\":\"glpat-"), "{text}");
    assert!(wait_until(BACK_SOON, || scene.living().is_empty()), "{:?}", scene.living());
}

#[test]
fn a_token_is_ended_that_was_made_while_lockbox_was_killed() {
    let (scene, owner) = (Scene::new(), Owner::new());
    let keys = owner.init();
    let served = owner.serve();
    let (address, root) = (served.address.clone(), keys.root_token.as_str());
    let way = Proxy::start(&scene.group.sandbox.url, |line| {
        if line.starts_with("POST ") { Fate::Hold } else { Fate::Pass }
    });
    scene.set_up_towards(At { address: &address, token: root }, &way.address);
    let mut asker = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let request = format!("GET /v1/gitlab/token/ci HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: {root}\r\n\r\n");
    asker.write_all(request.as_bytes()).unwrap();
    assert!(wait_until(BACK_SOON, || way.holds() && scene.living().len() == 1), "{:?}", scene.living());
    served.kill();
    let _served = owner.serve();
    assert!(wait_until(BACK_SOON, || scene.living().is_empty()), "{:?}", scene.living());
}
