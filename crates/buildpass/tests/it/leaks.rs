//! A secret is searched for everywhere while a job uses it, and afterwards: in arguments, environments, open files, on disk and in the output.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    os::unix::fs::{chown, symlink},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use serde_json::json;

use crate::harness::{
    BUILD_TOKEN_PATH, Buildpass, Fate, Proxy, REPOSITORY, Sandbox, Search, SecurityGroup, Seen, Vault,
    command_line, descendants, guardian_of, send_signal, wait_until,
};

/// A secret whose forms all look different, and another one in every test: they run side by side.
fn mark_number(number: &str) -> String {
    format!("made-up/mark+of \"these\" tests={number}?&%")
}

const MARK_PATH: &str = "marks/one";

const START: Duration = Duration::from_secs(20);

const WAITS: &str = "touch started; while [ ! -e stop ]; do sleep 0.05; done";

/// A vault that also keeps the mark; what it answers is written down, for the session's token is known to nobody else.
fn vault_with_mark(vault: &Vault, sandbox: &Sandbox) -> (Proxy, String) {
    let proxy = Proxy::start(&vault.address, |_| Fate::Pass);
    let mark = mark_number(proxy.address.rsplit(':').next().unwrap());
    vault.deploy(sandbox);
    vault.write_secret(MARK_PATH, json!({"mark": mark}));
    let rules = [BUILD_TOKEN_PATH, MARK_PATH]
        .map(|path| format!("path \"ci/data/{path}\" {{ capabilities = [\"read\"] }}\n"));
    vault.policy("build-token", &rules.concat());
    vault.role("omnibus-gitlab", json!({"bound_audiences": [proxy.address]}));
    (proxy, mark)
}

/// The token of the session that was made through this wire.
fn session_token(proxy: &Proxy) -> String {
    let answered = proxy.answered();
    let (_, from) = answered.split_once("\"client_token\":\"").unwrap();
    from.split_once('"').unwrap().0.to_owned()
}

fn wait_for_start(job: &Buildpass) {
    let started = job.project().join("started");
    assert!(wait_until(START, || started.exists()), "the command was not started");
}

/// Asserts that nobody holds it, and says how many environments were out of reach.
fn nobody_holds(search: &Search, what: &str) {
    only_these_hold(search, what, &BTreeSet::new());
}

/// Asserts that it stands in no arguments, and in the environments of `allowed` alone.
fn only_these_hold(search: &Search, what: &str, allowed: &BTreeSet<u32>) {
    let Seen { arguments, environment, unreadable } = search.processes();
    if unreadable > 0 {
        println!(
            "{unreadable} environments could not be read by this user, and were not searched for {what}"
        );
    }
    let who = |pids: BTreeSet<u32>| pids.into_iter().map(command_line).collect::<Vec<_>>();
    assert!(arguments.is_empty(), "{what} in the arguments of {:?}", who(arguments));
    let others: BTreeSet<u32> = environment.difference(allowed).copied().collect();
    assert!(others.is_empty(), "{what} in the environment of {:?}", who(others));
}

