//! Whoever is asked to end before it is done gives its session back first, and ends by that signal.

use std::{
    os::unix::process::ExitStatusExt,
    process::{Child, Command},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use rustix::fs::{Mode, OFlags, open};
use serde_json::json;

use crate::harness::{
    BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Fate, Proxy, Sandbox, Vault, on_every_vault, send_signal,
    wait_until,
};

const START: Duration = Duration::from_secs(20);

/// What each of them does with a vault.
const COMMANDS: [&[&str]; 2] = [&["doctor"], &["token", "SECURITY_PRIVATE_TOKEN"]];

/// A job whose vault has made its session, and keeps an answer to itself.
struct Scene<'a> {
    vault: &'a Vault,
    proxy: Proxy,
    process: Child,
    _job: Buildpass,
}

impl<'a> Scene<'a> {
    fn set(
        vault: &'a Vault,
        sandbox: &Sandbox,
        command: &[&str],
        held: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let fate = move |line: &str| if held(line) { Fate::Hold } else { Fate::Pass };
        let proxy = Proxy::start(&vault.address, fate);
        let secret = format!("SECURITY_PRIVATE_TOKEN={BUILD_TOKEN_PATH}/token@ci");
        let mut job = Buildpass::new()
            .args(["--address", &proxy.address, "--role", "omnibus-gitlab", "--secret", &secret])
            .args(["--audience", &vault.address])
            .args(command.iter().copied())
            .env("VAULT_ID_TOKEN", &sandbox.id_token(&vault.address, json!({})));
        let process = job.spawn();
        assert!(wait_until(START, || proxy.holds() && vault.sessions() == 1), "{command:?}");
        Self { vault, proxy, process, _job: job }
    }

    fn signal(&self, name: &str) {
        send_signal(name, self.process.id().into());
    }

    /// It ends by the signal, says so and nothing else, and no session stays.
    fn ends_by(self, signal: i32) {
        let output = self.process.wait_with_output().unwrap();
        assert_eq!(self.vault.sessions(), 0, "at the end itself: a container may be torn down now");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(128 + signal), "{said}");
        assert_eq!(said, format!("error: the signal {signal} came before it was done\n"));
        assert!(output.stdout.is_empty() && !said.contains(BUILD_TOKEN));
    }
}

/// An ID token that never comes is waited for, and a signal ends that at once.
#[test]
fn a_signal_while_a_pipe_is_read_ends_it() {
    for command in COMMANDS {
        let mut job = Buildpass::new();
        let pipe = job.folder().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        job = job
            .args(["--address", "http://127.0.0.1:1", "--secret", "SECURITY_PRIVATE_TOKEN=a/b@c"])
            .args(["--token-file", pipe.to_str().unwrap()])
            .args(command.iter().copied());
        let mut process = job.spawn();
        // Whoever opens the other end has met a reader.
        let opens = || open(&pipe, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty());
        let mut writer = None;
        assert!(wait_until(START, || {
            writer = opens().ok();
            writer.is_some()
        }));
        send_signal("TERM", process.id().into());
        assert!(wait_until(START, || process.try_wait().unwrap().is_some()));
        assert_eq!(process.wait().unwrap().signal(), Some(15), "{command:?}");
    }
}

on_every_vault! {
    fn a_signal_while_a_secret_is_read_ends_the_session(vault) {
        let sandbox = Sandbox::start();
        vault.deploy(&sandbox);
        for (command, (name, number)) in COMMANDS.into_iter().zip([("TERM", 15), ("INT", 2)]) {
            let scene = Scene::set(vault, &sandbox, command, |line| line.contains("/ci/data/"));
            let start = Instant::now();
            scene.signal(name);
            scene.ends_by(number);
            assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        }
    }

    fn a_signal_during_login_is_answered_when_the_session_is_over(vault) {
        let sandbox = Sandbox::start();
        vault.deploy(&sandbox);
        for command in COMMANDS {
            // Before it logs in, `doctor` asks the mount with an empty login.
            let (before, logins) = (usize::from(command == ["doctor"]), AtomicUsize::new(0));
            let is_login = move |line: &str| {
                line.contains("/login") && logins.fetch_add(1, Ordering::SeqCst) >= before
            };
            let mut scene = Scene::set(vault, &sandbox, command, is_login);
            scene.signal("HUP");
            let is_over = || scene.process.try_wait().unwrap().is_some();
            assert!(!wait_until(Duration::from_millis(500), is_over), "the answer may come yet");
            scene.proxy.release();
            scene.ends_by(1);
        }
    }
}
