//! `buildpass run` on real vaults: what CMD gets, how it ends, and what is left.

use std::{
    process::Child,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::harness::{
    BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Sandbox, Vault, descendants, on_every_vault, runs, wait_until,
};

/// `buildpass run`, with the build token handed over as `to` says.
fn run(vault: &Vault, id_token: &str, to: &str) -> Buildpass {
    let secret = format!("SECURITY_PRIVATE_TOKEN={BUILD_TOKEN_PATH}/token@ci,to={to}");
    Buildpass::new()
        .args(["--address", &vault.address, "--role", "omnibus-gitlab", "--secret", &secret, "run", "--"])
        .env("VAULT_ID_TOKEN", id_token)
}

fn id_token(vault: &Vault) -> (Sandbox, String) {
    let sandbox = Sandbox::start();
    vault.deploy(&sandbox);
    let token = sandbox.id_token(&vault.address, json!({}));
    (sandbox, token)
}

/// Waits for the file that a command makes when it runs.
fn wait_for_start(job: &Buildpass) {
    let started = job.project().join("started");
    assert!(wait_until(Duration::from_secs(20), || started.exists()), "the command was not started");
}

fn signal(job: &Child, name: &str) {
    let pid = job.id().to_string();
    assert!(std::process::Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
}

fn no_session_stays(vault: &Vault) {
    let mut alive = usize::MAX;
    wait_until(Duration::from_secs(2), || {
        alive = vault.sessions();
        alive == 0
    });
    assert_eq!(alive, 0, "sessions alive two seconds after the end");
}

on_every_vault! {
    fn cmd_gets_the_secret_in_its_environment_and_nothing_else(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "printf %s \"$SECURITY_PRIVATE_TOKEN\" > got; env > environment; ls \"$TMPDIR\" > temporary";
        let mut job = run(vault, &token, "env")
            .args(["sh", "-c", script])
            .env("VAULT_TOKEN", "hvs.made-up-personal-token")
            .env("BAO_TOKEN", "hvs.made-up-personal-token")
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "made-up-actions-token")
            .env("COPY_OF_IT", &token);
        let finished = job.run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
        let read = |name| std::fs::read_to_string(job.project().join(name)).unwrap();
        assert_eq!(read("got"), BUILD_TOKEN);
        let environment = read("environment");
        for never in ["made-up-personal", "made-up-actions", token.as_str(), "COPY_OF_IT", "VAULT_ID_TOKEN"] {
            assert!(!environment.contains(never), "{never}");
        }
        no_session_stays(vault);
        assert_eq!(std::fs::read_dir(job.temporary()).unwrap().count(), 0, "the private directory is gone");
    }

    fn a_file_is_private_and_gone_afterwards(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "cat \"$SECURITY_PRIVATE_TOKEN\" > got; stat -c '%a' \"$(dirname \"$SECURITY_PRIVATE_TOKEN\")\" > folder; \
                      stat -c '%a %n' \"$SECURITY_PRIVATE_TOKEN\"";
        let mut job = run(vault, &token, "file").args(["sh", "-c", script]);
        let finished = job.run();
        let (mode, path) = finished.stdout.trim_end().split_once(' ').unwrap();
        assert_eq!(mode, "600");
        assert_eq!(std::fs::read_to_string(job.project().join("folder")).unwrap(), "700\n");
        assert!(!std::path::Path::new(path).exists(), "{path}");
        assert_eq!(std::fs::read_to_string(job.project().join("got")).unwrap(), BUILD_TOKEN);
        no_session_stays(vault);
    }

    fn what_git_is_to_get_is_in_no_environment(vault) {
        let (_sandbox, token) = id_token(vault);
        let mut job = run(vault, &token, "git").args(["env"]).env("SECURITY_PRIVATE_TOKEN", "a-broad-old-bot-token");
        let finished = job.run();
        assert_eq!(finished.code, Some(0));
        assert!(!finished.stdout.contains("SECURITY_PRIVATE_TOKEN="), "{}", finished.stdout);
    }

    fn the_id_token_stays_where_that_is_asked_for(vault) {
        let (_sandbox, token) = id_token(vault);
        let secret = format!("A={BUILD_TOKEN_PATH}/token@ci");
        let finished = Buildpass::new()
            .args(["--address", &vault.address, "--role", "omnibus-gitlab", "--secret", &secret])
            .args(["run", "--keep-id-token", "sh", "-c", "printenv VAULT_ID_TOKEN | wc -c"])
            .env("VAULT_ID_TOKEN", &token)
            .run();
        assert_eq!(finished.stdout.trim(), (token.len() + 1).to_string());
    }

    fn the_output_is_masked_on_both_streams(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = r#"echo "out $SECURITY_PRIVATE_TOKEN"; echo "err $SECURITY_PRIVATE_TOKEN" >&2; printf 'x:%s' "$SECURITY_PRIVATE_TOKEN" | base64; printf %s "$SECURITY_PRIVATE_TOKEN" | cut -c1-20"#;
        let finished = run(vault, &token, "env").args(["sh", "-c", script]).run();
        assert!(finished.stdout.starts_with("out [MASKED]\n"), "{}", finished.stdout);
        assert_eq!(finished.stderr, "err [MASKED]\n");
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("x:{BUILD_TOKEN}"));
        assert!(!finished.stdout.contains(&encoded[4..20]), "{}", finished.stdout);
    }

    fn a_short_secret_is_given_and_warned_of(vault) {
        let (_sandbox, token) = id_token(vault);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": "short"}));
        let finished = run(vault, &token, "env").args(["sh", "-c", "echo $SECURITY_PRIVATE_TOKEN"]).run();
        assert_eq!(finished.stdout, "short\n");
        assert!(finished.stderr.contains("SECURITY_PRIVATE_TOKEN has fewer than 8 characters"), "{}", finished.stderr);
    }

    fn the_exit_code_is_cmds_own(vault) {
        let (_sandbox, token) = id_token(vault);
        for (script, code) in [("exit 0", 0), ("exit 1", 1), ("exit 77", 77), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] {
            let finished = run(vault, &token, "env").args(["sh", "-c", script]).run();
            assert_eq!((finished.code, finished.stderr.as_str()), (Some(code), ""), "{script}");
        }
        no_session_stays(vault);
    }

    fn a_command_that_does_not_exist_is_said_and_the_session_given_back(vault) {
        let (_sandbox, token) = id_token(vault);
        let finished = run(vault, &token, "env").args(["no-such-command-anywhere"]).run();
        assert_eq!(finished.code, Some(2));
        insta::assert_snapshot!(finished.stderr, @"
        error: the command `no-such-command-anywhere` cannot be started
          caused by: No such file or directory (os error 2)
        hint: is it installed, executable, and in the PATH of this job?
        buildpass: CMD was not started
        ");
        no_session_stays(vault);
    }

    fn own_exit_code_marks_every_command_that_was_not_started(vault) {
        let (_sandbox, token) = id_token(vault);
        let secret = format!("A={BUILD_TOKEN_PATH}/token@ci");
        let base = ["--address", &vault.address, "--role", "omnibus-gitlab", "--secret", &secret, "run", "--own-exit-code", "75", "--"];
        let finished = Buildpass::new().args(base).args(["no-such-command-anywhere"]).env("VAULT_ID_TOKEN", &token).run();
        assert_eq!(finished.code, Some(75));
        let finished = Buildpass::new().args(base).args(["true"]).run();
        assert_eq!(finished.code, Some(75), "{}", finished.stderr);
        let finished = Buildpass::new().args(base).args(["false"]).env("VAULT_ID_TOKEN", &token).run();
        assert_eq!(finished.code, Some(1), "{}", finished.stderr);
    }

    fn terminate_is_passed_on_and_everything_given_back(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "trap 'echo got it; exit 9' TERM; touch started; while :; do sleep 0.05; done";
        let mut job = run(vault, &token, "file").args(["sh", "-c", script]);
        let mut process = job.spawn();
        wait_for_start(&job);
        assert_eq!(vault.sessions(), 1);
        signal(&process, "TERM");
        assert_eq!(process.wait().unwrap().code(), Some(9));
        no_session_stays(vault);
        assert_eq!(std::fs::read_dir(job.temporary()).unwrap().count(), 0);
    }

    fn the_second_interrupt_kills(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "trap '' INT TERM; touch started; while :; do sleep 0.05; done";
        let mut job = run(vault, &token, "env").args(["sh", "-c", script]);
        let mut process = job.spawn();
        wait_for_start(&job);
        signal(&process, "INT");
        assert!(!wait_until(Duration::from_millis(300), || process.try_wait().unwrap().is_some()), "the first is a request");
        signal(&process, "INT");
        assert_eq!(process.wait().unwrap().code(), Some(137));
        no_session_stays(vault);
    }

    fn a_kill_of_buildpass_ends_the_session_the_group_and_the_directory(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "echo $$ > pid; touch started; exec sleep 300";
        let mut job = run(vault, &token, "file").args(["sh", "-c", script]);
        let mut process = job.spawn();
        wait_for_start(&job);
        let pid = std::fs::read_to_string(job.project().join("pid")).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        no_session_stays(vault);
        let cmd = std::path::PathBuf::from(format!("/proc/{}/cmdline", pid.trim()));
        assert!(wait_until(Duration::from_secs(5), || !std::fs::read_to_string(&cmd).is_ok_and(|line| line.contains("sleep"))));
        assert!(wait_until(Duration::from_secs(5), || std::fs::read_dir(job.temporary()).unwrap().count() == 0));
    }

    fn a_group_that_ignores_term_is_killed_after_ten_seconds(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "trap '' TERM; echo $$ > pid; touch started; while :; do sleep 0.1; done";
        let mut job = run(vault, &token, "env").args(["sh", "-c", script]);
        let mut process = job.spawn();
        wait_for_start(&job);
        let pid = std::fs::read_to_string(job.project().join("pid")).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        let began = Instant::now();
        let alive = || std::path::Path::new(&format!("/proc/{}", pid.trim())).exists();
        assert!(wait_until(Duration::from_secs(20), || !alive()), "the group lives");
        assert!(began.elapsed() > Duration::from_secs(8), "killed after {:?}", began.elapsed());
    }

    fn the_session_is_put_on_a_short_lead_and_kept_while_cmd_runs(vault) {
        let (_sandbox, token) = id_token(vault);
        let script = "touch started; while [ ! -e stop ]; do sleep 0.05; done";
        let secret = format!("A={BUILD_TOKEN_PATH}/token@ci");
        let mut job = Buildpass::new()
            .args(["--address", &vault.address, "--role", "omnibus-gitlab", "--secret", &secret, "--lead", "3s", "run", "sh", "-c", script])
            .env("VAULT_ID_TOKEN", &token);
        let mut process = job.spawn();
        wait_for_start(&job);
        let listed = vault.must("LIST", "auth/token/accessors", serde_json::Value::Null);
        let left: Vec<u64> = listed["data"]["keys"].as_array().unwrap().iter().map(|accessor| {
            let looked = vault.must("POST", "auth/token/lookup-accessor", json!({"accessor": accessor}));
            looked["data"]["ttl"].as_u64().unwrap()
        }).filter(|left| *left > 0).collect();
        assert!(left.iter().all(|left| *left <= 3) && left.len() == 1, "{left:?}");
        let began = Instant::now();
        assert!(!wait_until(Duration::from_secs(5), || vault.sessions() == 0), "it ended after {:?}", began.elapsed());
        std::fs::write(job.project().join("stop"), "").unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(0));
        no_session_stays(vault);
    }

    fn a_session_that_nobody_can_end_is_said_and_fails_nothing(vault) {
        let (_sandbox, token) = id_token(vault);
        vault.role("omnibus-gitlab", json!({"token_type": "batch"}));
        let finished = run(vault, &token, "env").args(["true"]).run();
        assert_eq!(finished.code, Some(0));
        assert!(finished.stderr.starts_with("buildpass: the session lives until 20"), "{}", finished.stderr);
        assert!(finished.stderr.ends_with("Z: it is a batch token, which no vault shortens or takes back\n"), "{}", finished.stderr);
        vault.role("omnibus-gitlab", json!({"token_type": "service", "token_no_default_policy": true}));
        let finished = run(vault, &token, "env").args(["true"]).run();
        assert_eq!(finished.code, Some(0));
        assert!(finished.stderr.contains("no policy that allows `auth/token/renew-self`"), "{}", finished.stderr);
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
        vault.role("omnibus-gitlab", json!({"token_no_default_policy": false, "token_period": "3600s"}));
        let finished = run(vault, &token, "env").args(["true"]).run();
        assert_eq!(finished.code, Some(0));
        assert!(finished.stderr.contains("its role has a `token_period`"), "{}", finished.stderr);
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    }

    fn when_decides_what_is_asked_for(vault) {
        let (_sandbox, token) = id_token(vault);
        let config = format!(
            "[[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\n\
             when = '$SECURITY_PROJECT_PATH && $CI_PROJECT_PATH == $SECURITY_PROJECT_PATH'\n"
        );
        let job = |project: &str| {
            Buildpass::new()
                .args(["--address", &vault.address, "--role", "omnibus-gitlab", "run", "sh", "-c", "echo ${SECURITY_PRIVATE_TOKEN+given}"])
                .file("buildpass.toml", &config)
                .env("VAULT_ID_TOKEN", &token)
                .env("SECURITY_PROJECT_PATH", "gitlab-org/security/omnibus-gitlab")
                .env("CI_PROJECT_PATH", project)
                .run()
        };
        assert_eq!(job("gitlab-org/security/omnibus-gitlab").stdout, "given\n");
        assert_eq!(job("gitlab-org/omnibus-gitlab").stdout, "\n");
    }
}