#[test]
fn a_secret_for_git_is_nowhere_while_git_uses_it_and_afterwards() {
    let Some(vault) = Vault::openbao() else { return println!("skipped: no OpenBao") };
    let group = SecurityGroup::start();
    let (to_vault, mark) = vault_with_mark(&vault, &group.sandbox);
    vault.write_secret(BUILD_TOKEN_PATH, json!({"token": group.token}));
    // The clone stands still in its middle.
    let to_gitlab =
        Proxy::start(
            &group.sandbox.url,
            |line| {
                if line.starts_with("POST ") { Fate::Hold } else { Fate::Pass }
            },
        );
    let id_token = group.sandbox.id_token(&to_vault.address, json!({}));
    let (host, port) = to_gitlab.address.trim_start_matches("http://").split_once(':').unwrap();
    let config = format!(
        "[vault]\naddress = \"{vault}\"\nrole = \"omnibus-gitlab\"\n\
         [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n\
         [[secret]]\nname = \"MARKED\"\nfrom = \"{MARK_PATH}/mark@ci\"\nto = \"git\"\n\
         [[git]]\nrealm = \"{gitlab}/gitlab-org/security/\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n\
         [[git]]\nrealm = \"{gitlab}/gitlab-org/other/\"\npassword = \"MARKED\"\n",
        vault = to_vault.address,
        gitlab = to_gitlab.address,
    );
    let script = format!("git clone -q {}/{REPOSITORY} shell; cat shell/README.md", to_gitlab.address);
    let mut job = Buildpass::new()
        .file("buildpass.toml", &config)
        .args(["run", "--", "sh", "-c", &script])
        .env("VAULT_ID_TOKEN", &id_token)
        .env("CI_SERVER_HOST", host)
        .env("CI_SERVER_PORT", port);
    let process = job.spawn();
    assert!(wait_until(START, || to_gitlab.holds()), "git asked for nothing");
    assert!(!group.sandbox.credentials_seen().is_empty(), "git has the token");
    let running = descendants(process.id());
    let lines: Vec<String> = running.iter().map(|pid| command_line(*pid).join(" ")).collect();
    assert!(lines.iter().any(|line| line.contains("remote-http")), "{lines:?}");
    let everyone: Vec<u32> = running.into_iter().chain([process.id()]).collect();

    let searches = [
        ("the build token", Search::of(&group.token)),
        ("the mark", Search::of(&mark)),
        ("the session's token", Search::of(&session_token(&to_vault))),
        ("the ID token", Search::of(&id_token)),
    ];
    for (what, search) in &searches {
        // buildpass was given the ID token in its own environment, by whoever started it; it goes no further.
        let allowed = if *what == "the ID token" { BTreeSet::from([process.id()]) } else { BTreeSet::new() };
        only_these_hold(search, what, &allowed);
        assert_eq!(search.open_files(&everyone), Vec::<&Path>::new(), "{what} in open files");
        assert_eq!(search.folder(job.folder()), Vec::<&Path>::new(), "{what} on disk");
    }
    to_gitlab.release();
    let output = process.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a private repository\n");
    for (what, search) in &searches {
        nobody_holds(search, what);
        assert_eq!(search.folder(job.folder()), Vec::<&Path>::new(), "{what} on disk afterwards");
        assert!(!search.is_in(&output.stdout) && !search.is_in(&output.stderr), "{what} in the output");
    }
}

/// A job that gets the mark as `to` says, and waits.
fn marked_job(to_vault: &Proxy, id_token: &str, to: &str, script: &str) -> Buildpass {
    let secret = format!("MARKED={MARK_PATH}/mark@ci,to={to}");
    Buildpass::new()
        .args(["--address", &to_vault.address, "--role", "omnibus-gitlab", "--secret", &secret])
        .args(["run", "--", "sh", "-c", script])
        .env("VAULT_ID_TOKEN", id_token)
}

#[test]
fn a_secret_for_the_environment_is_held_by_the_command_and_its_descendants_alone() {
    let Some(vault) = Vault::openbao() else { return println!("skipped: no OpenBao") };
    let sandbox = Sandbox::start();
    let (to_vault, mark) = vault_with_mark(&vault, &sandbox);
    let id_token = sandbox.id_token(&to_vault.address, json!({}));
    let script = format!(
        "echo $$ > pid; sh -c 'while [ ! -e stop ]; do sleep 0.05; done' & {WAITS}; printf '%s' \"$MARKED\""
    );
    let mut job = marked_job(&to_vault, &id_token, "env", &script);
    let process = job.spawn();
    wait_for_start(&job);
    let cmd: u32 = fs::read_to_string(job.project().join("pid")).unwrap().trim().parse().unwrap();
    let mark = Search::of(&mark);
    // The build starts and ends processes all the time: who holds it is asked before and after who belongs to it.
    let mut of_the_build = BTreeSet::from([cmd]);
    let mut holders = BTreeSet::new();
    assert!(wait_until(START, || {
        of_the_build.extend(descendants(cmd));
        let seen = mark.processes();
        of_the_build.extend(descendants(cmd));
        assert_eq!(seen.arguments, BTreeSet::new());
        holders = seen.environment;
        holders.contains(&cmd) && holders.len() >= 2
    }));
    let buildpass = [process.id(), guardian_of(process.id()).unwrap()];
    assert!(
        holders.iter().all(|pid| !buildpass.contains(pid)),
        "buildpass itself holds it in its environment"
    );
    let others: Vec<_> = holders
        .difference(&of_the_build)
        .map(|pid| command_line(*pid))
        .filter(|line| !line.is_empty() && line[0] != "sleep")
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(mark.folder(job.folder()), Vec::<&Path>::new());
    for (what, text, allowed) in [
        ("the session's token", session_token(&to_vault), BTreeSet::new()),
        ("the ID token", id_token.clone(), BTreeSet::from([process.id()])),
    ] {
        let search = Search::of(&text);
        only_these_hold(&search, what, &allowed);
        assert_eq!(search.folder(job.folder()), Vec::<&Path>::new(), "{what} on disk");
    }
    fs::write(job.project().join("stop"), "").unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[MASKED]");
    nobody_holds(&mark, "the mark");
}

