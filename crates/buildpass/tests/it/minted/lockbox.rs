//! The same on a real engine: lockbox' own.

use std::time::Duration;

use serde_json::{Value, json};

use super::scene::{AT_ONCE, START, WAITS, ended, let_it_end};
use crate::harness::{
    ADMIN, Buildpass, Fate, Proxy, SecurityGroup, State, Vault, guardian_of, send_signal, wait_until,
};

/// A GitLab, a lockbox that mints there, and a wire between it and its jobs.
struct Scene {
    group: SecurityGroup,
    vault: Vault,
    wire: Proxy,
}

/// Its tokens end with a lease.
const LEASED: &str = "leased";
/// Its tokens have none, and end on their day.
const UNBOUND: &str = "unbound";

impl Scene {
    fn set() -> Self {
        let (group, vault) = (SecurityGroup::start(), Vault::lockbox());
        let wire = Proxy::start(&vault.address, |_| Fate::Pass);
        vault.deploy(&group.sandbox);
        vault.policy("build-token", "path \"gitlab/token/*\" { capabilities = [\"read\"] }");
        vault
            .role("jobs", json!({"bound_audiences": [wire.address], "claim_mappings": {"job_id": "job_id"}}));
        vault.must("POST", "sys/mounts/gitlab", json!({"type": "gitlab"}));
        let config = json!({"base_url": group.sandbox.url, "type": "self-managed", "token": ADMIN});
        vault.must("POST", "gitlab/config/default", config);
        for (name, ttl, alone) in [(LEASED, "1h", false), (UNBOUND, "24h", true)] {
            let role = json!({
                "path": "gitlab-org/security", "token_type": "group", "access_level": "reporter", "scopes": "read_repository",
                "ttl": ttl, "gitlab_revokes_token": alone,
            });
            vault.must("POST", &format!("gitlab/roles/{name}"), role);
        }
        Self { group, vault, wire }
    }

    fn job(&self, role: &str, flags: &[&str]) -> Buildpass {
        Buildpass::new()
            .args(["--address", &self.wire.address, "--role", "jobs"])
            .args(["--secret", &format!("TOKEN=token/{role}/token@gitlab,engine=generic")])
            .args(flags.iter().copied())
            .args(["run", "--", "sh", "-c", WAITS])
            .env("CI_SERVER_URL", &self.group.sandbox.url)
            .env("VAULT_ID_TOKEN", &self.group.sandbox.id_token(&self.wire.address, json!({})))
    }

    /// A job that has its token.
    fn started(&self, role: &str, flags: &[&str]) -> (Buildpass, std::process::Child) {
        let mut job = self.job(role, flags);
        let process = job.spawn();
        assert!(wait_until(START, || job.project().join("started").exists()), "{role}");
        assert_eq!(self.living(), 1, "{role}");
        (job, process)
    }

    fn living(&self) -> usize {
        let path = "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens?state=active&per_page=100";
        let all = self.group.sandbox.admin("GET", path, &Value::Null);
        all.as_array().unwrap().iter().filter(|token| token["name"] != "build-token").count()
    }
}

#[test]
fn what_lockbox_mints_ends_with_its_job_with_or_without_a_lease() {
    let scene = Scene::set();
    for role in [LEASED, UNBOUND] {
        for by in ["the end", "TERM", "KILL", "a vault that is gone"] {
            let (job, mut process) = scene.started(role, &[]);
            match by {
                "the end" => let_it_end(&job),
                "TERM" => send_signal("TERM", process.id().into()),
                "KILL" => process.kill().unwrap(),
                _ => {
                    scene.wire.turn(State::Broken);
                    let_it_end(&job);
                }
            }
            assert!(wait_until(AT_ONCE, || scene.living() == 0), "{role} {by}");
            let finished = ended(process);
            assert!(!finished.stderr.contains("lives on at GitLab"), "{}", finished.stderr);
            scene.wire.turn(State::Whole);
            assert!(wait_until(START, || scene.vault.sessions() == 0), "{role} {by}");
        }
    }
}

#[test]
fn a_kill_of_both_leaves_a_token_with_a_lease_to_the_vault() {
    let scene = Scene::set();
    let (job, mut process) = scene.started(LEASED, &["--lead", "3s"]);
    let guardian = guardian_of(process.id()).unwrap();
    send_signal("STOP", guardian.into());
    process.kill().unwrap();
    send_signal("KILL", guardian.into());
    assert!(wait_until(Duration::from_secs(6), || scene.living() == 0), "it outlives the lead");
    // Nobody ends the command any more.
    let_it_end(&job);
    process.wait().unwrap();
}
