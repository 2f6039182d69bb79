use std::{
    fs,
    process::Child,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::{
    ADMIN, Buildpass, Fate, Finished, Proxy, Scripted, SecurityGroup, http, reply, wait_until,
};

/// A real GitLab behind a wire, and a vault that answers as its GitLab engine would: OpenBao has none.
pub(super) struct Scene {
    pub(super) group: SecurityGroup,
    pub(super) gitlab: Proxy,
    pub(super) vault: Proxy,
    minted: Arc<Mutex<Vec<Minted>>>,
    asked: Arc<Mutex<Vec<String>>>,
    _engine: Scripted,
}

#[derive(Clone, Debug)]
pub(super) struct Minted {
    pub(super) id: u64,
    pub(super) value: String,
}

/// How the vault holds the tokens that it has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// With a lease, at whose end it ends them.
    Leased,
    /// With a lease at whose end nothing is done: the engine's `gitlab_revokes_token`.
    LeasedInName,
    /// Not at all.
    Unbound,
}

/// What the command of most of these jobs does: waits for a file.
pub(super) const WAITS: &str =
    "test \"$TOKEN\" && touch started; while [ ! -e stop ]; do sleep 0.05; done; exit 5";

/// A token may live so long after its job.
pub(super) const AT_ONCE: Duration = Duration::from_secs(2);

/// A job starts in this time, on a busy machine too.
pub(super) const START: Duration = Duration::from_secs(20);

const OWN_END: &str = "DELETE /api/v4/personal_access_tokens/self ";

impl Scene {
    pub(super) fn with(hold: Hold) -> Self {
        Self::behind(hold, |_| Fate::Pass)
    }

    /// The same, where the vault's answers have a fate.
    pub(super) fn behind(hold: Hold, fate: impl Fn(&str) -> Fate + Send + Sync + 'static) -> Self {
        Self::of(hold, "gitlab", fate)
    }

    /// The same, where the mount is of another type.
    pub(super) fn of(
        hold: Hold,
        mount: &'static str,
        fate: impl Fn(&str) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let group = SecurityGroup::start();
        let minted: Arc<Mutex<Vec<Minted>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (url, made) = (group.sandbox.url.clone(), Arc::clone(&minted));
        let engine = Scripted::start(move |_, head| answer(head, (hold, mount), &url, &made));
        let log = Arc::clone(&asked);
        let gitlab = Proxy::start(&group.sandbox.url, move |line| {
            log.lock().unwrap().push(line.to_owned());
            Fate::Pass
        });
        let vault = Proxy::start(&engine.address, fate);
        Self { group, gitlab, vault, minted, asked, _engine: engine }
    }

    /// `buildpass` with one secret, which is minted.
    pub(super) fn command(&self) -> Buildpass {
        let token = self.group.sandbox.id_token(&self.vault.address, json!({}));
        Buildpass::new()
            .args(["--address", &self.vault.address, "--role", "r"])
            .args(["--secret", "TOKEN=token/ci/token@gitlab,engine=generic"])
            .env("VAULT_ID_TOKEN", &token)
    }

    /// `buildpass run` of a shell script.
    pub(super) fn job(&self, script: &str) -> Buildpass {
        self.command().env("CI_SERVER_URL", &self.gitlab.address).args(["run", "--", "sh", "-c", script])
    }

    /// A job that was started, its process, and the token that was made for it.
    pub(super) fn started(&self) -> (Buildpass, Child, Minted) {
        let mut job = self.job(WAITS);
        let process = job.spawn();
        let started = job.project().join("started");
        assert!(wait_until(START, || started.exists()), "the command was not started");
        let minted = self.only();
        assert!(self.lives(&minted), "it is of use while the job runs");
        (job, process, minted)
    }

    pub(super) fn minted(&self) -> Vec<Minted> {
        self.minted.lock().unwrap().clone()
    }