#[test]
fn on_a_terminal_the_launcher_that_stays_has_no_secret_in_its_arguments() {
    let Some(vault) = Vault::openbao() else { return println!("skipped: no OpenBao") };
    let sandbox = Sandbox::start();
    let (to_vault, mark) = vault_with_mark(&vault, &sandbox);
    let id_token = sandbox.id_token(&to_vault.address, json!({}));
    let secret = format!("MARKED={MARK_PATH}/mark@ci");
    let job = Buildpass::new()
        .args(["--address", &to_vault.address, "--role", "omnibus-gitlab", "--secret", &secret])
        .args(["run", "--", "sh", "./wait.sh"])
        .file("wait.sh", &format!("echo $$ > pid; {WAITS}\n"))
        .env("VAULT_ID_TOKEN", &id_token);
    let mut with_terminal =
        job.inside(&["sh", "-c", "exec script --quiet --return --command \"$*\" /dev/null", "sh"]);
    if !Command::new("script")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
    {
        return println!("skipped: no program that gives a terminal");
    }
    let mut process = with_terminal.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for_start(&job);
    let cmd: u32 = fs::read_to_string(job.project().join("pid")).unwrap().trim().parse().unwrap();
    let launcher = descendants(process.id())
        .into_iter()
        .find(|pid| command_line(*pid).get(1).is_some_and(|word| word == "launch"));
    let launcher = launcher.expect("the launcher watches the terminal");
    let seen = Search::of(&mark).processes();
    assert_eq!(seen.arguments, BTreeSet::new());
    assert!(
        seen.environment.is_superset(&BTreeSet::from([launcher, cmd])),
        "CMD's environment is the launcher's"
    );
    let buildpass = descendants(process.id()).into_iter().filter(|pid| {
        let line = command_line(*pid);
        line.iter().any(|word| word == "run") || line == ["buildpass", "guard"]
    });
    assert!(buildpass.into_iter().all(|pid| !seen.environment.contains(&pid)));
    only_these_hold(&Search::of(&session_token(&to_vault)), "the session's token", &BTreeSet::new());
    fs::write(job.project().join("stop"), "").unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(0));
    assert!(wait_until(Duration::from_secs(2), || vault.sessions() == 0));
}

