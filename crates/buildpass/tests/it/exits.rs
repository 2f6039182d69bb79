//! However a job ends, no session and no private directory stays.

use std::{
    fs,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::harness::{
    BUILD_TOKEN_PATH, Buildpass, Fate, Finished, Proxy, Sandbox, State, Vault, descendants, guardian_of,
    runs, send_signal, wait_until,
};

/// A real vault behind a wire of the test's.
struct Scene {
    vault: Vault,
    sandbox: Sandbox,
    proxy: Proxy,
}

/// What the command of most of these jobs does: waits for a file.
const WAITS: &str = "touch started; while [ ! -e stop ]; do sleep 0.05; done; exit 5";

/// Everything is over this soon after the end.
const AT_ONCE: Duration = Duration::from_secs(2);

/// A job starts in this time, on a busy machine too.
const START: Duration = Duration::from_secs(20);

impl Scene {
    /// None, said in a line, where there is no OpenBao.
    fn set(fate: impl Fn(&str) -> Fate + Send + Sync + 'static) -> Option<Self> {
        let Some(vault) = Vault::openbao() else {
            println!("skipped: no OpenBao");
            return None;
        };
        let (sandbox, proxy) = (Sandbox::start(), Proxy::start(&vault.address, fate));
        vault.deploy(&sandbox);
        vault.role("omnibus-gitlab", json!({"bound_audiences": [proxy.address]}));
        Some(Self { vault, sandbox, proxy })
    }

    /// `buildpass run` of a shell script.
    fn job(&self, script: &str) -> Buildpass {
        self.job_with(&[], script)
    }

    fn job_with(&self, flags: &[&str], script: &str) -> Buildpass {
        job(&self.proxy, &self.sandbox, "omnibus-gitlab", flags).args(["sh", "-c", script])
    }

    fn no_session_stays(&self) {
        assert!(
            wait_until(AT_ONCE, || self.vault.sessions() == 0),
            "{} sessions stay",
            self.vault.sessions()
        );
    }
}

/// `buildpass run --` through a wire; the secret goes to a file, so that there is something to be left behind.
fn job(proxy: &Proxy, sandbox: &Sandbox, role: &str, flags: &[&str]) -> Buildpass {
    let secret = format!("SECURITY_PRIVATE_TOKEN={BUILD_TOKEN_PATH}/token@ci,to=file");
    Buildpass::new()
        .args(["--address", &proxy.address, "--role", role, "--secret", &secret])
        .args(flags.iter().copied())
        .args(["run", "--"])
        .env("VAULT_ID_TOKEN", &sandbox.id_token(&proxy.address, json!({})))
}

fn passes(_: &str) -> Fate {
    Fate::Pass
}

fn hold_login(line: &str) -> Fate {
    hold_where(line.contains("/login"))
}

fn hold_where(held: bool) -> Fate {
    if held { Fate::Hold } else { Fate::Pass }
}

fn wait_for_start(job: &Buildpass) {
    let started = job.project().join("started");
    assert!(wait_until(START, || started.exists()), "the command was not started");
}

fn was_started(job: &Buildpass) -> bool {
    job.project().join("started").exists()
}

fn let_it_end(job: &Buildpass) {
    fs::write(job.project().join("stop"), "").unwrap();
}

fn no_directory_stays(job: &Buildpass) {
    let count = || fs::read_dir(job.temporary()).unwrap().count();
    assert!(wait_until(AT_ONCE, || count() == 0), "the private directory stays");
}

fn ended(process: Child) -> Finished {
    let output = process.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Finished { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

fn kill(process: &mut Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

#[test]
fn a_signal_to_the_whole_group_during_login_is_answered_when_the_session_is_over() {
    let Some(scene) = Scene::set(hold_login) else { return };
    let mut job = scene.job(WAITS).in_a_group();
    let mut process = job.spawn();
    assert!(wait_until(START, || scene.proxy.holds()));
    assert_eq!(scene.vault.sessions(), 1);
    send_signal("TERM", -i64::from(process.id()));
    assert!(
        !wait_until(Duration::from_millis(500), || process.try_wait().unwrap().is_some()),
        "the answer may come yet"
    );
    scene.proxy.release();
    let finished = ended(process);
    assert_eq!(scene.vault.sessions(), 0, "at the end itself: a container may be torn down now");
    assert_eq!(finished.code, Some(143), "{}", finished.stderr);
    assert!(finished.stderr.ends_with("buildpass: CMD was not started\n"), "{}", finished.stderr);
    assert!(!was_started(&job));
    no_directory_stays(&job);
}

#[test]
fn a_kill_during_login_leaves_no_session() {
    let Some(scene) = Scene::set(hold_login) else { return };
    let mut job = scene.job(WAITS);
    let mut process = job.spawn();
    assert!(wait_until(START, || scene.proxy.holds()));
    kill(&mut process);
    scene.proxy.release();
    scene.no_session_stays();
    no_directory_stays(&job);
    assert!(!was_started(&job));
}

#[test]
fn a_kill_between_login_and_start_leaves_no_session_although_the_vault_hangs() {
    for hangs_at in ["/renew-self", "/ci/data/"] {
        let Some(scene) = Scene::set(move |line| hold_where(line.contains(hangs_at))) else { return };
        let mut job = scene.job(WAITS);
        let mut process = job.spawn();
        assert!(wait_until(START, || scene.proxy.holds()));
        assert_eq!(scene.vault.sessions(), 1);
        kill(&mut process);
        scene.no_session_stays();
        no_directory_stays(&job);
        assert!(!was_started(&job));
    }
}

#[test]
fn a_signal_between_login_and_start_ends_the_session_although_the_vault_hangs() {
    let Some(scene) = Scene::set(|line| hold_where(line.contains("/ci/data/"))) else { return };
    let mut job = scene.job(WAITS);
    let process = job.spawn();
    assert!(wait_until(START, || scene.proxy.holds()));
    send_signal("INT", process.id().into());
    let finished = ended(process);
    assert_eq!(scene.vault.sessions(), 0);
    assert_eq!(finished.code, Some(130), "{}", finished.stderr);
    assert!(!was_started(&job));
    no_directory_stays(&job);
}

/// A vault that renews a session once, and hangs when it is asked again.
fn hangs_at_the_second_renewal() -> impl Fn(&str) -> Fate + Send + Sync + 'static {
    let renewals = AtomicU32::new(0);
    move |line| hold_where(line.contains("/renew-self") && renewals.fetch_add(1, Ordering::SeqCst) > 0)
}

#[test]
fn a_kill_while_a_renewal_hangs_ends_the_group_and_the_session_at_once() {
    let Some(scene) = Scene::set(hangs_at_the_second_renewal()) else { return };
    let mut job = scene.job_with(&["--lead", "30s"], &format!("echo $$ > pid; {WAITS}"));
    let mut process = job.spawn();
    wait_for_start(&job);
    let cmd = fs::read_to_string(job.project().join("pid")).unwrap().trim().parse().unwrap();
    assert!(wait_until(START, || scene.proxy.holds()));
    kill(&mut process);
    scene.no_session_stays();
    assert!(wait_until(AT_ONCE, || !runs(cmd)), "the command goes on");
    no_directory_stays(&job);
}

#[test]
fn the_end_is_not_kept_waiting_by_a_renewal_that_hangs() {
    let Some(scene) = Scene::set(hangs_at_the_second_renewal()) else { return };
    let mut job = scene.job_with(&["--lead", "30s"], WAITS);
    let process = job.spawn();
    wait_for_start(&job);
    assert!(wait_until(START, || scene.proxy.holds()));
    let_it_end(&job);
    let began = Instant::now();
    let finished = ended(process);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(5), ""));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(scene.vault.sessions(), 0);
}

#[test]
fn a_kill_while_the_vault_is_silent_ends_the_group_and_the_directory_at_once() {
    let Some(scene) = Scene::set(passes) else { return };
    let mut job = scene.job(&format!("echo $$ > pid; {WAITS}"));
    let mut process = job.spawn();
    wait_for_start(&job);
    let cmd = fs::read_to_string(job.project().join("pid")).unwrap().trim().parse().unwrap();
    scene.proxy.turn(State::Silent);
    kill(&mut process);
    assert!(wait_until(AT_ONCE, || !runs(cmd)), "the command goes on");
    no_directory_stays(&job);
}

#[test]
fn a_vault_that_comes_back_is_given_the_session_by_the_guardian() {
    let Some(scene) = Scene::set(passes) else { return };
    let mut job = scene.job(WAITS);
    let process = job.spawn();
    wait_for_start(&job);
    scene.proxy.turn(State::Broken);
    let_it_end(&job);
    let finished = ended(process);
    assert_eq!(finished.code, Some(5), "{}", finished.stderr);
    no_directory_stays(&job);
    assert_eq!(scene.vault.sessions(), 1);
    scene.proxy.turn(State::Whole);
    assert!(wait_until(Duration::from_secs(10), || scene.vault.sessions() == 0), "nobody gave it back");
}

#[test]
fn a_secret_that_is_refused_is_said_in_time_although_nothing_can_be_given_back() {
    let Some(scene) =
        Scene::set(|line| hold_where(line.contains("/ci/data/") || line.contains("/revoke-self")))
    else {
        return;
    };
    let mut job = scene.job_with(&["--timeout", "2s"], WAITS);
    let began = Instant::now();
    let finished = job.run();
    let took = began.elapsed();
    assert_eq!(finished.code, Some(4), "{}", finished.stderr);
    assert!(took < Duration::from_secs(9), "two seconds for the vault, and five for the end: {took:?}");
    assert!(finished.stderr.contains("the guardian goes on giving the session back"), "{}", finished.stderr);
    assert!(finished.stderr.ends_with("buildpass: CMD was not started\n"), "{}", finished.stderr);
    no_directory_stays(&job);
}

#[test]
fn a_refusal_is_said_when_the_session_is_over() {
    let Some(scene) = Scene::set(passes) else { return };
    scene
        .vault
        .role("omnibus-gitlab", json!({"bound_audiences": [scene.proxy.address], "token_policies": []}));
    let mut job = scene.job(WAITS);
    let finished = job.run();
    assert_eq!(scene.vault.sessions(), 0);
    assert_eq!(finished.code, Some(3), "{}", finished.stderr);
    no_directory_stays(&job);
}

#[test]
fn a_command_that_closes_its_output_is_waited_for() {
    let Some(scene) = Scene::set(passes) else { return };
    let mut job = scene.job(&format!("exec >&- 2>&-; {WAITS}"));
    let mut process = job.spawn();
    wait_for_start(&job);
    assert!(!wait_until(Duration::from_secs(1), || process.try_wait().unwrap().is_some()));
    assert_eq!(scene.vault.sessions(), 1);
    let_it_end(&job);
    assert_eq!(process.wait().unwrap().code(), Some(5));
    assert_eq!(scene.vault.sessions(), 0);
}

#[test]
fn an_orphan_that_holds_the_output_keeps_nothing_alive() {
    let Some(scene) = Scene::set(passes) else { return };
    let mut job = scene.job("sleep 300 & echo $! > orphan; exit 4");
    let began = Instant::now();
    let finished = job.run();
    let orphan = fs::read_to_string(job.project().join("orphan")).unwrap();
    send_signal("KILL", orphan.trim().parse().unwrap());
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(4), ""));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(scene.vault.sessions(), 0);
    no_directory_stays(&job);
}