#[test]
fn a_job_that_may_have_nothing_needs_nothing() {
    let config = "[[secret]]\nname = \"TOKEN\"\nfrom = \"a/b@c\"\nto = \"git\"\nwhen = '$CI_PROJECT_PATH == \"group/secret\"'\n\
                  [[git]]\nrealm = \"https://gitlab.example/group/\"\npassword = \"TOKEN\"\n";
    let finished = Buildpass::new()
        .file("buildpass.toml", config)
        .env("CI_SERVER_HOST", "gitlab.example")
        .env("VAULT_ID_TOKEN", "not-even-a-jwt-but-still-not-for-cmd")
        .args(["run", "sh", "-c", "env | grep -c -e VAULT_ID_TOKEN -e TOKEN= -e GIT_CONFIG_COUNT; exit 7"])
        .run();
    assert_eq!((finished.code, finished.stdout.as_str(), finished.stderr.as_str()), (Some(7), "0\n", ""));
}

#[test]
fn arguments_that_make_no_sense_start_no_command_either() {
    for (arguments, code) in [
        (vec!["run"], 2),
        (vec!["run", "--nope", "true"], 2),
        (vec!["run", "--own-exit-code", "75", "--nope"], 75),
    ] {
        let finished = Buildpass::new().args(arguments.iter().copied()).run();
        assert_eq!(finished.code, Some(code), "{arguments:?}");
        assert!(finished.stderr.ends_with("buildpass: CMD was not started\n"), "{}", finished.stderr);
    }
    let finished = Buildpass::new().args(["run", "sh", "-c", "exit 4"]).run();
    assert_eq!(finished.code, Some(4), "CMD's own flags are CMD's");
}

