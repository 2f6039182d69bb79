//! The same on a real engine: lockbox' own.

use serde_json::{Value, json};

use super::scene::{AT_ONCE, START, WAITS, ended, let_it_end};
use crate::harness::{ADMIN, Buildpass, Fate, Proxy, SecurityGroup, State, Vault, send_signal, wait_until};

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

    fn job(&self, role: &str) -> Buildpass {
        Buildpass::new()
            .args(["--address", &self.wire.address, "--role", "jobs"])
            .args(["--secret", &format!("TOKEN=token/{role}/token@gitlab,engine=generic")])
            .args(["run", "--", "sh", "-c", WAITS])
            .env("CI_SERVER_URL", &self.group.sandbox.url)
            .env("VAULT_ID_TOKEN", &self.group.sandbox.id_token(&self.wire.address, json!({})))
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
            let mut job = scene.job(role);
            let mut process = job.spawn();
            assert!(wait_until(START, || job.project().join("started").exists()), "{role} {by}");
            assert_eq!(scene.living(), 1, "{role} {by}");
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