#[test]
fn output_that_nobody_reads_keeps_no_session_alive() {
    let Some(scene) = Scene::set(passes) else { return };
    // More than one pipe holds, and less than two.
    let mut job = scene.job("head -c 100000 /dev/zero; touch written");
    let process = job.spawn();
    assert!(wait_until(START, || job.project().join("written").exists()));
    scene.no_session_stays();
    no_directory_stays(&job);
    let finished = ended(process);
    assert_eq!((finished.code, finished.stdout.len()), (Some(0), 100_000), "nothing of it is lost");
}

#[test]
fn a_stopped_command_is_ended_by_the_second_signal_or_with_buildpass() {
    let Some(scene) = Scene::set(passes) else { return };
    let script = "echo $$ > pid; touch started; kill -STOP $$; exit 5";
    for by in ["TERM", "KILL"] {
        let mut job = scene.job(script);
        let mut process = job.spawn();
        wait_for_start(&job);
        let cmd = fs::read_to_string(job.project().join("pid")).unwrap().trim().parse().unwrap();
        send_signal(by, process.id().into());
        if by == "TERM" && !wait_until(Duration::from_millis(300), || process.try_wait().unwrap().is_some()) {
            send_signal(by, process.id().into());
        }
        let _ = process.wait().unwrap();
        scene.no_session_stays();
        no_directory_stays(&job);
        assert!(wait_until(AT_ONCE, || !runs(cmd)), "{by}");
    }
}