    /// The one token that was made.
    pub(super) fn only(&self) -> Minted {
        let minted = self.minted();
        assert_eq!(minted.len(), 1);
        minted[0].clone()
    }

    pub(super) fn lives(&self, token: &Minted) -> bool {
        let url = format!("{}/api/v4/personal_access_tokens/self", self.group.sandbox.url);
        http::request("GET", &url, &[("private-token", &token.value)], None).unwrap().0 == 200
    }

    /// Ends a token, as its owner would.
    pub(super) fn revoke(&self, token: &Minted) {
        revoke(&self.group.sandbox.url, token.id);
    }

    /// How often a token was asked to end itself.
    pub(super) fn own_ends(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|line| line.starts_with(OWN_END)).count()
    }

    /// How often GitLab was asked anything with a token.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(super) fn let_it_end(job: &Buildpass) {
    fs::write(job.project().join("stop"), "").unwrap();
}

pub(super) fn ended(process: Child) -> Finished {
    let output = process.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Finished { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

fn answer(head: &str, (hold, mount): (Hold, &str), gitlab: &str, minted: &Mutex<Vec<Minted>>) -> Vec<u8> {
    let line = head.lines().next().unwrap_or_default();
    if line.contains("/login") {
        let auth = r#"{"auth":{"client_token":"made-up-session","lease_duration":60,"renewable":true,"token_type":"service"}}"#;
        reply(200, "", auth)
    } else if line.contains("/renew-self") {
        reply(200, "", r#"{"auth":{"lease_duration":60}}"#)
    } else if line.starts_with("GET /v1/gitlab/token/ci ") {
        let made = mint(gitlab);
        minted.lock().unwrap().push(made.clone());
        reply(200, "", &of_engine(&made, hold).to_string())
    } else if line.contains("/sys/internal/ui/mounts/gitlab ") {
        match mount {
            "" => reply(403, "", r#"{"errors":["permission denied"]}"#),
            kind => reply(200, "", &json!({"data": {"type": kind, "options": null}}).to_string()),
        }
    } else if line.contains("/revoke-self ") {
        if hold == Hold::Leased {
            minted.lock().unwrap().iter().for_each(|token| revoke(gitlab, token.id));
        }
        reply(204, "", "")
    } else {
        reply(404, "", r#"{"errors":[]}"#)
    }
}

const TOKENS: &str = "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens";

fn mint(gitlab: &str) -> Minted {
    let wanted = json!({"name": "ci", "scopes": ["read_repository"], "access_level": 20});
    let headers = [("private-token", ADMIN)];
    let (status, made) =
        http::request("POST", &format!("{gitlab}{TOKENS}"), &headers, Some(&wanted)).unwrap();
    assert_eq!(status, 201, "{made}");
    Minted { id: made["id"].as_u64().unwrap(), value: made["token"].as_str().unwrap().to_owned() }
}

fn revoke(gitlab: &str, id: u64) {
    http::request("DELETE", &format!("{gitlab}{TOKENS}/{id}"), &[("private-token", ADMIN)], None);
}

fn of_engine(made: &Minted, hold: Hold) -> Value {
    let lease = if hold == Hold::Unbound { "" } else { "gitlab/token/ci/made-up-lease" };
    json!({
        "lease_id": lease, "lease_duration": 3600, "renewable": false, "data": engine_fields(made.id, &made.value),
    })
}

/// The fields of the public engine, and its end, which is the vault's.
pub(super) fn engine_fields(id: u64, value: &str) -> Value {
    json!({
        "token": value, "token_id": id, "token_type": "group", "token_sha1_hash": "made-up", "name": "ci",
        "path": "gitlab-org/security", "parent_id": "gitlab-org/security", "role_name": "ci", "config_name": "default",
        "scopes": ["read_repository"], "access_level": "reporter",
        "created_at": "2026-11-30T09:00:00Z", "expires_at": "2038-01-01T10:00:00Z",
    })
}
