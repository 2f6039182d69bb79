//! The demo and the servers that it shows.

use std::{
    io::{BufRead, BufReader},
    time::{Duration, Instant},
};

use crate::harness::{Buildpass, wait_until};

#[test]
fn the_demo_tells_its_story_in_forty_lines_and_leaves_nothing() {
    let mut demo = Buildpass::new().args(["demo"]);
    let finished = demo.run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{}", finished.stdout);
    let story = &finished.stdout;
    assert!(story.lines().count() <= 40, "{story}");
    for line in [
        "| GitLab Shell, with a security fix that is not public yet",
        "the job ended with exit code 0",
        "claim \"project_path\" does not match",
        "| buildpass: CMD was not started",
        "the job ended with exit code 3",
        "sessions alive at the vault: 0",
        ", and found: 0",
    ] {
        assert!(story.contains(line), "`{line}` is missing: {story}");
    }
    let looked_for =
        story.split_once("looked for: ").unwrap().1.split_once(',').unwrap().0.parse::<usize>().unwrap();
    assert!(looked_for > 20, "{story}");
    assert_eq!(std::fs::read_dir(demo.temporary()).unwrap().count(), 0);
}

#[test]
fn a_kept_demo_goes_on_until_it_is_interrupted() {
    let mut demo = Buildpass::new().args(["demo", "--keep"]);
    let mut process = demo.spawn();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("Still running")), "the servers are kept");
    let to_try: Vec<String> = lines.by_ref().take(4).collect();
    let output = demo.other_program("sh").args(["-ec", &to_try.join("\n")]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && output.stdout.starts_with(b"glpat-"), "{to_try:?} {said}");
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &process.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let began = Instant::now();
    assert!(
        wait_until(Duration::from_secs(10), || process.try_wait().unwrap().is_some()),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(process.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_dir(demo.temporary()).unwrap().count(), 0);
}

#[test]
fn lockbox_serves_until_it_is_told_to_end_and_only_on_loopback() {
    let mut lockbox = Buildpass::new().args(["lockbox", "serve", "--dev", "--listen", "127.0.0.1:0"]);
    let mut process = lockbox.spawn();
    let mut first = String::new();
    BufReader::new(process.stderr.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("lockbox serves http://127.0.0.1:"), "{first}");
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &process.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert!(wait_until(Duration::from_secs(10), || process.try_wait().unwrap().is_some()));
    assert_eq!(process.wait().unwrap().code(), Some(0));
    let elsewhere = Buildpass::new().args(["lockbox", "serve", "--dev", "--listen", "0.0.0.0:0"]).run();
    assert_eq!(elsewhere.code, Some(2));
    assert!(elsewhere.stderr.contains("is not on loopback"), "{}", elsewhere.stderr);
}