#[test]
fn a_guardian_that_is_killed_costs_the_lead_and_leaves_no_directory() {
    let Some(scene) = Scene::set(passes) else { return };
    let mut job = scene.job_with(&["--lead", "3s"], WAITS);
    let process = job.spawn();
    wait_for_start(&job);
    send_signal("KILL", guardian_of(process.id()).unwrap().into());
    let_it_end(&job);
    let finished = ended(process);
    assert_eq!(finished.code, Some(5));
    assert_eq!(finished.stderr, "buildpass: the guardian process was ended, so the session ends by itself\n");
    no_directory_stays(&job);
    assert!(wait_until(Duration::from_secs(5), || scene.vault.sessions() == 0));
}

#[test]
fn a_guardian_that_is_asked_to_end_with_all_others_gives_back_first() {
    let Some(scene) = Scene::set(passes) else { return };
    for name in ["TERM", "INT", "HUP", "QUIT"] {
        let mut job = scene.job(&format!("trap 'exit 6' TERM INT HUP QUIT; {WAITS}"));
        let process = job.spawn();
        wait_for_start(&job);
        let all = descendants(process.id());
        assert!(all.len() >= 2, "{all:?}");
        send_signal(name, guardian_of(process.id()).unwrap().into());
        send_signal(name, process.id().into());
        let finished = ended(process);
        assert_eq!(finished.code, Some(6), "{name}");
        assert!(!finished.stderr.contains("buildpass"), "{name}: {}", finished.stderr);
        assert_eq!(scene.vault.sessions(), 0, "{name}");
        no_directory_stays(&job);
    }
}