/// Ignores what `nohup` and a shell's background jobs ignore.
const IGNORES: [&str; 4] = ["sh", "-c", "trap '' HUP INT QUIT USR1; exec \"$@\"", "sh"];

#[test]
fn cmd_blocks_and_ignores_the_signals_that_it_would_without_us() {
    let asks = ["grep", "^Sig[BI]", "/proc/self/status"];
    let plain = Buildpass::new();
    let masks_of = |mut command: std::process::Command| {
        masks(&String::from_utf8(command.output().unwrap().stdout).unwrap())
    };
    for wrapper in [&["env"][..], &IGNORES] {
        let mut without = plain.other_program(wrapper[0]);
        without.args(&wrapper[1..]).args(asks);
        let with = Buildpass::new().args(["run", "--"]).args(asks);
        let without = masks_of(without);
        assert_eq!(without.len(), 2);
        assert_eq!(masks_of(with.inside(wrapper)), without, "{wrapper:?}");
    }
}

/// The masks of signals in lines of `/proc/PID/status`, but for 32 and 33: these are the C library's own, and its `posix_spawn`
/// leaves them ignored.
pub(crate) fn masks(status: &str) -> Vec<u64> {
    let masks =
        status.lines().map(|line| u64::from_str_radix(line.split_once(":\t").unwrap().1, 16).unwrap());
    masks.map(|mask| mask & !(0b11 << 31)).collect()
}

