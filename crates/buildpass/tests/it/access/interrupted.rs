//! Killed after every single write at either server, or left by both, and run again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;

use super::scene::{PROJECT, Scene};
use crate::harness::{Fate, Proxy, State, http, on_every_vault, wait_until};

/// One declaration of many, each with mounts, names and roles of its own.
struct Case {
    toml: String,
    store: String,
    name: String,
}

impl Case {
    fn new(scene: &Scene<'_>, label: &str) -> Self {
        let (name, store) = (format!("ci-{label}"), format!("kv-{label}"));
        let toml = format!(
            "[vault]\nauth = \"jwt-{label}\"\n[identity]\nissuer = \"{}\"\naudience = \"https://vault.example\"\n\
             [access]\nname = \"owner-{label}\"\n\
             [[access.token]]\nname = \"{name}\"\ngroup = \"gitlab-org/security\"\nstore = \"a/token@{store}\"\n\
             [[access.grant]]\nsecret = \"{name}\"\nvault_role = \"role-{label}\"\nprojects = [\"{PROJECT}\"]\nrefs = \"protected\"\n",
            scene.group.sandbox.url
        );
        Self { toml, store, name }
    }

    fn stored(&self, scene: &Scene<'_>) -> Option<String> {
        let (_, answer) = scene.vault.ask("GET", &format!("{}/data/a", self.store), Value::Null);
        Some(answer["data"]["data"]["token"].as_str()?.to_owned())
    }

    /// The GitLab number of the stored token, if it lives.
    fn living(&self, scene: &Scene<'_>) -> Option<u64> {
        let value = self.stored(scene)?;
        let url = format!("{}/api/v4/personal_access_tokens/self", scene.group.sandbox.url);
        let (status, view) = http::request("GET", &url, &[("private-token", &value)], None).unwrap();
        (status == 200).then(|| view["id"].as_u64().unwrap())
    }
}

/// The owner of one token alone.
const LAST: &str = "gitlab-org/security/gitlab-shell";

/// How many of its living tokens have that name.
fn of_project(scene: &Scene<'_>, name: &str) -> usize {
    let path =
        format!("/api/v4/projects/{}/access_tokens?state=active&per_page=100", LAST.replace('/', "%2F"));
    let all = scene.group.sandbox.admin("GET", &path, &Value::Null);
    all.as_array().unwrap().iter().filter(|token| token["name"] == name).count()
}

fn is_write(line: &str) -> bool {
    ["POST ", "PUT ", "DELETE "].iter().any(|method| line.starts_with(method))
}

/// What happens to a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accident {
    Killed,
    /// Neither server is there any more.
    LeftAlone,
}

/// Runs a command and kills it when the answer of its `nth` write is on the way; says whether it was killed.
pub(super) fn killed_after(nth: usize, scene: &Scene<'_>, toml: &str, args: &[&str]) -> bool {
    ended_after(nth, scene, toml, args, Accident::Killed)
}

/// Runs a command to which something happens when the answer of its `nth` write is on the way; says whether it came so far.
fn ended_after(nth: usize, scene: &Scene<'_>, toml: &str, args: &[&str], accident: Accident) -> bool {
    let count = Arc::new(AtomicUsize::new(0));
    let watched = |server: &str| {
        let count = Arc::clone(&count);
        Proxy::start(server, move |line| {
            match is_write(line) && count.fetch_add(1, Ordering::SeqCst) + 1 == nth {
                true => Fate::Hold,
                false => Fate::Pass,
            }
        })
    };
    let (gitlab, vault) = (watched(&scene.group.sandbox.url), watched(&scene.vault.address));
    let mut owner = scene
        .owner(toml)
        .env("CI_SERVER_URL", &gitlab.address)
        .env("VAULT_ADDR", &vault.address)
        .args(args.iter().copied());
    let mut child = owner.spawn();
    let settled = wait_until(Duration::from_secs(60), || {
        gitlab.holds() || vault.holds() || child.try_wait().unwrap().is_some()
    });
    assert!(settled, "{args:?} neither ended nor came to its write {nth}");
    let happened = child.try_wait().unwrap().is_none();
    match accident {
        _ if !happened => {}
        Accident::Killed => child.kill().unwrap(),
        Accident::LeftAlone => [&gitlab, &vault].into_iter().for_each(|wire| wire.turn(State::Broken)),
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(happened || output.status.success(), "{said}");
    if happened && accident == Accident::LeftAlone {
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains("\nhint: "), "{said}");
    }
    happened
}