#[test]
fn a_secret_in_a_file_is_in_that_file_alone_and_gone_afterwards() {
    let Some(vault) = Vault::openbao() else { return println!("skipped: no OpenBao") };
    let sandbox = Sandbox::start();
    let (to_vault, mark) = vault_with_mark(&vault, &sandbox);
    let id_token = sandbox.id_token(&to_vault.address, json!({}));
    let mut job = marked_job(&to_vault, &id_token, "file", &format!("echo \"$MARKED\" > path; {WAITS}"));
    let process = job.spawn();
    wait_for_start(&job);
    let mark = Search::of(&mark);
    nobody_holds(&mark, "the mark");
    let path = fs::read_to_string(job.project().join("path")).unwrap();
    assert_eq!(mark.folder(job.folder()), [Path::new(path.trim())]);
    fs::write(job.project().join("stop"), "").unwrap();
    assert_eq!(process.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(mark.folder(job.folder()), Vec::<&Path>::new());
}

#[test]
fn the_search_finds_what_is_planted() {
    let planted = format!("planted-{}", mark_number(&std::process::id().to_string()));
    let search = Search::of(&planted);
    assert_eq!(search.processes().arguments, BTreeSet::new());

    let in_arguments = waiting("sh", &["-c", "read line", &planted], None);
    let in_environment = waiting("sh", &["-c", "read line; exit 0"], Some(&planted));
    let seen = search.processes();
    assert_eq!(seen.arguments, BTreeSet::from([in_arguments.id()]));
    assert_eq!(seen.environment, BTreeSet::from([in_environment.id()]));
    for mut child in [in_arguments, in_environment] {
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    let wrapped = |text: String| {
        text.as_bytes().chunks(76).map(|line| [line, b"\n"].concat()).collect::<Vec<_>>().concat()
    };
    let basic = STANDARD.encode(format!("gitlab-ci-token:{planted}"));
    let url: String = url::form_urlencoded::byte_serialize(planted.as_bytes()).collect();
    let contents = [
        planted.clone().into_bytes(),
        wrapped(STANDARD.encode(format!("{}{planted} and more", "x".repeat(50)))),
        wrapped(STANDARD.encode(format!("{}{planted} and more", "x".repeat(51)))),
        wrapped(STANDARD.encode(format!("{}{planted} and more", "x".repeat(52)))),
        format!("Authorization: Basic {basic}").into_bytes(),
        json!({"password": planted}).to_string().into_bytes(),
        URL_SAFE.encode(format!("oauth2:{planted}")).into_bytes(),
        url.replace('+', "%20").into_bytes(),
        url.into_bytes(),
    ];
    for (number, content) in contents.iter().enumerate() {
        assert!(search.is_in(content), "form {number}: {}", String::from_utf8_lossy(content));
        fs::write(below.join(number.to_string()), content).unwrap();
    }
    symlink(format!("/nowhere/{planted}"), folder.path().join("link")).unwrap();
    fs::write(below.join("innocent"), "made-up/mark+of").unwrap();
    assert_eq!(search.folder(folder.path()).len(), contents.len() + 1);

    let mut deleted = tempfile::tempfile().unwrap();
    deleted.write_all(planted.as_bytes()).unwrap();
    assert_eq!(search.open_files(&[std::process::id()]).len(), 1);
}

/// A program that lives as long as its stdin is open.
fn waiting(program: &str, arguments: &[&str], in_environment: Option<&str>) -> Child {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    if let Some(value) = in_environment {
        command.env("PLANTED", value);
    }
    let child = command.spawn().unwrap();
    assert!(wait_until(START, || command_line(child.id()).first().is_some_and(|name| name == program)));
    child
}

/// The user that has nothing.
const NOBODY: u32 = 65_534;

#[test]
fn nobody_of_the_same_user_looks_into_buildpass_or_its_guardian_and_neither_leaves_a_core() {
    let Some(vault) = Vault::openbao() else { return println!("skipped: no OpenBao") };
    let sandbox = Sandbox::start();
    let (to_vault, mark) = vault_with_mark(&vault, &sandbox);
    let id_token = sandbox.id_token(&to_vault.address, json!({}));
    let job = marked_job(&to_vault, &id_token, "file", &format!("echo $$ > pid; {WAITS}"));
    let as_user = as_a_user_without_rights();
    // Root may look into everything, so that the job is another user's; the program has to be where that one may go.
    let program = job.folder().join("program");
    fs::copy(env!("CARGO_BIN_EXE_buildpass"), &program).unwrap();
    if !as_user.is_empty() {
        for path in [job.folder(), &job.project(), &job.temporary(), &job.folder().join("home"), &program] {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let start = format!("ulimit -c unlimited || ulimit -c hard; shift; exec {} \"$@\"", program.display());
    let wrapper: Vec<&str> = as_user.iter().copied().chain(["sh", "-c", &start, "sh"]).collect();
    let mut process = job.inside(&wrapper).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for_start(&job);
    let cmd: u32 = fs::read_to_string(job.project().join("pid")).unwrap().trim().parse().unwrap();
    let may_read = |pid: u32, what: &str| {
        let wanted = ["cat", &format!("/proc/{pid}/{what}")].map(str::to_owned);
        let line: Vec<String> = as_user.iter().map(|word| (*word).to_owned()).chain(wanted).collect();
        let read =
            Command::new(&line[0]).args(&line[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        read.unwrap().success()
    };
    let guardian = guardian_of(process.id()).unwrap();
    for what in ["environ", "maps"] {
        assert!(may_read(cmd, what), "the test itself could not read /proc/PID/{what}");
        for pid in [process.id(), guardian] {
            assert!(!may_read(pid, what), "{:?} lets others read {what}", command_line(pid));
        }
    }
    for pid in [process.id(), guardian] {
        assert_eq!(core_limits(pid)[0], "0", "{:?}", command_line(pid));
    }
    let [soft, hard] = core_limits(cmd);
    assert_eq!(soft, hard, "the command has what it would have had without us");
    send_signal("ABRT", process.id().into());
    assert!(wait_until(Duration::from_secs(5), || process.try_wait().unwrap().is_some()), "it lives on");
    assert!(wait_until(Duration::from_secs(5), || vault.sessions() == 0));
    let entries = fs::read_dir(job.project()).unwrap().flatten();
    let names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(names.iter().all(|name| !name.starts_with("core")), "{names:?}");
    let mark = Search::of(&mark);
    assert!(wait_until(Duration::from_secs(5), || mark.folder(job.folder()).is_empty()));
}

/// The largest core file that a process leaves, and the largest that it may ask for.
fn core_limits(pid: u32) -> [String; 2] {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    [words.next().unwrap(), words.next().unwrap()]
}

/// How a command is run by a user who may look into nobody else's processes; as we are, where we are no root.
fn as_a_user_without_rights() -> Vec<&'static str> {
    if rustix::process::geteuid().is_root() {
        vec!["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    } else {
        Vec::new()
    }
}
