//! Tools that write a token's variable into URLs, as Omnibus GitLab does, with a token that is for git alone.

use serde_json::json;

use crate::harness::{
    BUILD_TOKEN_PATH, Buildpass, Finished, REPOSITORY, SecurityGroup, Vault, on_every_vault,
};

/// How Omnibus writes the URL of a source: with the token, or with the job's own where it is not set.
const AS_OMNIBUS: &str = "git clone -q \
    \"http://gitlab-ci-token:${SECURITY_PRIVATE_TOKEN:-${CI_JOB_TOKEN}}@${HOST}/gitlab-org/security/gitlab-shell.git\" shell && \
    cat shell/README.md && cat shell/.git/config";

fn job(vault: &Vault, group: &SecurityGroup, keys: &str) -> Buildpass {
    let config = format!(
        "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
         [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n{keys}\n\
         [[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
        vault.address,
        group.realm(),
    );
    let url = url::Url::parse(&group.sandbox.url).unwrap();
    Buildpass::new()
        .file("buildpass.toml", &config)
        .env("VAULT_ID_TOKEN", &group.sandbox.id_token(&vault.address, json!({})))
        .env("CI_SERVER_HOST", url.host_str().unwrap())
        .env("CI_SERVER_PORT", &url.port().unwrap().to_string())
        .env("CI_JOB_TOKEN", "made-up-job-token")
        .env("HOST", url.authority())
}

fn run(job: Buildpass, script: &str) -> Finished {
    job.args(["run", "--", "sh", "-c", script]).run()
}

fn deployed(vault: &Vault) -> SecurityGroup {
    let group = SecurityGroup::start();
    group.deploy(vault);
    group
}

on_every_vault! {
    fn a_placeholder_in_a_url_gives_way_to_the_token(vault) {
        let group = deployed(vault);
        let cloned = run(job(vault, &group, "placeholder = true"), AS_OMNIBUS);
        assert_eq!((cloned.code, cloned.stderr.as_str()), (Some(0), ""));
        assert!(cloned.stdout.starts_with("a private repository\n"), "{}", cloned.stdout);
        assert!(cloned.stdout.contains("gitlab-ci-token:buildpass-placeholder@") && !cloned.stdout.contains("MASKED"), "{}", cloned.stdout);
        let seen = group.sandbox.credentials_seen();
        assert!(seen.iter().all(|path| path.starts_with(&format!("/{REPOSITORY}"))), "{seen:?}");
        assert_eq!(vault.sessions(), 0);

        let without = run(job(vault, &group, ""), AS_OMNIBUS);
        assert_eq!(without.code, Some(128), "the job's own token opens nothing: {}", without.stdout);
    }
}

#[test]
fn the_profile_omnibus_turns_it_on_and_the_file_may_turn_it_off() {
    let vault = Vault::lockbox();
    let group = deployed(&vault);
    let said = |keys: &str, list: Option<&str>| {
        let mut job = job(&vault, &group, keys);
        if let Some(list) = list {
            job = job.file(".custom_sources.yml", list);
        }
        run(job, "echo ${SECURITY_PRIVATE_TOKEN-unset}").stdout
    };
    assert_eq!(said("", None), "unset\n");
    assert_eq!(said("", Some("a:\n  remote: git@h:a.git\n")), "buildpass-placeholder\n");
    assert_eq!(said("placeholder = false", Some("a:\n  remote: git@h:a.git\n")), "unset\n");
    assert_eq!(said("[sources]\nprofile = 'omnibus'", None), "buildpass-placeholder\n");
    assert_eq!(said("when = '$NEVER'", Some("a:\n  remote: git@h:a.git\n")), "unset\n");
}

#[test]
fn a_placeholder_is_worth_nothing_elsewhere() {
    let vault = Vault::lockbox();
    let group = deployed(&vault);
    let script =
        "git clone -q \"http://gitlab-ci-token:$SECURITY_PRIVATE_TOKEN@$HOST/elsewhere/private.git\" x";
    let cloned = run(job(&vault, &group, "placeholder = true"), script);
    assert_eq!(cloned.code, Some(128), "{}", cloned.stderr);
    assert!(cloned.stderr.contains("Authentication failed"), "{}", cloned.stderr);
}

#[test]
fn a_token_that_the_runner_filled_in_gives_way_to_a_placeholder_too() {
    let vault = Vault::lockbox();
    let group = deployed(&vault);
    let job = job(&vault, &group, "placeholder = true")
        .env("GITLAB_CI", "true")
        .env("SECURITY_PRIVATE_TOKEN", &group.token);
    let cloned = run(job, AS_OMNIBUS);
    assert_eq!((cloned.code, cloned.stderr.as_str()), (Some(0), ""));
    assert!(
        cloned.stdout.starts_with("a private repository\n") && !cloned.stdout.contains("MASKED"),
        "{}",
        cloned.stdout
    );
}

#[test]
fn a_placeholder_for_what_is_in_the_environment_is_refused() {
    let mut job = Buildpass::new().args(["--secret", "A=made/up@ci,placeholder=true", "run", "--", "true"]);
    let refused = job.run();
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("the secret A has a placeholder, and is not for git alone"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("hint: say `to = \"git\"`"), "{}", refused.stderr);
}
