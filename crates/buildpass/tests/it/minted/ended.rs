//! However the job ends, its token does.

use std::time::Instant;

use super::scene::{AT_ONCE, Hold, START, Scene, WAITS, ended, let_it_end};
use crate::harness::{Fate, State, guardian_of, send_signal, wait_until};

#[test]
fn a_token_that_no_lease_binds_ends_itself_with_the_job() {
    for (script, code) in [("test $TOKEN", 0), ("exit 7", 7)] {
        let scene = Scene::with(Hold::Unbound);
        let finished = scene.job(script).run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(code), ""));
        assert!(!scene.lives(&scene.only()), "at the end itself");
        assert_eq!(scene.own_ends(), 1);
    }
}

#[test]
fn a_token_that_the_vault_ends_is_left_to_it() {
    let scene = Scene::with(Hold::Leased);
    let finished = scene.job("test $TOKEN").run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert!(!scene.lives(&scene.only()));
    assert_eq!(scene.own_ends(), 0);
}

#[test]
fn a_token_whose_lease_ends_nothing_ends_itself() {
    let scene = Scene::with(Hold::LeasedInName);
    let finished = scene.job("test $TOKEN").run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert!(!scene.lives(&scene.only()));
}

#[test]
fn a_signal_ends_the_token_with_the_job() {
    for hold in [Hold::Unbound, Hold::Leased, Hold::LeasedInName] {
        let scene = Scene::with(hold);
        let (_job, process, minted) = scene.started();
        send_signal("TERM", process.id().into());
        let finished = ended(process);
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(143), ""), "{hold:?}");
        assert!(!scene.lives(&minted), "{hold:?}");
    }
}

#[test]
fn a_kill_of_buildpass_ends_the_token_in_two_seconds() {
    for hold in [Hold::Unbound, Hold::Leased, Hold::LeasedInName] {
        let scene = Scene::with(hold);
        let (_job, mut process, minted) = scene.started();
        let began = Instant::now();
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(wait_until(AT_ONCE, || !scene.lives(&minted)), "{hold:?}");
        println!("{hold:?}: over after {:?}", began.elapsed());
    }
}

#[test]
fn a_kill_of_the_guardian_leaves_the_token_to_buildpass() {
    let scene = Scene::with(Hold::Unbound);
    let (job, process, minted) = scene.started();
    let guardian = guardian_of(process.id()).unwrap();
    send_signal("KILL", guardian.into());
    let_it_end(&job);
    let finished = ended(process);
    assert_eq!(finished.code, Some(5));
    assert_eq!(finished.stderr, "buildpass: the guardian process was ended, so the session ends by itself\n");
    assert!(!scene.lives(&minted));
}

#[test]
fn a_kill_while_the_token_is_on_its_way_ends_it() {
    let hold = |line: &str| if line.contains("/gitlab/token/ci ") { Fate::Hold } else { Fate::Pass };
    let scene = Scene::behind(Hold::Unbound, hold);
    let mut job = scene.job(WAITS);
    let mut process = job.spawn();
    assert!(wait_until(START, || scene.vault.holds()));
    let minted = scene.only();
    process.kill().unwrap();
    process.wait().unwrap();
    scene.vault.release();
    assert!(wait_until(AT_ONCE, || !scene.lives(&minted)));
    assert!(!job.project().join("started").exists());
}

#[test]
fn a_vault_that_is_gone_or_silent_keeps_no_token_alive() {
    for state in [State::Broken, State::Silent] {
        let scene = Scene::with(Hold::Leased);
        let (job, process, minted) = scene.started();
        scene.vault.turn(state);
        let began = Instant::now();
        let_it_end(&job);
        assert!(wait_until(AT_ONCE, || !scene.lives(&minted)), "{state:?}");
        println!("{state:?}: over after {:?}", began.elapsed());
        let finished = ended(process);
        assert_eq!(finished.code, Some(5));
        assert!(!finished.stderr.contains("lives on at GitLab"), "{}", finished.stderr);
    }
}

#[test]
fn a_token_that_is_read_afresh_ends_with_the_first() {
    let scene = Scene::with(Hold::Unbound);
    let realm = scene.group.realm();
    let (host, port) = scene.group.sandbox.url.trim_start_matches("http://").split_once(':').unwrap();
    let url = format!("{realm}gitlab-shell.git");
    let waits = WAITS.replace("exit 5", &format!("git clone -q {url} one; git clone -q {url} two"));
    let mut job = scene
        .command()
        .args(["--git", &format!("realm={realm},password=TOKEN"), "run", "--", "sh", "-c", &waits])
        .env("CI_SERVER_URL", &scene.gitlab.address)
        .env("CI_SERVER_HOST", host)
        .env("CI_SERVER_PORT", port);
    let process = job.spawn();
    assert!(wait_until(START, || job.project().join("started").exists()));
    // It is dead when git asks, so that git says so, and buildpass reads another.
    scene.revoke(&scene.only());
    let_it_end(&job);
    let finished = ended(process);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let minted = scene.minted();
    assert_eq!(minted.len(), 2);
    assert!(minted.iter().all(|token| !scene.lives(token)));
}
