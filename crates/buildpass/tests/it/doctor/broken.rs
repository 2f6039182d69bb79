use std::time::{Duration, Instant};

use super::Surgery;
use crate::harness::{Buildpass, Fate, Proxy, State, on_every_vault};

/// Whoever hangs, `doctor` has ended by then.
const SOON: Duration = Duration::from_secs(10);

on_every_vault! {
    fn a_hanging_vault_is_told_in_time(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("BUILDPASS_AUDIENCE", &vault.address);
        let silent = Proxy::start(&vault.address, |_| Fate::Pass);
        silent.turn(State::Silent);
        surgery.set("VAULT_SERVER_URL", &silent.address);
        let start = Instant::now();
        surgery.finds("vault-health", "no answer in");
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        // Another node answers: the dead one is worth a look, and no more.
        surgery.set("VAULT_SERVER_URL", &format!("{},{}", silent.address, vault.address));
        let told = surgery.told();
        assert_eq!((told.code, told.with("warn")), (Some(0), vec!["vault-health"]));
    }

    fn a_vault_that_hangs_after_the_login_is_told_in_time(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("BUILDPASS_AUDIENCE", &vault.address);
        let held = Proxy::start(&vault.address, |line| match line.contains("/auth/token/") || line.contains("/ci/") {
            true => Fate::Hold,
            false => Fate::Pass,
        });
        surgery.set("VAULT_SERVER_URL", &held.address);
        let start = Instant::now();
        let told = surgery.told();
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        assert_eq!(told.with("fail"), ["secret"], "{:#}", told.check("secret"));
    }

    fn where_everybody_hangs_it_ends_in_time(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("BUILDPASS_AUDIENCE", &vault.address);
        let held = Proxy::start(&vault.address, |line| match line.contains("/auth/token/") || line.contains("/ci/") {
            true => Fate::Hold,
            false => Fate::Pass,
        });
        let silent = Proxy::start(&surgery.sandbox.url, |_| Fate::Pass);
        silent.turn(State::Silent);
        surgery.set("VAULT_SERVER_URL", &format!("{},{}", silent.address, held.address));
        surgery.set("GITLAB_CI", "true").set("CI_PROJECT_PATH", "g/p").set("CI_API_V4_URL", &silent.address);
        surgery.argument("--git").argument(&format!("realm={}/g/,password=BUILD_TOKEN", silent.address));
        let start = Instant::now();
        surgery.told();
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
}

/// Half a configuration gets an answer, whatever is missing, and soon.
#[test]
fn half_a_configuration_gets_an_answer() {
    let vault = ("VAULT_ADDR", "http://127.0.0.1:1");
    let person = ("VAULT_TOKEN", "made-up");
    begins_with("configuration", &[], &[]);
    begins_with("id-token", &[vault], &[]);
    begins_with("configuration", &[person], &[]);
    begins_with("vault-connection", &[vault, person], &[]);
    begins_with("id-token", &[("VAULT_ADDR", "::::")], &[]);
    begins_with("id-token", &[vault, ("VAULT_SKIP_VERIFY", "1")], &[]);
    begins_with("id-token", &[("VAULT_ID_TOKEN", "made.up.token")], &["--secret", "A=b/c@d"]);
}

fn begins_with(first: &str, variables: &[(&str, &str)], arguments: &[&str]) {
    let job = variables.iter().fold(Buildpass::new(), |job, (name, value)| job.env(name, value));
    let start = Instant::now();
    let finished = job.args(["doctor"]).args(arguments.iter().copied()).run();
    assert!(start.elapsed() < SOON);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(5), ""), "{variables:?}");
    assert!(finished.stdout.contains(&format!("begin with {first}:")), "{variables:?}: {}", finished.stdout);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let finished = Buildpass::new().file("buildpass.toml", "[vault]\nadress = 'x'\n").args(["doctor"]).run();
    assert_eq!(finished.code, Some(5));
    assert!(finished.stdout.contains("did you mean `address`?"), "{}", finished.stdout);
    let finished = Buildpass::new().args(["doctor", "--role-file", "no-such-file", "--offline"]).run();
    assert_eq!(finished.code, Some(5));
}

/// A proxy that lets nothing through is told as one, and not as the vault.
#[test]
fn a_proxy_in_between_is_told() {
    let finished = Buildpass::new()
        .env("HTTPS_PROXY", "http://me:made-up-password@127.0.0.1:1")
        .env("VAULT_ADDR", "https://vault.example")
        .env("VAULT_TOKEN", "made-up-personal-token")
        .args(["doctor"])
        .run();
    assert!(finished.stdout.contains("begin with vault-connection:"), "{}", finished.stdout);
    assert!(finished.stdout.contains("the proxy http://127.0.0.1:1/"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("made-up"), "{}", finished.stdout);
}
