//! A fetch that is ended half way leaves nothing that is half there.

use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{Deployment, fetch, fetching, read};
use crate::harness::{Buildpass, Fate, Proxy, Vault, command_line, descendants, send_signal, wait_until};

/// Starts it in a group of its own, as a shell does.
fn start(job: &Buildpass) -> Child {
    let mut command: Command = job.inside(&["env"]);
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
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
        let gits = || {
            descendants(id)
                .into_iter()
                .filter(|pid| command_line(*pid).iter().any(|word| word == "fetch"))
                .count()
        };
        assert!(wait_until(Duration::from_secs(20), || gits() > 0));
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
