//! A fetch that is ended half way leaves nothing that is half there.

use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::fs::{FlockOperation, flock};

use super::{Deployment, fetch, fetching, files, git, read};
use crate::harness::{
    Buildpass, Fate, Proxy, Vault, command_line, descendants, runs, send_signal, wait_until,
};

/// Starts it in a group of its own, as a shell does.
fn start(job: &Buildpass) -> Child {
    let mut command: Command = job.inside(&["env"]);
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The gits that fetch for a process. Its own arguments have the word too, and so have its children's until they are programs of their own.
fn gits(id: u32) -> Vec<u32> {
    let fetches = |pid: &u32| command_line(*pid).iter().any(|word| word == "--no-write-fetch-head");
    descendants(id).into_iter().filter(fetches).collect()
}

/// A job whose transfer of the private source stays on its way.
fn held(deployment: Deployment) -> (Deployment, Proxy) {
    let proxy =
        Proxy::start(
            &deployment.url,
            |line| if line.contains("info/refs") { Fate::Hold } else { Fate::Pass },
        );
    (deployment.behind(&proxy.address), proxy)
}

#[test]
fn an_interrupt_leaves_no_checkout_no_process_and_no_session() {
    let vault = Vault::lockbox();
    let (deployment, proxy) = held(Deployment::start(&vault));
    let job = fetching(deployment.job(&vault), &["shell", "--cache", "cache"]);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let process = start(&job);
        assert!(wait_until(Duration::from_secs(20), || proxy.holds()));
        let id = process.id();
        assert!(wait_until(Duration::from_secs(20), || !gits(id).is_empty()));
        send_signal(signal, id.into());
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains("interrupted: what was not whole is not there"), "{said}");
        assert!(!job.project().join("src/shell").exists());
        let left: Vec<_> =
            fs::read_dir(job.project().join("src")).unwrap().flatten().map(|entry| entry.path()).collect();
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(vault.sessions(), 0);
    }
    proxy.release();
    let mut job = job;
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
}

#[test]
fn what_was_killed_is_begun_again_and_keeps_nobody_out() {
    let vault = Vault::lockbox();
    let (deployment, proxy) = held(Deployment::start(&vault));
    let mut job = fetching(deployment.job(&vault), &["--cache", "cache"]);
    let mut process = start(&job);
    assert!(wait_until(Duration::from_secs(20), || proxy.holds()));
    let id = process.id();
    let all = descendants(id);
    send_signal("KILL", id.into());
    process.wait().unwrap();
    let runs = |pid: &u32| fs::metadata(format!("/proc/{pid}")).is_ok();
    assert!(wait_until(Duration::from_secs(20), || !all
        .iter()
        .any(|pid| runs(pid) && command_line(*pid).iter().any(|word| word == "fetch-sources"))));
    proxy.release();
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
    let left: Vec<_> =
        fs::read_dir(job.project().join("src")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// git outlives a fetch that is killed: as long as it writes into the mirror, nobody else does.
#[test]
fn a_git_that_outlives_its_fetch_keeps_others_out_of_its_mirror() {
    let vault = Vault::lockbox();
    let (deployment, proxy) = held(Deployment::start(&vault));
    let mut job = fetching(deployment.job_without_vault(), &["tool", "--cache", "cache"]);
    let mut process = job.spawn();
    let id = process.id();
    assert!(wait_until(Duration::from_secs(20), || proxy.holds() && !gits(id).is_empty()));
    let left = gits(id);
    send_signal("KILL", id.into());
    process.wait().unwrap();
    let lock = files(&job.project().join("cache"))
        .into_iter()
        .find(|path| path.extension().is_some_and(|it| it == "lock"));
    let lock = lock.unwrap();
    let is_free = || {
        let lock = fs::File::open(&lock).unwrap();
        flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok()
    };
    assert!(left.iter().any(|pid| runs(*pid)) && !is_free(), "git has the mirror still");

    let log = job.project().join("log");
    let mut second = job.inside(&["env"]);
    let mut second = second.stderr(fs::File::create(&log).unwrap()).spawn().unwrap();
    let said = || fs::read_to_string(&log).unwrap();
    let waits = || said().contains("waiting for another job that fetches the same");
    assert!(wait_until(Duration::from_secs(20), waits), "{}", said());
    assert!(left.iter().any(|pid| runs(*pid)));
    proxy.release();
    assert!(second.wait().unwrap().success(), "{}", said());
    assert_eq!(read(&job, "src/tool/README.md"), "a public repository\n");
    assert_eq!(git(&job, "src/tool", &["fsck", "--strict", "--full"]), "");
}

#[test]
fn whoever_hangs_up_or_quits_leaves_nothing_behind_either() {
    let vault = Vault::lockbox();
    let (deployment, proxy) = held(Deployment::start(&vault));
    for (signal, code) in [("HUP", 129), ("QUIT", 131), ("INT", 130), ("TERM", 143)] {
        let mut job = fetching(deployment.job_without_vault(), &["tool", "--cache", "cache"]);
        let process = job.spawn();
        let id = process.id();
        assert!(wait_until(Duration::from_secs(20), || proxy.holds() && !gits(id).is_empty()));
        let all = gits(id);
        send_signal(signal, id.into());
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{signal}: {said}");
        assert!(said.contains("interrupted: what was not whole is not there"), "{said}");
        assert!(wait_until(Duration::from_secs(5), || !all.iter().any(|pid| runs(*pid))), "{signal}");
        assert!(fs::read_dir(job.project().join("src")).unwrap().next().is_none(), "{signal}");
    }
}

#[test]
fn a_caller_that_ignores_a_hangup_is_followed() {
    let vault = Vault::lockbox();
    let (deployment, proxy) = held(Deployment::start(&vault));
    let job = fetching(deployment.job_without_vault(), &["tool"]);
    let mut command = job.inside(&["sh", "-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    let process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert!(wait_until(Duration::from_secs(20), || proxy.holds()));
    send_signal("HUP", process.id().into());
    proxy.release();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read(&job, "src/tool/README.md"), "a public repository\n");
}

#[test]
fn two_fetches_into_one_folder_do_not_mix() {
    let vault = Vault::lockbox();
    let (deployment, proxy) = held(Deployment::start(&vault));
    let mut job = fetching(deployment.job(&vault), &["shell"]);
    let process = start(&job);
    assert!(wait_until(Duration::from_secs(20), || proxy.holds()));
    let second = fetch(&mut job);
    assert_eq!(second.code, Some(2), "{}", second.stderr);
    assert!(second.stderr.contains("another fetch into"), "{}", second.stderr);
    proxy.release();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
}
