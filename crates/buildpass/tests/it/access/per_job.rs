//! A grant that says `mint = "per-job"`: each job has a token made for itself.

use std::{
    collections::BTreeSet,
    process::Child,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::{Value, json};

use super::scene::{PROJECT, Scene};
use crate::harness::{ADMIN, Buildpass, Fate, Proxy, REPOSITORY, Vault, send_signal, wait_until};

/// What the platform's owner declares, and its jobs are given; `of_token` and `of_grant` are added to the two.
fn declared(of_token: &str, of_grant: &str) -> String {
    format!(
        r#"
[[secret]]
name = "SECURITY_PRIVATE_TOKEN"
from = {{ engine = {{ name = "generic", path = "gitlab" }}, path = "token/ci", field = "token" }}
to = "git"

[[access.token]]
name = "ci-read"
group = "gitlab-org/security"
store = "token/ci/token@gitlab"
{of_token}
[[access.grant]]
secret = "SECURITY_PRIVATE_TOKEN"
mint = "per-job"
vault_role = "omnibus-gitlab"
projects = ["{PROJECT}"]
refs = "protected"
session_ttl = "2h"
{of_grant}"#
    )
}

/// What is said of a declaration; nobody is asked.
fn said(toml: &str) -> String {
    let mut owner = Buildpass::new()
        .file("buildpass.toml", toml)
        .env("CI_SERVER_URL", "https://gitlab.example")
        .env("VAULT_ADDR", "https://vault.example")
        .args(["access", "plan", "--policy"]);
    let finished = owner.run();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{}", finished.stderr);
    finished.stderr.replace(&owner.project().display().to_string(), "PROJECT")
}

#[test]
fn what_contradicts_a_token_that_ends_with_its_job_is_refused() {
    insta::assert_snapshot!(said(&declared("rotate_before = \"7d\"", "")), @"
    error: the token `ci-read` in buildpass.toml is minted, so that it has no `rotate_before`: it ends with its job
    hint: leave it out
    ");
    insta::assert_snapshot!(said(&declared("overlap = \"1h\"", "")), @"
    error: the token `ci-read` in buildpass.toml is minted, so that it has no `overlap`: it ends with its job
    hint: leave it out
    ");
    insta::assert_snapshot!(said(&declared("reach = \"needed\"", "")), @"
    error: the token `ci-read` in buildpass.toml is minted, so that it has no `reach`: it ends with its job
    hint: leave it out
    ");
    insta::assert_snapshot!(said(&declared("lifetime = \"1h\"", "")), @"
    error: `lifetime` of the token `ci-read` in buildpass.toml is `1h`: a minted token lives at least as long as the longest `session_ttl` of its grants and an hour, and 32 days at most
    hint: for example `30d`, `7d` or `1h`
    ");
    insta::assert_snapshot!(said(&declared("", "mint = \"per-pipeline\"").replacen("mint = \"per-job\"\n", "", 1)), @"error: PROJECT/buildpass.toml:18:8: unknown variant `per-pipeline`, expected `per-job`");
    let second = "\n[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"other\"\nprojects = [\"g/p\"]\nrefs = \"protected\"\n";
    let other = declared("", second).replace("secret = \"ci-read\"", "secret = \"SECURITY_PRIVATE_TOKEN\"");
    insta::assert_snapshot!(said(&other), @r#"
    error: the token `ci-read` is minted by some of its grants, and the one by other does not say `mint`
    hint: say `mint = "per-job"` in all of them, or declare two tokens
    "#);
    let kv = declared("", "")
        .replace("token/ci/token@gitlab", "a/ci/token@gitlab")
        .replace("\"token/ci\"", "\"a/ci\"");
    insta::assert_snapshot!(said(&kv), @"
    error: the token `ci-read` in buildpass.toml is minted, and `a/ci/token@gitlab` is no role of an engine
    hint: write `token/ROLE/token@MOUNT`
    ");
    let stored = declared("", "").replace(
        "{ engine = { name = \"generic\", path = \"gitlab\" }, path = \"token/ci\", field = \"token\" }",
        "\"token/ci/token@gitlab\"",
    );
    insta::assert_snapshot!(said(&stored), @r#"
    error: `SECURITY_PRIVATE_TOKEN` is minted, and is read from a KV store
    hint: write `from = { engine = { name = "generic", path = "gitlab" }, path = "token/ci", field = "token" }`
    "#);
    let nothing = declared("", "").replace("token/ci/token@gitlab", "token/other/token@gitlab");
    insta::assert_snapshot!(said(&nothing), @r#"
    error: the grant of `SECURITY_PRIVATE_TOKEN` by omnibus-gitlab says `mint`, and no `[[access.token]]` is read there
    hint: declare the token that is minted, with `store = "token/ROLE/token@MOUNT"`
    "#);
}

#[test]
fn the_rights_of_whoever_applies_are_printed() {
    let finished = Buildpass::new()
        .file("buildpass.toml", &declared("", ""))
        .env("CI_SERVER_URL", "https://gitlab.example")
        .env("VAULT_ADDR", "https://vault.example")
        .args(["access", "plan", "--policy"])
        .run();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    insta::assert_snapshot!(finished.stdout, @r#"
    # The vault: the policy of whoever plans and applies.
    path "sys/mounts/gitlab" {
      capabilities = ["read"]
    }
    path "gitlab/config/default" {
      capabilities = ["read"]
    }
    path "gitlab/roles/ci" {
      capabilities = ["create", "read", "update", "delete"]
    }
    path "sys/policies/acl" {
      capabilities = ["list"]
    }
    path "auth/jwt/config" {
      capabilities = ["create", "read", "update"]
    }
    path "auth/jwt/role/omnibus-gitlab" {
      capabilities = ["create", "read", "update", "delete"]
    }
    path "sys/policies/acl/buildpass-omnibus-gitlab" {
      capabilities = ["create", "read", "update", "delete"]
    }

    # Once, where a mount is not there yet:
    # path "sys/mounts/gitlab" { capabilities = ["create", "update", "read"] }
    # path "sys/plugins/catalog/secret" { capabilities = ["list", "sudo"] }
    # path "sys/auth/jwt" { capabilities = ["create", "update", "sudo"] }

    # GitLab: a personal access token with the scope `api`, of an owner of
    #   the group gitlab-org/security
    # who can read
    #   gitlab-org/security/omnibus-gitlab
    "#);
}

#[test]
fn a_vault_that_has_no_such_engine_is_said_with_what_to_do() {
    let Some(vault) = Vault::openbao() else {
        println!("skipped: no OpenBao");
        return;
    };
    let scene = Scene::on(&vault);
    let finished = scene.owner(&declared("", "")).args(["access", "plan"]).run();
    assert_eq!(finished.code, Some(3), "{}", finished.stdout);
    insta::assert_snapshot!(finished.stderr, @"error: `gitlab` is to be a GitLab engine, and the vault has no such engine: register vault-plugin-secrets-gitlab (https://github.com/ilijamt/vault-plugin-secrets-gitlab) with `bao plugin register`, or use lockbox, which has one");
    vault.must("POST", "sys/mounts/gitlab", json!({"type": "kv"}));
    let finished = scene.owner(&declared("", "")).args(["access", "plan"]).run();
    assert_eq!(finished.code, Some(3), "{}", finished.stdout);
    insta::assert_snapshot!(finished.stderr, @"error: `gitlab` is the engine `kv`: tokens are minted by a GitLab engine, so name another mount in `store`");
}

/// Applies until whoever owns it has to say whose rights the engine uses, says that, and applies the rest.
fn set_up(scene: &Scene<'_>, toml: &str) {
    let finished = scene.owner(toml).args(["access", "apply"]).run();
    assert_eq!(finished.code, Some(3), "{}", finished.stdout);
    let command = format!(
        "bao write gitlab/config/default base_url={} type=self-managed token=@FILE",
        scene.group.sandbox.url
    );
    assert!(finished.stderr.contains(&command), "{}", finished.stderr);
    // The engine is there now, and the plan says the same.
    let finished = scene.owner(toml).args(["access", "plan"]).run();
    assert!(finished.code == Some(3) && finished.stderr.contains(&command), "{}", finished.stderr);
    let config = json!({"base_url": scene.group.sandbox.url, "type": "self-managed", "token": ADMIN});
    scene.vault.must("POST", "gitlab/config/default", config);
    scene.apply(toml);
    assert_eq!(scene.plan(toml)["steps"], json!([]));
}

/// Living tokens of the group, by their names.
fn living(scene: &Scene<'_>) -> BTreeSet<String> {
    let path = "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens?state=active&per_page=100";
    let all = scene.group.sandbox.admin("GET", path, &Value::Null);
    let names = all.as_array().unwrap().iter().map(|token| token["name"].as_str().unwrap().to_owned());
    names.filter(|name| name != "build-token").collect()
}

/// A job that reads the private repository, and goes on until it is told to end.
fn job(scene: &Scene<'_>) -> (Buildpass, Child) {
    let sandbox = &scene.group.sandbox;
    let (host, port) = sandbox.url.trim_start_matches("http://").split_once(':').unwrap();
    let realm =
        format!("\n[[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n", scene.group.realm());
    let script = format!(
        "git clone -q {}/{REPOSITORY} made && touch started; while [ ! -e stop ]; do sleep 0.05; done",
        sandbox.url
    );
    let mut job = Buildpass::new()
        .file("buildpass.toml", &format!("{}{realm}", declared("", "")))
        .env("VAULT_ADDR", &scene.vault.address)
        .env("VAULT_AUTH_ROLE", "omnibus-gitlab")
        .env("CI_SERVER_URL", &sandbox.url)
        .env("CI_SERVER_HOST", host)
        .env("CI_SERVER_PORT", port)
        .env("VAULT_ID_TOKEN", &sandbox.id_token(&scene.vault.address, json!({})))
        .args(["run", "--", "sh", "-c", &script]);
    let process = job.spawn();
    (job, process)
}

fn let_it_end(job: &Buildpass, process: Child) {
    std::fs::write(job.project().join("stop"), "").unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
}

fn started(job: &Buildpass) -> bool {
    wait_until(Duration::from_secs(60), || job.project().join("started").exists())
}

#[test]
fn twenty_jobs_have_twenty_tokens_and_leave_none() {
    const JOBS: usize = 20;
    let vault = Vault::lockbox();
    let scene = Scene::on(&vault);
    set_up(&scene, &declared("", ""));
    let mut jobs: Vec<(Buildpass, Child)> = (0..JOBS).map(|_| job(&scene)).collect();
    for (job, _) in &jobs {
        assert!(started(job), "a job did not get its repository");
    }
    let names = living(&scene);
    assert_eq!(names.len(), JOBS, "{names:?}");
    assert!(names.iter().all(|name| {
        let job = name.strip_prefix("ci-gitlab-org/security/omnibus-gitlab-");
        job.is_some_and(|job| job.parse::<u64>().is_ok())
    }));
    let swept = scene.owner(&declared("", "")).args(["access", "sweep", "--ending-within", "400d"]).run();
    assert!(swept.code == Some(0) && !swept.stdout.contains("ci-gitlab-org"), "{}", swept.stdout);
    let status = scene.owner(&declared("", "")).args(["access", "status"]).run();
    insta::assert_snapshot!(status.stdout, @"
    NAME     OWNER                      ID  STATE   ENDS  LEFT  AGE  LAST USED  READ BY
    ci-read  group gitlab-org/security  -   minted  -     -     -    -          omnibus-gitlab

    ci-read is minted for each job: 20 tokens at GitLab now
    ");
    // One is killed, with its guardian left to end what it has.
    let (_, mut killed) = jobs.pop().unwrap();
    send_signal("KILL", killed.id().into());
    killed.wait().unwrap();
    assert!(wait_until(Duration::from_secs(2), || living(&scene).len() == JOBS - 1));
    for (job, process) in jobs {
        let_it_end(&job, process);
    }
    assert_eq!(living(&scene), BTreeSet::new());
    assert_eq!(vault.sessions(), 0);
}

#[test]
fn a_role_of_the_engine_that_was_changed_is_brought_back_and_one_that_is_not_declared_is_ended() {
    let vault = Vault::lockbox();
    let scene = Scene::on(&vault);
    let toml = declared("", "");
    set_up(&scene, &toml);
    let wider = json!({
        "path": "gitlab-org/security", "token_type": "group", "name": "x", "scopes": ["api", "read_repository"],
        "access_level": "maintainer", "ttl": "24h",
    });
    vault.must("POST", "gitlab/roles/ci", wider);
    let plan = scene.owner(&toml).args(["access", "plan"]).run();
    insta::assert_snapshot!(plan.stdout, @"
      ~ change engine role gitlab/roles/ci
          because what it mints may do more than is declared
          access_level  maintainer -> reporter
          name          x -> {{ .role_name }}-{{ .claims.project_path }}-{{ .claims.job_id }}
          scopes        api, read_repository -> read_repository
          ttl           86400 -> 7200

    0 to create, 1 to change, 0 to rotate, 0 to revoke.
    ");
    scene.apply(&toml);
    assert_eq!(scene.plan(&toml)["steps"], json!([]));

    // Another secret of the same role stays.
    let rest = super::scene::declared("");
    let plan = scene.owner(&rest).args(["access", "plan"]).run();
    assert!(plan.stdout.contains("- revoke engine role gitlab/roles/ci"), "{}", plan.stdout);
    scene.apply(&rest);
    assert_eq!(vault.ask("GET", "gitlab/roles/ci", Value::Null).0, 404);
    assert_eq!(scene.plan(&rest)["steps"], json!([]));
}

#[test]
fn an_engine_of_another_gitlab_is_not_used() {
    let vault = Vault::lockbox();
    let (scene, other) = (Scene::on(&vault), crate::harness::Sandbox::start());
    let toml = declared("", "");
    set_up(&scene, &toml);
    let config = json!({"base_url": other.url, "type": "self-managed", "token": ADMIN});
    vault.must("POST", "gitlab/config/default", config);
    let finished = scene.owner(&toml).args(["access", "plan"]).run();
    assert_eq!(finished.code, Some(3), "{}", finished.stdout);
    assert!(finished.stderr.contains(&format!("mints at {}, and not at", other.url)), "{}", finished.stderr);
}

#[test]
fn a_minted_token_that_outlived_its_job_is_swept() {
    let vault = Vault::lockbox();
    let scene = Scene::on(&vault);
    let toml = declared("", "");
    set_up(&scene, &toml);
    // As by a vault that was lost with its leases.
    let wanted =
        json!({"name": format!("ci-{PROJECT}-77"), "scopes": ["read_repository"], "access_level": 20});
    let path = "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens";
    let id = scene.group.sandbox.admin("POST", path, &wanted)["id"].to_string();
    let sweep = |more: &[&str]| {
        let sweep = scene.owner(&toml).args(["access", "sweep", "--ending-within", "1h"]);
        let finished = sweep.args(more.iter().copied()).run();
        (finished.code, format!("{}{}", finished.stdout, finished.stderr))
    };
    assert_eq!(sweep(&[]), (Some(0), "Nothing to look at.\n".to_owned()));
    let (code, said) = sweep(&["--revoke", &id]);
    assert!(code == Some(3) && said.contains("is not in the list"), "{said}");
    scene.pass(2 * 60 * 60 + 60);
    let (_, said) = sweep(&[]);
    assert!(said.contains("minted for a job, and its lease was over after 2h"), "{said}");
    let (code, said) = sweep(&["--revoke", &id]);
    assert!(code == Some(0) && !living(&scene).iter().any(|name| name.ends_with("-77")), "{said}");
}

#[test]
fn whoever_reads_what_is_minted_stands_in_the_matrix() {
    let vault = Vault::lockbox();
    let scene = Scene::on(&vault);
    let toml = declared("", "");
    set_up(&scene, &toml);
    let yaml = format!(
        "build:\n  id_tokens: {{VAULT_ID_TOKEN: {{aud: '{}'}}}}\n  secrets:\n    TOKEN:\n      file: false\n      vault: \
         {{engine: {{name: generic, path: gitlab}}, path: token/ci, field: token}}\n  script: make\n  rules:\n    \
         - if: '$CI_COMMIT_REF_PROTECTED == \"true\"'\n",
        vault.address
    );
    let matrix = || {
        let owner = scene.owner(&toml).file(".gitlab-ci.yml", &yaml);
        owner.args(["access", "matrix", "--project", PROJECT]).run()
    };
    let finished = matrix();
    assert_eq!(finished.code, Some(0), "{}{}", finished.stdout, finished.stderr);
    vault.policy("wide", "path \"gitlab/token/*\" { capabilities = [\"read\"] }");
    vault.role("other", json!({"token_policies": ["wide"], "bound_claims": {"project_path": PROJECT}}));
    let finished = matrix();
    let fault = "fault: merge request: the role other lets it in, and is not to (it is not declared); it reads gitlab/token/ci";
    assert!(
        finished.code == Some(5) && finished.stdout.contains(fault),
        "{}{}",
        finished.stdout,
        finished.stderr
    );
}

/// For whom ID tokens are, by whatever way the vault is reached.
const AUDIENCE: [&str; 2] = ["--audience", "https://vault.example"];

/// Applies, and is killed when the answer of the `nth` write is on its way from the vault; whether it came so far.
fn killed_after(nth: usize, scene: &Scene<'_>, toml: &str) -> bool {
    let writes = AtomicUsize::new(0);
    let wire = Proxy::start(&scene.vault.address, move |line| {
        let is_write = ["POST ", "PUT ", "DELETE "].iter().any(|method| line.starts_with(method));
        let is_own = line.contains("auth/token/");
        match is_write && !is_own && writes.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            true => Fate::Hold,
            false => Fate::Pass,
        }
    });
    let mut owner =
        scene.owner(toml).env("VAULT_ADDR", &wire.address).args(AUDIENCE).args(["access", "apply"]);
    let mut process = owner.spawn();
    let mut ended = false;
    assert!(wait_until(Duration::from_secs(60), || {
        ended = process.try_wait().unwrap().is_some();
        ended || wire.holds()
    }));
    let held = wire.holds();
    let _ = process.kill();
    process.wait().unwrap();
    held
}

#[test]
fn a_run_that_is_killed_after_any_write_is_ended_by_the_next() {
    let vault = Vault::lockbox();
    let scene = Scene::on(&vault);
    let (minted, stored) = (declared("", ""), super::scene::declared(""));
    set_up(&scene, &minted);
    let goes_on = |toml: &str| {
        let finished = scene.owner(toml).args(AUDIENCE).args(["access", "apply"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        let finished = scene.owner(toml).args(AUDIENCE).args(["access", "plan", "--detailed-exitcode"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stdout);
        vault.ask("GET", "gitlab/roles/ci", Value::Null).0
    };
    goes_on(&minted);
    for nth in 1.. {
        let to_stored = killed_after(nth, &scene, &stored);
        assert_eq!(goes_on(&stored), 404, "{nth}");
        let to_minted = killed_after(nth, &scene, &minted);
        assert_eq!(goes_on(&minted), 200, "{nth}");
        if !to_stored && !to_minted {
            assert!(nth > 3, "{nth}");
            break;
        }
    }
    assert_eq!(living(&scene), BTreeSet::new());
}

#[test]
fn what_ends_with_its_job_is_neither_rotated_nor_revoked() {
    let vault = Vault::lockbox();
    let scene = Scene::on(&vault);
    set_up(&scene, &declared("", ""));
    for command in ["rotate", "revoke"] {
        let finished = scene.owner(&declared("", "")).args(["access", command, "ci-read"]).run();
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{command}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(finished.stderr, @"
            error: the token `ci-read` is minted for each job, and ends with it
            hint: to end it for all jobs, take its grants out of what is declared, and run `buildpass access apply`
            ");
        }
    }
}