#[test]
fn a_signal_that_our_caller_ignores_ends_nothing() {
    let job = Buildpass::new()
        .args(["run", "--", "sh", "-c"])
        .args(["touch started; until [ -e stop ]; do sleep 0.05; done; exit 5"]);
    let mut process = job.inside(&IGNORES).spawn().unwrap();
    wait_for_start(&job);
    signal(&process, "HUP");
    signal(&process, "INT");
    signal(&process, "INT");
    let over = wait_until(Duration::from_millis(300), || process.try_wait().unwrap().is_some());
    std::fs::write(job.project().join("stop"), "").unwrap();
    assert_eq!((over, process.wait().unwrap().code()), (false, Some(5)));
}

#[test]
fn the_second_request_to_end_does_not_wait_for_output_that_nobody_reads() {
    for name in ["INT", "TERM"] {
        let mut job = Buildpass::new().args([
            "run",
            "--",
            "sh",
            "-c",
            "touch started; head -c 150000 /dev/zero; exit 3",
        ]);
        let mut process = job.spawn();
        wait_for_start(&job);
        let ended = wait_until(Duration::from_secs(20), || !descendants(process.id()).into_iter().any(runs));
        assert!(ended, "CMD has ended, and everything was given back");
        signal(&process, name);
        let over = wait_until(Duration::from_millis(300), || process.try_wait().unwrap().is_some());
        assert!(!over, "the first one leaves the reader time");
        signal(&process, name);
        let over = wait_until(Duration::from_secs(5), || process.try_wait().unwrap().is_some());
        if !over {
            process.kill().unwrap();
        }
        assert_eq!((over, process.wait().unwrap().code()), (true, Some(3)));
    }
}