/// After another run, everything is as declared: one token is stored and lives, and no other does but those that may.
fn comes_to_its_end(scene: &Scene<'_>, case: &Case, at_most: usize) {
    let finished = scene.owner(&case.toml).args(["access", "apply"]).run();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let plan = scene.owner(&case.toml).args(["access", "plan", "--detailed-exitcode"]).run();
    assert_eq!(plan.code, Some(0), "{}{}", plan.stdout, plan.stderr);
    let living = case.living(scene).expect("a living token is stored");
    let all = scene.living(&case.name);
    assert!(all.len() <= at_most, "{all:?}");
    assert!(all.iter().any(|token| token["id"] == living), "{all:?}");
    let note = scene.vault.must("GET", &format!("{}/metadata/a", case.store), Value::Null);
    assert_eq!(note["data"]["custom_metadata"]["token_id"], living.to_string());
}

on_every_vault! {
    fn apply_is_killed_after_every_write(vault) {
        let scene = Scene::on(vault);
        let mut writes = 0;
        while killed_after(writes + 1, &scene, &Case::new(&scene, &writes.to_string()).toml, &["access", "apply"]) {
            comes_to_its_end(&scene, &Case::new(&scene, &writes.to_string()), 1);
            writes += 1;
        }
        // KV store, auth method, its settings, token, secret, note, policy, role.
        assert_eq!(writes, 8);
    }

    fn apply_goes_on_where_both_servers_left_it(vault) {
        let scene = Scene::on(vault);
        let mut writes = 0;
        loop {
            let case = Case::new(&scene, &format!("left-{writes}"));
            let args = ["--timeout", "1s", "access", "apply"];
            if !ended_after(writes + 1, &scene, &case.toml, &args, Accident::LeftAlone) {
                break;
            }
            comes_to_its_end(&scene, &case, 1);
            writes += 1;
        }
        assert_eq!(writes, 8);
    }

    fn rotate_is_killed_after_every_write_and_no_job_ever_finds_a_dead_token(vault) {
        let scene = Scene::on(vault);
        let mut writes = 0;
        loop {
            let case = Case::new(&scene, &writes.to_string());
            scene.apply(&case.toml);
            let killed = killed_after(writes + 1, &scene, &case.toml, &["access", "rotate", &case.name]);
            assert!(case.living(&scene).is_some(), "after the write {}", writes + 1);
            if !killed {
                break;
            }
            comes_to_its_end(&scene, &case, 2);
            writes += 1;
        }
        assert_eq!(writes, 3);
    }

    /// Nothing but the policy of its readers leads to a token whose owner is declared nowhere any more.
    fn the_end_of_an_owners_last_token_is_killed_after_every_write(vault) {
        let scene = Scene::on(vault);
        let mut writes = 0;
        loop {
            let label = format!("last-{writes}");
            let case = Case::new(&scene, &label);
            let both = format!(
                "{}[[access.token]]\nname = \"{label}\"\nproject = \"{LAST}\"\nstore = \"b/token@kv-{label}\"\n\
                 [[access.grant]]\nsecret = \"{label}\"\nvault_role = \"more-{label}\"\nprojects = [\"{PROJECT}\"]\nrefs = \"protected\"\n",
                case.toml
            );
            scene.apply(&both);
            assert_eq!(of_project(&scene, &label), 1);
            let killed = killed_after(writes + 1, &scene, &case.toml, &["access", "apply"]);
            comes_to_its_end(&scene, &case, 1);
            assert_eq!(of_project(&scene, &label), 0, "after the write {}", writes + 1);
            assert_eq!(vault.ask("GET", &format!("kv-{label}/data/b"), Value::Null).0, 404);
            let policies = vault.must("LIST", "sys/policies/acl", Value::Null)["data"]["keys"].to_string();
            assert!(!policies.contains(&format!("more-{label}")), "{policies}");
            if !killed {
                break;
            }
            writes += 1;
        }
        // Role, field, version, token, note, policy.
        assert_eq!(writes, 6);
    }

    /// Nobody is granted it: a policy that is for nobody leads to it, from before it is made until it is dead.
    fn a_last_token_that_nobody_is_granted_is_found_when_its_declaration_is_gone(vault) {
        let scene = Scene::on(vault);
        let both = |case: &Case, label: &str| {
            format!("{}[[access.token]]\nname = \"{label}\"\nproject = \"{LAST}\"\nstore = \"b/token@kv-{label}\"\n", case.toml)
        };
        let gone = |label: &str, writes: usize| {
            assert_eq!(of_project(&scene, label), 0, "after the write {writes}");
            // A value without its note may be anybody's, and stays; what it was good for is over.
            let (_, left) = vault.ask("GET", &format!("kv-{label}/data/b"), Value::Null);
            assert!(left["data"]["data"]["token"].as_str().is_none_or(|value| !scene.lives(value)), "after the write {writes}");
            let policies = vault.must("LIST", "sys/policies/acl", Value::Null)["data"]["keys"].to_string();
            assert!(!policies.contains(&format!("owner-{label}--tokens")), "{policies}");
        };
        // Killed while it is made, and not declared any more when the next run comes.
        let mut writes = 0;
        loop {
            let label = format!("made-{writes}");
            let mut case = Case::new(&scene, &label);
            let alone = std::mem::replace(&mut case.toml, both(&Case::new(&scene, &label), &label));
            let killed = killed_after(writes + 1, &scene, &case.toml, &["access", "apply"]);
            case.toml = alone;
            comes_to_its_end(&scene, &case, 1);
            gone(&label, writes + 1);
            if !killed {
                break;
            }
            writes += 1;
        }
        // The policy, then KV store, auth method, its settings, two tokens, secrets and notes, policy, role.
        assert_eq!(writes, 12);
        // Killed while it is ended.
        let mut writes = 0;
        loop {
            let label = format!("ended-{writes}");
            let case = Case::new(&scene, &label);
            let toml = both(&case, &label);
            scene.apply(&toml);
            assert_eq!(of_project(&scene, &label), 1);
            let again = scene.owner(&toml).args(["access", "plan", "--detailed-exitcode"]).run();
            assert_eq!(again.code, Some(0), "{}", again.stdout);
            let killed = killed_after(writes + 1, &scene, &case.toml, &["access", "apply"]);
            comes_to_its_end(&scene, &case, 1);
            gone(&label, writes + 1);
            if !killed {
                break;
            }
            writes += 1;
        }
        // Field, version, token, note, policy.
        assert_eq!(writes, 5);
    }

    fn apply_of_nothing_writes_nothing(vault) {
        let scene = Scene::on(vault);
        let case = Case::new(&scene, "still");
        scene.apply(&case.toml);
        let (writes, lists) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let watched = |server: &str| {
            let (writes, lists) = (Arc::clone(&writes), Arc::clone(&lists));
            Proxy::start(server, move |line| {
                writes.fetch_add(usize::from(is_write(line)), Ordering::SeqCst);
                lists.fetch_add(usize::from(line.contains("/access_tokens?")), Ordering::SeqCst);
                Fate::Pass
            })
        };
        let (gitlab, through) = (watched(&scene.group.sandbox.url), watched(&vault.address));
        let finished = scene
            .owner(&case.toml)
            .env("CI_SERVER_URL", &gitlab.address)
            .env("VAULT_ADDR", &through.address)
            .args(["access", "apply"])
            .run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert_eq!((writes.load(Ordering::SeqCst), lists.load(Ordering::SeqCst)), (0, 1));
    }
}
