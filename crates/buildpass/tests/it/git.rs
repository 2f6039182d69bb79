//! Real git against the sandbox: the credential goes to its realm, and nowhere else.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

use serde_json::json;

use crate::harness::{
    BUILD_TOKEN_PATH, Buildpass, Finished, REPOSITORY, Sandbox, SecurityGroup, Vault, on_every_vault,
    wait_until,
};

/// A job of the security project whose build token is for git alone.
fn job(vault: &Vault, group: &SecurityGroup) -> Buildpass {
    let id_token = group.sandbox.id_token(&vault.address, json!({}));
    let config = format!(
        "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
         [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n\
         [[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
        vault.address,
        group.realm(),
    );
    let url = url::Url::parse(&group.sandbox.url).unwrap();
    Buildpass::new()
        .file("buildpass.toml", &config)
        .env("VAULT_ID_TOKEN", &id_token)
        .env("CI_SERVER_HOST", url.host_str().unwrap())
        .env("CI_SERVER_PORT", &url.port().unwrap().to_string())
}

/// The same, and runs a shell script in it.
fn script(vault: &Vault, group: &SecurityGroup, script: &str) -> Finished {
    job(vault, group).args(["run", "--", "sh", "-ec", script]).run()
}

fn security_group(vault: &Vault) -> SecurityGroup {
    let group = SecurityGroup::start();
    group.deploy(vault);
    group
}

on_every_vault! {
    fn a_private_repository_is_cloned_with_a_token_that_is_in_no_environment_and_no_file(vault) {
        let group = security_group(vault);
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let cloned = script(vault, &group, &format!("git clone -q {url} shell && cat shell/README.md && env && cat shell/.git/config"));
        assert_eq!((cloned.code, cloned.stderr.as_str()), (Some(0), ""), "{}", cloned.stdout);
        assert!(cloned.stdout.starts_with("a private repository\n"));
        assert!(!cloned.stdout.contains("MASKED") && !cloned.stdout.contains(&group.token), "{}", cloned.stdout);
        let seen = group.sandbox.credentials_seen();
        assert!(!seen.is_empty() && seen.iter().all(|path| path.starts_with(&format!("/{REPOSITORY}"))), "{seen:?}");
        assert_eq!(group.sandbox.requests_seen(), seen.len(), "git sent the credential with its first request");
        assert_eq!(vault.sessions(), 0);
    }

    fn outside_the_realm_git_gets_nothing(vault) {
        let group = security_group(vault);
        let url = format!("{}/elsewhere/private.git", group.sandbox.url);
        let cloned = script(vault, &group, &format!("git clone -q {url} private"));
        assert_eq!(cloned.code, Some(128));
        assert!(cloned.stderr.contains("could not read Username"), "{}", cloned.stderr);
        assert_eq!(group.sandbox.credentials_seen(), Vec::<String>::new());
        assert!(group.sandbox.requests_seen() > 0);
    }

    fn what_a_runner_writes_into_urls_does_not_get_in_the_way(vault) {
        let group = security_group(vault);
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let with_token = group.sandbox.url.replace("http://", "http://gitlab-ci-token:made-up-job-token@");
        let cloned = script(vault, &group, &format!(
            "git config --global url.{with_token}.insteadOf {} && git config --global credential.helper store && \
             git clone -q {url} shell && ! test -e ~/.git-credentials", group.sandbox.url));
        assert_eq!((cloned.code, cloned.stderr.as_str()), (Some(0), ""));
    }

    fn a_refused_token_is_read_afresh_once(vault) {
        let group = security_group(vault);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": "glpat-made-up-and-revoked"}));
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let mut job = job(vault, &group).args(["run", "--", "sh", "-c"]).args([format!(
            "git clone -q {url} one; touch started; while [ ! -e rotated ]; do sleep 0.05; done; git clone -q {url} two && cat two/README.md"
        ).as_str()]);
        let process = job.spawn();
        assert!(wait_until(Duration::from_secs(20), || job.project().join("started").exists()));
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": group.token}));
        std::fs::write(job.project().join("rotated"), "").unwrap();
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "a private repository\n", "{said}");
        assert!(said.contains("Authentication failed"), "{said}");
    }

    fn outside_run_the_helper_asks_the_vault_itself(vault) {
        let group = security_group(vault);
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let mut job = job(vault, &group);
        let setup = job.args(["git", "setup"]);
        job = setup;
        let lines = job.run();
        assert_eq!((lines.code, lines.stderr.as_str()), (Some(0), ""));
        assert!(!lines.stdout.contains(&group.token));
        let mut git = job.other_program("sh");
        let output = git.args(["-ec", &format!("{}git clone -q {url} shell && cat shell/README.md", lines.stdout)]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "a private repository\n", "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(vault.sessions(), 0);
    }

    fn a_configuration_file_does_the_same_and_holds_no_secret(vault) {
        let group = security_group(vault);
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let job = job(vault, &group);
        let mut job = job.args(["git", "setup", "--file", "build.gitconfig"]);
        assert_eq!(job.run().code, Some(0));
        let written = std::fs::read_to_string(job.project().join("build.gitconfig")).unwrap();
        assert!(!written.contains(&group.token));
        let output = job.other_program("git").args(["clone", "-q", &url, "shell"])
            .env("GIT_CONFIG_GLOBAL", job.project().join("build.gitconfig")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(vault.sessions(), 0);
    }

    fn the_socket_answers_no_process_but_those_of_the_build(vault) {
        let group = security_group(vault);
        let mut job = job(vault, &group).args(["run", "--", "sh", "-c", "echo $BUILDPASS_SOCKET > socket; touch started; while [ ! -e stop ]; do sleep 0.05; done"]);
        let mut process = job.spawn();
        assert!(wait_until(Duration::from_secs(20), || job.project().join("started").exists()));
        let socket = std::fs::read_to_string(job.project().join("socket")).unwrap();
        let host = group.sandbox.url.trim_start_matches("http://");
        let mut stream = UnixStream::connect(socket.trim()).unwrap();
        let _ = write!(stream, "get\nprotocol=http\nhost={host}\npath={REPOSITORY}\n\n");
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert_eq!(answer, "");
        std::fs::write(job.project().join("stop"), "").unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(0));
    }

    fn a_folder_with_a_colon_in_its_name_holds_the_socket(vault) {
        let group = security_group(vault);
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let job = job(vault, &group);
        let folder = job.project().join("a:b%3A");
        std::fs::create_dir(&folder).unwrap();
        let job = job.env("TMPDIR", folder.to_str().unwrap());
        let finished = job.args(["run", "--", "git", "clone", "-q", &url, "shell"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    }

    fn an_orphan_of_the_build_still_belongs_to_it(vault) {
        let group = security_group(vault);
        let url = format!("{}/{REPOSITORY}", group.sandbox.url);
        let orphan = format!("(setsid sh -c 'git clone -q {url} shell; echo $? > code' &) ; while [ ! -e code ]; do sleep 0.05; done; cat code");
        let finished = script(vault, &group, &orphan);
        assert_eq!(finished.stdout, "0\n", "{}", finished.stderr);
    }
}

#[test]
fn gits_own_questions_are_answered_for_realms_alone_and_unknown_ones_ignored() {
    let Some(vault) = Vault::openbao() else { return };
    let group = security_group(&vault);
    let host = group.sandbox.url.trim_start_matches("http://");
    let ask = |operation: &str, path: &str| {
        script(&vault, &group, &format!(
            "printf 'protocol=http\\nhost={host}\\npath={path}\\nnovelty=7\\n\\n' | \"$BUILDPASS\" git credential {operation}"
        ).replace("\"$BUILDPASS\"", env!("CARGO_BIN_EXE_buildpass")))
    };
    let answered = ask("get", REPOSITORY);
    assert_eq!(answered.stdout, "username=gitlab-ci-token\npassword=[MASKED]\n", "{}", answered.stderr);
    for (operation, path) in [
        ("get", "elsewhere/private.git"),
        ("store", REPOSITORY),
        ("erase", "elsewhere/x.git"),
        ("novelty", REPOSITORY),
    ] {
        let silent = ask(operation, path);
        assert_eq!(
            (silent.code, silent.stdout.as_str(), silent.stderr.as_str()),
            (Some(0), "", ""),
            "{operation} {path}"
        );
    }
    assert_eq!(ask("capability", REPOSITORY).stdout, "version 0\ncapability authtype\n");
}

#[test]
fn a_hostile_repository_steals_nothing() {
    let Some(vault) = Vault::openbao() else { return };
    let group = security_group(&vault);
    let evil = Sandbox::start();
    let run = |config: &str, variables: &[(&str, &str)]| {
        let mut job = Buildpass::new().file("buildpass.toml", config).args(["run", "--", "true"]);
        for (name, value) in variables {
            job = job.env(name, value);
        }
        job.run()
    };
    let id_token = group.sandbox.id_token(&vault.address, json!({}));
    let secret = format!("[[secret]]\nname = \"TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\n");
    // An address of theirs gets neither the ID token nor a personal one, whatever audience they configure.
    let stolen = format!(
        "[vault]\naddress = \"{}\"\n[identity]\naudience = \"{}\"\n{secret}",
        evil.url, vault.address
    );
    let finished = run(&stolen, &[("VAULT_ID_TOKEN", &id_token)]);
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("the ID token is not for this vault"), "{}", finished.stderr);
    let finished = run(&stolen, &[("VAULT_TOKEN", "hvs.made-up-personal"), ("VAULT_ADDR", &vault.address)]);
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("your own vault token would go to"), "{}", finished.stderr);
    let (url, bearer) = evil.github_actions();
    let github = stolen.replace("[identity]", "[identity]\ngithub_actions = true");
    let finished =
        run(&github, &[("ACTIONS_ID_TOKEN_REQUEST_URL", &url), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", bearer)]);
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("GitHub would make an ID token for"), "{}", finished.stderr);
    // A realm of theirs gets no build token, on whatever host this GitLab is.
    let realm = format!(
        "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n{secret}to = \"git\"\n[[git]]\nrealm = \"{}/\"\npassword = \"TOKEN\"\n",
        vault.address, evil.url
    );
    for host in ["gitlab.example", "127.0.0.1"] {
        let finished = run(&realm, &[("VAULT_ID_TOKEN", &id_token), ("CI_SERVER_HOST", host)]);
        assert_eq!(finished.code, Some(2));
        assert!(finished.stderr.contains("the build token would go to"), "{}", finished.stderr);
    }
    // An authority of theirs vouches for nobody.
    let authority = format!("[vault]\naddress = \"{}\"\nca_cert = \"evil.pem\"\n{secret}", vault.address);
    let finished = run(&authority, &[("VAULT_ID_TOKEN", &id_token)]);
    assert!(finished.stderr.contains("`ca_cert` stands in the repository's own"), "{}", finished.stderr);
    // A longer life for a session whose machine is gone is not theirs to give.
    let lead = format!("[vault]\naddress = \"{}\"\nlead = \"1h\"\n{secret}", vault.address);
    let finished = run(&lead, &[("VAULT_ID_TOKEN", &id_token)]);
    assert!(finished.stderr.contains("`lead` stands in the repository's own"), "{}", finished.stderr);
    assert_eq!((evil.requests_seen(), vault.sessions()), (0, 0));
}

#[test]
fn a_path_that_climbs_out_of_the_realm_once_it_is_decoded_gets_nothing() {
    let vault = Vault::lockbox();
    let group = security_group(&vault);
    let hidden = format!("{}/elsewhere%2F..%2Fgitlab-org%2Fsecurity%2Fgitlab-shell.git", group.sandbox.url);
    let cloned = script(&vault, &group, &format!("git clone -q {hidden} shell"));
    assert_ne!(cloned.code, Some(0));
    assert_eq!(group.sandbox.credentials_seen(), Vec::<String>::new());
}

#[test]
fn a_run_within_a_run_keeps_the_outer_realms() {
    let vault = Vault::lockbox();
    let group = security_group(&vault);
    let url = format!("{}/{REPOSITORY}", group.sandbox.url);
    let inner = format!(
        "rm buildpass.toml; {} --address {} --role omnibus-gitlab --secret OTHER={BUILD_TOKEN_PATH}/token@ci,to=git \
        --git realm={}/elsewhere/,password=OTHER --token-file token.jwt run -- git clone -q {url} shell",
        env!("CARGO_BIN_EXE_buildpass"),
        vault.address,
        group.sandbox.url
    );
    let token = group.sandbox.id_token(&vault.address, json!({}));
    let finished =
        job(&vault, &group).file("token.jwt", &token).args(["run", "--", "sh", "-ec", &inner]).run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
}