#[test]
fn output_that_does_not_wait_is_waited_for() {
    use std::io::Read as _;
    let job = Buildpass::new().args(["run", "--", "head", "-c", "3000000", "/dev/zero"]);
    let (mut reader, writer) = std::io::pipe().unwrap();
    rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::NONBLOCK).unwrap();
    let mut command = job.inside(&["env"]);
    let mut process = command.stdout(writer).spawn().unwrap();
    // The command holds our end too.
    drop(command);
    let full = || rustix::io::ioctl_fionread(&reader).unwrap() >= 65_536;
    assert!(wait_until(Duration::from_secs(20), full), "the pipe is full");
    let mut got = Vec::new();
    reader.read_to_end(&mut got).unwrap();
    assert_eq!((got.len(), process.wait().unwrap().code()), (3_000_000, Some(0)));
}

#[test]
fn a_job_without_secrets_needs_no_private_directory_and_has_no_id_token_under_gitlabs_name() {
    let finished = Buildpass::new()
        .args(["--token-variable", "OTHER", "run", "sh", "-c", "env | grep -c VAULT_ID_TOKEN"])
        .env("VAULT_ID_TOKEN", "made-up-but-still-not-for-cmd")
        .env("TMPDIR", "/nonexistent")
        .run();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), "0\n"), "{}", finished.stderr);
}
