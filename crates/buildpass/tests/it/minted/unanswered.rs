//! What cannot be ended is said in a line, with its true end and never with its value.

use std::time::{Duration, Instant};

use super::scene::{Hold, Scene, ended, let_it_end};
use crate::harness::{Fate, Proxy, State, wait_until};

#[test]
fn a_gitlab_that_is_gone_is_said_and_is_asked_again_when_it_is_back() {
    let scene = Scene::with(Hold::Unbound);
    let (job, process, minted) = scene.started();
    scene.gitlab.turn(State::Broken);
    let began = Instant::now();
    let_it_end(&job);
    let finished = ended(process);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(finished.code, Some(5));
    assert_eq!(
        finished.stderr,
        format!(
            "buildpass: the token {} that was made for this job lives on at GitLab until 2038-01-02T00:00:00Z: \
             the guardian goes on, GitLab has not ended it yet\n",
            minted.id
        )
    );
    assert!(scene.lives(&minted));
    scene.gitlab.turn(State::Whole);
    assert!(wait_until(Duration::from_secs(10), || !scene.lives(&minted)), "nobody ended it");
}

#[test]
fn a_slow_gitlab_is_waited_for() {
    let scene = Scene::with(Hold::Unbound);
    let slow = Proxy::start(&scene.group.sandbox.url, |_| Fate::Slow);
    let finished = scene.job("true").env("CI_SERVER_URL", &slow.address).run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert!(!scene.lives(&scene.only()));
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again() {
    let scene = Scene::with(Hold::Unbound);
    let lost = std::sync::atomic::AtomicBool::new(false);
    let losing = Proxy::start(&scene.group.sandbox.url, move |_| {
        if lost.swap(true, std::sync::atomic::Ordering::SeqCst) { Fate::Pass } else { Fate::Lose }
    });
    let finished = scene.job("true").env("CI_SERVER_URL", &losing.address).run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert!(!scene.lives(&scene.only()));
}

#[test]
fn a_gitlab_that_refuses_is_heard_three_times_and_said() {
    let scene = Scene::with(Hold::Unbound);
    let refusing =
        Proxy::start(&scene.group.sandbox.url, |_| Fate::Instead(403, r#"{"message":"403 Forbidden"}"#));
    let finished = scene.job("true").env("CI_SERVER_URL", &refusing.address).run();
    let minted = scene.only();
    assert_eq!(finished.code, Some(0));
    assert_eq!(
        finished.stderr,
        format!(
            "buildpass: the token {} that was made for this job lives on at GitLab until 2038-01-02T00:00:00Z: {} answered 403\n",
            minted.id, refusing.address
        )
    );
    assert!(!finished.stderr.contains(&minted.value));
}

#[test]
fn a_gitlab_that_nobody_names_is_said() {
    let scene = Scene::with(Hold::Unbound);
    let finished = scene.command().args(["run", "true"]).run();
    assert_eq!(finished.code, Some(0));
    assert!(
        finished.stderr.ends_with("nobody says which GitLab it is of: `--gitlab` does\n"),
        "{}",
        finished.stderr
    );
    let scene = Scene::with(Hold::Unbound);
    let finished = scene.command().args(["--gitlab", &scene.gitlab.address, "run", "true"]).run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert!(!scene.lives(&scene.only()));
}