#[test]
fn within_65_seconds_of_any_sudden_end_no_session_is_alive() {
    let Some(vault) = Vault::openbao() else { return println!("skipped: no OpenBao") };
    let sandbox = Sandbox::start();
    vault.deploy(&sandbox);
    let sudden_ends: [fn(&Vault, &Sandbox); 3] =
        [everything_is_killed_at_once, the_vault_is_gone_at_the_end, answers_to_the_login_are_lost];
    // They wait side by side, each for the sessions of its own role.
    thread::scope(|scope| {
        let (vault, sandbox) = (&vault, &sandbox);
        let ends = sudden_ends.map(|end| scope.spawn(move || end(vault, sandbox)));
        ends.into_iter().for_each(|end| end.join().unwrap());
    });
}

/// The bound of everything that nobody was left to give back.
const BOUND: Duration = Duration::from_secs(65);

fn everything_is_killed_at_once(vault: &Vault, sandbox: &Sandbox) {
    const ROLE: &str = "killed-at-once";
    let Some(unshare) = namespace_of_its_own() else {
        return println!("skipped: no PID namespace can be made here");
    };
    let proxy = behind_a_wire(vault, ROLE, "3600s", passes);
    let job = job(&proxy, sandbox, ROLE, &[]).args(["sh", "-c", WAITS]);
    // The shell stays, as the namespace's first process.
    let wrapper: Vec<&str> = unshare.into_iter().chain(["sh", "-c", "\"$0\" \"$@\"; exit"]).collect();
    let mut outside = job.inside(&wrapper).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for_start(&job);
    let inside = descendants(outside.id());
    assert!(inside.iter().any(|pid| guardian_of(*pid).is_some()), "the guardian is among them");
    assert_eq!(alive(vault, ROLE), 1);
    send_signal("KILL", inside[0].into());
    assert!(wait_until(AT_ONCE, || !inside.iter().any(|pid| runs(*pid))), "somebody was left");
    outside.wait().unwrap();
    assert_eq!(alive(vault, ROLE), 1, "nobody was left to give it back");
    all_over(vault, ROLE);
}

