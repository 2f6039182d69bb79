//! Many sources at the same time, and what a person sees of it.

use std::time::Duration;

use super::{Deployment, fetch, fetching, large, read};
use crate::harness::{BUILD_TOKEN_PATH, Fate, Proxy, Search, Terminal, Vault, on_every_vault, wait_until};

const FORTY: usize = 40;

on_every_vault! {
    fn forty_private_repositories_come_with_one_login(vault) {
        let mut deployment = Deployment::start(vault);
        let mut list = String::new();
        for number in 0..FORTY {
            deployment.group.private_project(&format!("source-{number}"));
            list += &format!("source-{number}:\n  security: GITLAB/gitlab-org/security/source-{number}.git\n");
        }
        deployment = deployment.listing(&list);
        deployment.asked();
        let mut job = fetching(deployment.job(vault), &["--cache", "cache", "--update-lock"]);
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
        assert!(fetched.stderr.contains("40 sources in ") && fetched.stderr.contains(": 40 received ("), "{}", fetched.stderr);
        for number in 0..FORTY {
            let text = format!("the private repository source-{number}\n");
            assert_eq!(read(&job, &format!("src/source-{number}/README.md")), text);
        }
        assert_eq!(read(&job, "sources.lock").matches("[[source]]").count(), FORTY);
        let seen = deployment.group.sandbox.credentials_seen();
        assert!(seen.len() >= FORTY && seen.iter().all(|path| path.starts_with("/gitlab-org/security/source-")), "{seen:?}");
        assert_eq!(Search::of(&deployment.group.token).folder(job.folder()), Vec::<std::path::PathBuf>::new());
        assert_eq!(vault.sessions(), 0);

        std::fs::remove_dir_all(job.project().join("src")).unwrap();
        let again = fetch(&mut job);
        assert!(again.stderr.contains(": 40 from the cache"), "{}", again.stderr);
        // A token that is dead is so for each of them, and each is said.
        vault.write_secret(BUILD_TOKEN_PATH, serde_json::json!({"token": "glpat-made-up-and-revoked"}));
        let failed = fetch(&mut job);
        assert_eq!(failed.code, Some(3), "{}", failed.stderr);
        assert_eq!(failed.stderr.matches("error: source-").count(), FORTY, "{}", failed.stderr);
        assert_eq!(vault.sessions(), 0);
    }
}

#[test]
fn no_more_are_on_their_way_than_jobs_says() {
    for (jobs, together) in [("1", 1), ("2", 2)] {
        let vault = Vault::lockbox();
        let deployment = Deployment::start(&vault);
        let proxy =
            Proxy::start(
                &deployment.url,
                |line| {
                    if line.contains("info/refs") { Fate::Hold } else { Fate::Pass }
                },
            );
        let deployment = deployment.behind(&proxy.address);
        let mut job = fetching(deployment.job(&vault), &["--jobs", jobs]);
        let process = job.spawn();
        let mut seen = std::collections::BTreeSet::new();
        let mut look = || {
            seen.extend(deployment.asked().into_iter().filter(|path| path.contains("info/refs")));
            seen.len()
        };
        assert!(wait_until(Duration::from_secs(20), || look() == together));
        // Whoever could come does so before the next look.
        assert!(!wait_until(Duration::from_millis(500), || look() > together));
        proxy.release();
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(wait_until(Duration::from_secs(5), || look() == 2), "in the end both are there");
    }
}

#[test]
fn at_a_terminal_bars_show_bytes_and_their_rate() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    large(&deployment);
    let proxy =
        Proxy::start(&deployment.url, |line| if line.starts_with("POST") { Fate::Slow } else { Fate::Pass });
    let deployment = deployment.behind(&proxy.address);
    let job = deployment.job(&vault).env("TERM", "xterm");
    let mut terminal = Terminal::start(|command| job.prepare(command));
    terminal.resize(40, 160);
    terminal.types(&format!("{} sources fetch --into src shell\n", env!("CARGO_BIN_EXE_buildpass")));
    terminal.expect("0 of 1 sources");
    terminal.expect("Receiving objects");
    terminal.expect("iB/s");
    terminal.expect("received");
    terminal.expect("1 sources in ");
    terminal.expect("prompt> ");
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");

    // One that cannot move its cursor shows a line for each.
    let job = deployment.job(&vault).env("TERM", "dumb");
    let mut terminal = Terminal::start(|command| job.prepare(command));
    terminal.types(&format!("{} sources fetch --into src tool\n", env!("CARGO_BIN_EXE_buildpass")));
    terminal.expect("tool ");
    terminal.expect("received");
    terminal.expect("1 sources in ");
    terminal.expect("prompt> ");

    // In CI there is one line for each, and nothing moves.
    let mut ci = fetching(deployment.job(&vault).env("CI", "true"), &["tool"]);
    let said = fetch(&mut ci).stderr;
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\r'), "{said}");
}
