//! Sessions that the vault does not keep: a grant may ask for them, and is told what they cost.

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{Buildpass, on_every_vault};

const ROLE: &str = "auth/jwt/role/omnibus-gitlab";

fn batch() -> String {
    declared("session = \"batch\"\n")
}

on_every_vault! {
    fn a_grant_of_batch_sessions_is_applied_kept_and_used(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let plan = scene.plan(&batch());
        assert_eq!(plan["steps"].as_array().unwrap().len(), 1, "{plan}");
        let changes = json!([
            {"field": "token_ttl", "from": "60", "to": "7200"},
            {"field": "token_type", "from": "service", "to": "batch"},
        ]);
        let mut found = plan["steps"][0]["changes"].as_array().unwrap().clone();
        found.sort_by_key(|change| change["field"].to_string());
        assert_eq!(Value::Array(found), changes, "{plan}");
        let warning = "the sessions of the role omnibus-gitlab are of the type `batch`: nobody can renew one or give it back, so that each lives for 2h, however its job ends";
        assert!(plan["warnings"].as_array().unwrap().contains(&json!(warning)), "{plan}");
        scene.apply(&batch());
        assert_eq!(scene.plan(&batch())["steps"], json!([]));
        let role = vault.must("GET", ROLE, Value::Null)["data"].clone();
        assert_eq!((&role["token_type"], &role["token_ttl"], &role["token_max_ttl"]), (&json!("batch"), &json!(7200), &json!(7200)));

        // A real login: the job reads its repository, and is told that the session outlives it.
        let url = format!("{}/gitlab-org/security/gitlab-shell.git", scene.group.sandbox.url);
        let finished = scene.job(json!({})).args(["run", "--", "git", "clone", "-q", &url, "made"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert!(finished.stderr.contains("batch"), "{}", finished.stderr);
        let hostile = scene.job(json!({"ref_protected": false})).args(["token", "SECURITY_PRIVATE_TOKEN"]).run();
        assert_eq!(hostile.code, Some(3), "{}", hostile.stderr);

        // Edited by hand, it is drift.
        vault.must("POST", ROLE, json!({"role_type": "jwt", "token_type": "service", "token_ttl": "60s"}));
        assert_eq!(scene.plan(&batch())["steps"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_type_that_no_session_has_is_refused_where_it_stands() {
    let toml = declared("session = \"default\"\n");
    let vault = "https://vault.example.com";
    let finished = Buildpass::new()
        .file("buildpass.toml", &toml)
        .args(["--audience", vault, "access", "plan", "--policy"])
        .run();
    assert_eq!(finished.code, Some(2), "{}", finished.stdout);
    assert!(finished.stderr.contains("`service` or `batch`"), "{}", finished.stderr);
    let both = format!(
        "{}[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"omnibus-gitlab\"\nprojects = [\"gitlab-org/security/omnibus-gitlab\"]\nrefs = \"protected\"\nsession_ttl = \"2h\"\n",
        batch()
    );
    let finished = Buildpass::new()
        .file("buildpass.toml", &both)
        .args(["--audience", vault, "access", "plan", "--policy"])
        .run();
    assert!(
        finished.stderr.contains("share the role omnibus-gitlab, and differ in `session`"),
        "{}",
        finished.stderr
    );
}
