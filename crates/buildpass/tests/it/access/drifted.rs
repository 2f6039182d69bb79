//! What somebody changed by hand is shown, and mended.

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, on_every_vault};

/// Every step of a plan in a line, with its reasons.
fn steps(scene: &Scene<'_>, toml: &str) -> Vec<String> {
    let plan = scene.plan(toml);
    let each = plan["steps"].as_array().unwrap().iter().map(|step| {
        let because: Vec<&str> =
            step["because"].as_array().unwrap().iter().map(|each| each.as_str().unwrap()).collect();
        format!(
            "{} {}: {}",
            step["verb"].as_str().unwrap(),
            step["object"]["kind"].as_str().unwrap(),
            because.join("; ")
        )
    });
    each.collect()
}

on_every_vault! {
    fn drift_in_the_vault(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let role = "auth/jwt/role/omnibus-gitlab";
        let mut claims = vault.must("GET", role, Value::Null)["data"]["bound_claims"].clone();
        claims["project_path"] = json!(["gitlab-org/security/omnibus-gitlab", "evil/project"]);
        vault.must("POST", role, json!({"role_type": "jwt", "bound_claims": claims}));
        vault.policy("buildpass-omnibus-gitlab", "path \"ci/*\" { capabilities = [\"read\"] }");
        assert_eq!(steps(&scene, &toml), [
            "change policy: it was written otherwise",
            "change role: it admits more than is declared",
        ]);
        scene.apply(&toml);
        assert_eq!(steps(&scene, &toml), [""; 0]);

        vault.must("DELETE", role, Value::Null);
        assert_eq!(steps(&scene, &toml), ["create role: there is none"]);
        scene.apply(&toml);
        assert!(scene.job_reads());
    }

    fn a_secret_that_is_not_the_token(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let good = scene.stored().unwrap();
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": "glpat-made-up-other", "note": "kept"}));
        assert_eq!(steps(&scene, &toml), ["rotate token: the stored value is not the token that GitLab knows"]);
        scene.apply(&toml);
        assert_eq!(steps(&scene, &toml), [""; 0]);
        assert_ne!(scene.stored().unwrap(), good);
        let kept = vault.must("GET", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null)["data"]["data"]["note"].clone();
        assert_eq!(kept, "kept", "another field of the secret is nobody's business");
        assert!(scene.job_reads());
    }

    fn a_token_that_was_revoked_by_hand(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let id = scene.note()["token_id"].as_str().unwrap().to_owned();
        let path = format!("/api/v4/groups/gitlab-org%2Fsecurity/access_tokens/{id}");
        scene.group.sandbox.admin("DELETE", &path, &Value::Null);
        assert_eq!(steps(&scene, &toml), [format!("create token: the token {id} was revoked or has ended")]);
        scene.apply(&toml);
        assert!(scene.job_reads());
    }

    fn what_is_declared_otherwise_makes_a_new_token(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let other = declared("").replace("name = \"ci-read\"", "name = \"ci-read\"\nrole = \"developer\"\nscopes = [\"read_repository\", \"read_api\"]");
        assert_eq!(steps(&scene, &other), [
            "rotate token: its scopes are `read_repository`, declared are `read_api read_repository`; its role is reporter, declared is developer",
        ]);
        scene.apply(&other);
        assert_eq!(steps(&scene, &other), [""; 0]);
        assert_eq!(scene.living("ci-read").len(), 2, "jobs may still hold the old one");
        let shorter = other.replace("name = \"ci-read\"", "name = \"ci-read\"\nlifetime = \"10d\"");
        assert!(steps(&scene, &shorter)[0].contains("later than 10 days allow"), "{:?}", steps(&scene, &shorter));
    }

    fn a_token_that_is_stored_already_is_taken_over(vault) {
        let scene = Scene::on(vault);
        scene.group.deploy(vault);
        let toml = declared("").replace("name = \"ci-read\"", "name = \"build-token\"\nrole = \"developer\"\nlifetime = \"365d\"");
        let found = steps(&scene, &toml);
        assert!(found.iter().any(|step| step.starts_with("change note: the token") && step.contains("is taken over")), "{found:?}");
        assert!(found.iter().any(|step| step.contains("change role") && step.contains("buildpass did not make it")), "{found:?}");
        scene.apply(&toml);
        assert_eq!(scene.stored().unwrap(), scene.group.token, "no job notices");
        assert_eq!(steps(&scene, &toml), [""; 0]);
    }

    fn a_token_that_is_to_stand_in_another_field(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let old = scene.stored().unwrap();
        let toml = declared("").replace("/token@ci", "/value@ci");
        assert_eq!(steps(&scene, &toml), ["rotate token: it is stored in the field `token`, declared is `value`"]);
        scene.apply(&toml);
        assert_eq!(steps(&scene, &toml), [""; 0]);
        let secret = vault.must("GET", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null)["data"]["data"].clone();
        assert!(secret["value"].as_str().is_some_and(|value| value != old), "{secret}");
        assert_eq!(secret["token"], old, "jobs may still read it, and it lives until it retires");
        assert_eq!(scene.living("ci-read").len(), 2);
        scene.pass(3 * 60 * 60);
        scene.apply(&toml);
        assert_eq!(scene.living("ci-read").len(), 1);
        assert_eq!(vault.must("GET", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null)["data"]["data"], secret);
        assert_eq!(scene.note()["field"], "value");
    }

    fn of_a_secret_with_other_fields_only_the_token_is_taken(vault) {
        let scene = Scene::on(vault);
        let two = declared("[[access.token]]\nname = \"second\"\ngroup = \"gitlab-org/security\"\nstore = \"b/token@ci\"\n");
        scene.apply(&two);
        let stored = vault.must("GET", "ci/data/b", Value::Null)["data"]["data"]["token"].clone();
        vault.write_secret("b", json!({"token": stored, "password": "made-up-and-kept"}));
        let toml = declared("");
        assert_eq!(scene.run(&toml, &["rotate", "--due"]), "Nothing is due.\n", "a rotation ends nothing that it does not know");
        scene.apply(&toml);
        assert_eq!(vault.must("GET", "ci/data/b", Value::Null)["data"]["data"], json!({"password": "made-up-and-kept"}));
        assert_eq!(vault.must("GET", "ci/metadata/b", Value::Null)["data"]["custom_metadata"], Value::Null);
        assert!(scene.living("second").is_empty());
        assert_eq!(steps(&scene, &toml), [""; 0]);
    }

    fn what_is_not_declared_any_more_is_ended(vault) {
        let scene = Scene::on(vault);
        let two = declared("[[access.token]]\nname = \"second\"\ngroup = \"gitlab-org/security\"\nstore = \"b/token@ci\"\n[[access.grant]]\nsecret = \"second\"\nvault_role = \"second\"\nprojects = [\"gitlab-org/security/gitlab-shell\"]\nrefs = \"protected\"\n");
        scene.apply(&two);
        let toml = declared("");
        assert_eq!(steps(&scene, &toml), [
            "revoke role: no grant is declared for it any more",
            "revoke secret: the token that it holds is not declared any more",
            "revoke old-token: it is not declared any more",
            "revoke policy: no grant is declared for it any more",
        ]);
        scene.apply(&toml);
        assert!(scene.living("second").is_empty());
        assert_eq!(vault.ask("GET", "ci/data/b", Value::Null).0, 404);
        let older = vault.must("GET", "ci/metadata/b", Value::Null)["data"]["versions"].as_object().unwrap().len();
        assert!(older >= 1, "what was there before can still be looked at");
        assert!(scene.job_reads());
    }
}