fn the_vault_is_gone_at_the_end(vault: &Vault, sandbox: &Sandbox) {
    const ROLE: &str = "vault-gone";
    let proxy = behind_a_wire(vault, ROLE, "3600s", passes);
    let mut job = job(&proxy, sandbox, ROLE, &[]).args(["sh", "-c", WAITS]);
    let process = job.spawn();
    wait_for_start(&job);
    proxy.turn(State::Silent);
    let_it_end(&job);
    let began = Instant::now();
    let finished = ended(process);
    let took = began.elapsed();
    assert_eq!(finished.code, Some(5));
    assert_eq!(
        finished.stderr,
        "buildpass: the vault does not answer: the guardian goes on giving the session back, which otherwise ends when its time does\n"
    );
    assert!(took < Duration::from_secs(8), "{took:?}");
    no_directory_stays(&job);
    assert_eq!(alive(vault, ROLE), 1);
    all_over(vault, ROLE);
}

fn answers_to_the_login_are_lost(vault: &Vault, sandbox: &Sandbox) {
    const ROLE: &str = "answer-lost";
    const LOST: u32 = 3;
    let logins = AtomicU32::new(0);
    let proxy = behind_a_wire(vault, ROLE, "60s", move |line| {
        let lost = line.contains("/login") && logins.fetch_add(1, Ordering::SeqCst) < LOST;
        if lost { Fate::Lose } else { Fate::Pass }
    });
    let finished = job(&proxy, sandbox, ROLE, &[]).args(["true"]).run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "a login is tried again");
    assert_eq!(alive(vault, ROLE), LOST as usize, "those that nobody knows of, and no other");
    all_over(vault, ROLE);
}

/// A role of its own, whose jobs reach the vault through a wire.
fn behind_a_wire(
    vault: &Vault,
    role: &str,
    ttl: &str,
    fate: impl Fn(&str) -> Fate + Send + Sync + 'static,
) -> Proxy {
    let proxy = Proxy::start(&vault.address, fate);
    vault.role(role, json!({"bound_audiences": [proxy.address], "token_ttl": ttl}));
    proxy
}

/// The sessions of one role that are alive, by the vault's own list.
fn alive(vault: &Vault, role: &str) -> usize {
    let listed = vault.must("LIST", "auth/token/accessors", Value::Null);
    let of_role = listed["data"]["keys"].as_array().unwrap().iter().filter(|accessor| {
        // One that ends meanwhile is not found.
        let (_, looked) = vault.ask("POST", "auth/token/lookup-accessor", json!({"accessor": accessor}));
        looked["data"]["meta"]["role"] == role
    });
    of_role.count()
}

fn all_over(vault: &Vault, role: &str) {
    let began = Instant::now();
    let look = || {
        thread::park_timeout(Duration::from_millis(250));
        alive(vault, role) == 0
    };
    assert!(wait_until(BOUND, look), "{} sessions of {role} are alive after {BOUND:?}", alive(vault, role));
    println!("{role}: over after {} s", began.elapsed().as_secs());
}

/// How a command is run in a PID namespace of its own, as root or as a user who may.
fn namespace_of_its_own() -> Option<Vec<&'static str>> {
    let common = ["--pid", "--fork", "--mount-proc", "--kill-child"];
    let as_root: Vec<&str> = ["unshare"].into_iter().chain(common).collect();
    let as_user: Vec<&str> = ["unshare", "--user", "--map-root-user"].into_iter().chain(common).collect();
    let works = |wrapper: &Vec<&str>| {
        let mut tried = Command::new(wrapper[0]);
        tried.args(&wrapper[1..]).arg("true").stdout(Stdio::null()).stderr(Stdio::null());
        tried.status().is_ok_and(|status| status.success())
    };
    [as_root, as_user].into_iter().find(works)
}
