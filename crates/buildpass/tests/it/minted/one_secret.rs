//! Commands that print one secret and end: what was minted for them ends before anything is printed, unless it is to be kept.

use super::scene::{Hold, Scene};
use crate::harness::Scripted;

#[test]
fn a_token_that_would_end_with_the_command_is_ended_and_not_printed() {
    for hold in [Hold::Unbound, Hold::Leased, Hold::LeasedInName] {
        let scene = Scene::with(hold);
        let finished =
            scene.command().env("CI_SERVER_URL", &scene.gitlab.address).args(["token", "TOKEN"]).run();
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{}", finished.stderr);
        insta::allow_duplicates! {
            insta::assert_snapshot!(finished.stderr, @"
            error: TOKEN was made for this session and ended with it
            hint: use `buildpass run`, which keeps the session while a command runs, or `buildpass token --keep-lease`
            ");
        }
        assert!(!scene.lives(&scene.only()), "{hold:?}");
    }
}

#[test]
fn a_token_that_is_to_be_kept_lives_and_its_end_is_said() {
    let scene = Scene::with(Hold::Unbound);
    let finished = scene.command().args(["token", "--keep-lease", "TOKEN"]).run();
    let minted = scene.only();
    assert_eq!((finished.code, &finished.stdout), (Some(0), &minted.value));
    assert_eq!(finished.stderr, "buildpass: TOKEN ends at 2038-01-02T00:00:00Z\n");
    assert!(scene.lives(&minted) && scene.asked().is_empty());
}

#[test]
fn the_file_of_a_repository_sends_no_token_elsewhere() {
    let scene = Scene::with(Hold::Unbound);
    let thief = Scripted::start(|_, _| Vec::new());
    let toml = format!("[gitlab]\nurl = \"{}\"\n", thief.address);
    let job = |named: Option<&str>| {
        let job = scene.command().file("buildpass.toml", &toml).args(["run", "true"]);
        match named {
            Some(url) => job.env("CI_SERVER_URL", url),
            None => job,
        }
    };
    for named in [None, Some(scene.gitlab.address.as_str())] {
        let finished = job(named).run();
        assert_eq!(finished.code, Some(2), "{}", finished.stderr);
        assert!(finished.stderr.contains("an address that the repository's"), "{}", finished.stderr);
        assert!(finished.stderr.ends_with("buildpass: CMD was not started\n"), "{}", finished.stderr);
    }
    assert!(thief.requests().is_empty() && scene.minted().is_empty());
    let finished = scene
        .command()
        .file("buildpass.toml", &toml)
        .args(["--gitlab", &scene.gitlab.address, "run", "true"])
        .run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert!(thief.requests().is_empty() && !scene.lives(&scene.only()));
}
