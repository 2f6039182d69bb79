//! A signal in the middle, and a session that is refused its renewal.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    process::Child,
    time::Duration,
};

use rustix::fs::{Mode, OFlags, open};

use super::scene::{Scene, declared};
use crate::harness::{Fate, Proxy, on_every_vault, send_signal, wait_until};

on_every_vault! {
    fn a_signal_ends_it_after_the_step_that_is_under_way(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let first = scene.ids();
        let command = scene.by_job(&toml).args(["--role", "owner", "access", "rotate", "ci-read"]);
        let (gitlab, mut child) = scene.held_when_made(command);
        assert_eq!(vault.sessions(), 1);
        send_signal("TERM", i64::from(child.id()));
        let said = first_line_with(&mut child, "asked to end");
        gitlab.release();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), vault.sessions()), (Some(0), 0), "its one step was under way: {said}");
        assert_eq!(scene.ids().len(), 2);
        assert!(scene.ids()[0] == first[0] && scene.job_reads());
    }

    fn a_signal_leaves_the_other_steps_to_the_next_run(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let toml = declared("[[access.token]]\nname = \"second\"\ngroup = \"gitlab-org/security\"\nstore = \"b/token@ci\"\n\
            [[access.token]]\nname = \"third\"\ngroup = \"gitlab-org/security\"\nstore = \"c/token@ci\"\n");
        let command = scene.by_job(&toml).args(["--role", "owner", "access", "apply"]);
        let (gitlab, mut child) = scene.held_when_made(command);
        send_signal("INT", i64::from(child.id()));
        let said = first_line_with(&mut child, "asked to end");
        gitlab.release();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), vault.sessions()), (Some(130), 0), "{said}");
        assert_eq!((scene.living("second").len(), scene.living("third").len()), (1, 0));
        scene.apply(&toml);
        assert_eq!((scene.living("second").len(), scene.living("third").len()), (1, 1));
    }

    fn whoever_insists_does_not_wait(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let (_gitlab, mut child) = scene.held_after_making(&toml);
        send_signal("INT", i64::from(child.id()));
        first_line_with(&mut child, "asked to end");
        send_signal("INT", i64::from(child.id()));
        assert_eq!(child.wait().unwrap().code(), Some(130));
        scene.apply(&toml);
        assert!(scene.ids().len() == 1 && scene.job_reads());
    }

    fn while_an_id_token_is_waited_for_it_ends_at_once(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let mut job = scene.by_job(&toml);
        let pipe = job.folder().join("pipe");
        assert!(job.other_program("mkfifo").arg(&pipe).status().unwrap().success());
        job = job.args(["--token-file", pipe.to_str().unwrap(), "--role", "owner", "access", "plan"]);
        let mut child = job.spawn();
        // Whoever opens the other end has met a reader.
        let mut writer = None;
        assert!(wait_until(Duration::from_secs(20), || {
            writer = open(&pipe, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty()).ok();
            writer.is_some()
        }));
        send_signal("TERM", i64::from(child.id()));
        assert!(wait_until(Duration::from_secs(20), || child.try_wait().unwrap().is_some()));
        assert_eq!(child.wait().unwrap().signal(), Some(15));
    }

    fn a_session_that_is_not_renewed_is_given_back(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let wire = Proxy::start(&vault.address, |line| {
            if line.contains("renew-self") { Fate::Lose } else { Fate::Pass }
        });
        let finished = scene
            .by_job(&toml)
            .env("VAULT_ADDR", &wire.address)
            .args(["--audience", &vault.address, "--timeout", "2s", "--role", "owner", "access", "plan"])
            .run();
        assert_eq!(finished.code, Some(4), "{}", finished.stderr);
        assert_eq!(vault.sessions(), 0, "{}", finished.stderr);
    }
}

/// Reads what is said until that, so that it was heard.
fn first_line_with(child: &mut Child, part: &str) -> String {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    for line in lines.map_while(Result::ok) {
        said.push_str(&line);
        said.push('\n');
        if line.contains(part) {
            return said;
        }
    }
    panic!("nobody said `{part}`: {said}");
}
