//! What is refused, with nothing changed.

use serde_json::{Value, json};

use super::scene::{PROJECT, Scene, declared};
use crate::harness::{ADMIN, BUILD_TOKEN_PATH, Buildpass, Fate, Finished, Proxy, ROOT, http, on_every_vault};

/// What is said, without what differs from run to run.
fn said(scene: &Scene<'_>, finished: &Finished) -> String {
    let text =
        finished.stderr.replace(&scene.group.sandbox.url, "GITLAB").replace(&scene.vault.address, "VAULT");
    text.replace(BUILD_TOKEN_PATH, "PATH")
}

on_every_vault! {
    fn a_plan_of_yesterday(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        let mut owner = scene.owner(&toml).args(["access", "plan", "--out", "plan.json"]);
        assert_eq!(owner.run().code, Some(0));
        let saved = std::fs::read_to_string(owner.project().join("plan.json")).unwrap();
        let apply = |saved: &str| scene.owner(&toml).file("plan.json", saved).args(["access", "apply", "plan.json"]).run();
        assert_eq!(apply(&saved).code, Some(0));
        let again = apply(&saved);
        assert_eq!(again.code, Some(3), "{}", again.stderr);
        assert!(again.stderr.starts_with("error: the world has moved since the plan was made\n  caused by: planned, and not to be done any more: create the KV store ci/"), "{}", again.stderr);
        assert_eq!(scene.living("ci-read").len(), 1);
        assert_eq!(apply("{}").code, Some(2));
    }

    fn a_path_that_something_else_occupies(vault) {
        let scene = Scene::on(vault);
        vault.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": "made-up-password-of-a-database"}));
        let finished = scene.owner(&declared("")).args(["access", "apply"]).run();
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(said(&scene, &finished), @"error: what stands at PATH/token@ci is no living token of GitLab, and buildpass did not put it there: remove it, or store the token `ci-read` elsewhere");
        assert_eq!(scene.stored().unwrap(), "made-up-password-of-a-database");
        assert!(scene.living("ci-read").is_empty());
    }

    fn mounts_that_are_something_else(vault) {
        let scene = Scene::on(vault);
        vault.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "1"}}));
        let finished = scene.owner(&declared("")).args(["access", "plan"]).run();
        insta::assert_snapshot!(said(&scene, &finished), @"error: `ci` is a KV store of version 1: tokens are kept in a KV store of version 2, so name another mount in `store`");
        vault.must("DELETE", "sys/mounts/ci", Value::Null);
        let finished = scene.owner(&declared("")).args(["--auth", "ci-jwt", "access", "apply"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        let finished = scene.owner(&declared("")).args(["--auth", "ci-jwt", "--issuer", "https://other.example", "access", "plan"]).run();
        insta::assert_snapshot!(said(&scene, &finished), @"error: the auth method `ci-jwt` is for the ID tokens of GITLAB, and not of https://other.example: name another with `[vault] auth`, or the issuer with `[identity] issuer`");
    }

    fn projects_and_refs_that_are_not_there(vault) {
        let scene = Scene::on(vault);
        let grant = |rest: &str| declared(&format!("[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"r\"\n{rest}"));
        let plan = |toml: &str| scene.owner(toml).args(["access", "plan"]).run();
        let finished = plan(&grant("projects = [\"gitlab-org/nowhere\"]\nrefs = \"protected\"\n"));
        insta::assert_snapshot!(said(&scene, &finished), @"
        error: the grant of `ci-read` names gitlab-org/nowhere, which is not there, or not for this token to see
        hint: is its path right? a number stays when it is renamed
        ");
        let finished = plan(&grant("projects = [\"gitlab-org/security/gitlab-shell\"]\nrefs = [\"*-stable\"]\n"));
        insta::assert_snapshot!(said(&scene, &finished), @"error: no protected branch of the projects of the role r looks like *-stable: a role without a branch would let every one in");
        let elsewhere = declared("").replace("group = \"gitlab-org/security\"", "group = \"no-such-group\"");
        insta::assert_snapshot!(said(&scene, &plan(&elsewhere)), @"
        error: GitLab refused to list the tokens of the group no-such-group: 404 Group Not Found
        hint: is the path right, and may the token see it? GitLab answers the same to both
        ");
    }

    fn rights_that_do_not_suffice(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        let plan = |name: &str, value: &str| {
            let finished = scene.owner(&toml).env(name, value).args(["access", "plan"]).run();
            (finished.code, said(&scene, &finished))
        };
        let reads = scene.group.token_with("read_api", 50);
        insta::assert_snapshot!(plan("GITLAB_TOKEN", &reads).1, @"
        error: the token that GitLab is asked with has no scope `api`, but `read_api`
        hint: make one with the scope `api`, of an owner of the groups
        ");
        insta::assert_snapshot!(plan("GITLAB_TOKEN", "glpat-made-up-and-unknown").1, @"
        error: GitLab refused to say what its token is: 401 Unauthorized
        hint: the token must be alive, and an owner's
        ");
        let developer = scene.group.token_with("api", 30);
        insta::assert_snapshot!(plan("GITLAB_TOKEN", &developer).1, @"
        error: GitLab refused to list the tokens of the group gitlab-org/security: 401 Unauthorized
        hint: the token must be alive, and an owner's
        ");
        insta::assert_snapshot!(plan("VAULT_TOKEN", "made-up-and-unknown").1, @"
        error: the vault refused GET sys/mounts/ci: 403 permission denied
        hint: is the token still alive, and do its policies allow it?
        ");
        assert_eq!(plan("CI_SERVER_URL", "http://127.0.0.1:1").0, Some(4));
        assert!(scene.living("ci-read").is_empty());
    }

    fn the_rights_that_are_printed_suffice_and_no_more_are_asked_for(vault) {
        let scene = Scene::on(vault);
        // One of the tokens is granted to nobody.
        let toml = declared("[[access.token]]\nname = \"second\"\ngroup = \"gitlab-org/security\"\nstore = \"b/token@ci\"\n");
        vault.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        vault.must("POST", "sys/auth/jwt", json!({"type": "jwt"}));
        let printed = scene.owner(&toml).args(["access", "plan", "--policy"]).run().stdout;
        vault.policy("owner", &printed);
        let made = vault.must("POST", "auth/token/create", json!({"policies": ["owner"], "no_parent": true}));
        let token = made["auth"]["client_token"].as_str().unwrap();
        let run = |args: &[&str]| {
            let finished = scene.owner(&toml).env("VAULT_TOKEN", token).args(args.iter().copied()).run();
            assert_eq!(finished.code, Some(0), "{args:?}: {}", finished.stderr);
        };
        run(&["access", "apply"]);
        run(&["access", "rotate", "ci-read"]);
        run(&["access", "status"]);
        assert!(scene.job_reads());
        run(&["access", "revoke", "ci-read"]);
        let headers = [("x-vault-token", token)];
        let url = format!("{}/v1/ci/data/other", vault.address);
        assert_eq!(http::request("GET", &url, &headers, None).unwrap().0, 403);
    }

    /// As in a scheduled pipeline: no token of anybody stands in a variable.
    fn a_job_that_may_applies_with_its_own_id_token(vault) {
        let scene = Scene::on(vault);
        let toml = format!("[gitlab]\nfrom = \"owner/token@ci\"\n{}", declared(""));
        vault.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        vault.write_secret("owner", json!({"token": ADMIN}));
        vault.must("POST", "sys/auth/jwt", json!({"type": "jwt"}));
        let gitlab = &scene.group.sandbox.url;
        vault.must("POST", "auth/jwt/config", json!({"oidc_discovery_url": gitlab, "bound_issuer": gitlab}));
        let printed = scene.owner(&toml).args(["access", "plan", "--policy"]).run().stdout;
        vault.policy("owner", &printed);
        let owner = json!({
            "token_policies": ["owner"], "token_ttl": "60s",
            "bound_claims": {"project_path": "gitlab-org/security/gitlab-shell", "ref_protected": "true"},
        });
        vault.role("owner", owner);
        let run = |project: &str| {
            let id_token = scene.group.sandbox.id_token(&vault.address, json!({"project": project}));
            Buildpass::new()
                .file("buildpass.toml", &toml)
                .env("CI_SERVER_URL", gitlab)
                .env("CI_JOB_URL", "https://gitlab.example/g/p/-/jobs/7")
                .env("VAULT_ADDR", &vault.address)
                .env("VAULT_ID_TOKEN", &id_token)
                .args(["--role", "owner", "access", "apply"])
                .run()
        };
        let refused = run("gitlab-org/security/omnibus-gitlab");
        assert_eq!(refused.code, Some(3), "{}", refused.stderr);
        let finished = run("gitlab-org/security/gitlab-shell");
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert_eq!(scene.note()["made_by"], "https://gitlab.example/g/p/-/jobs/7");
        assert_eq!(vault.sessions(), 0);
        assert!(scene.job_reads());
    }

    fn sessions_that_end_before_the_job_may(vault) {
        let scene = Scene::on(vault);
        let warnings = || scene.plan(&declared(""))["warnings"].clone();
        assert_eq!(warnings(), json!([]), "two hours are longer than GitLab's default");
        scene.group.sandbox.admin("PUT", &format!("/api/v4/projects/{}", PROJECT.replace('/', "%2F")), &json!({"build_timeout": 10_800}));
        let said = warnings();
        assert!(said[0].as_str().unwrap().ends_with("omnibus-gitlab ends after 2h: say `session_ttl = \"3h\"`"), "{said}");
    }

    fn a_lifetime_that_this_gitlab_does_not_allow(vault) {
        let scene = Scene::on(vault);
        let settings = json!({"max_personal_access_token_lifetime": 10});
        scene.group.sandbox.admin("PUT", "/api/v4/application/settings", &settings);
        let finished = scene.owner(&declared("")).args(["access", "apply"]).run();
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        let hint = "hint: this GitLab allows no such lifetime: shorten `lifetime`";
        assert!(finished.stderr.contains("must be before") && finished.stderr.contains(hint), "{}", finished.stderr);
        assert!(scene.stored().is_none() && scene.living("ci-read").is_empty());
        scene.apply(&declared("").replace("name = \"ci-read\"", "name = \"ci-read\"\nlifetime = \"8d\""));
        assert!(scene.job_reads());
    }

    fn a_storm_of_too_many_requests_is_waited_out(vault) {
        let scene = Scene::on(vault);
        let limit = json!({
            "throttle_authenticated_api_enabled": true, "throttle_authenticated_api_requests_per_period": 2,
            "throttle_authenticated_api_period_in_seconds": 2,
        });
        scene.group.sandbox.admin("PUT", "/api/v4/application/settings", &limit);
        let gitlab = Proxy::start(&scene.group.sandbox.url, |_| Fate::Pass);
        let issuer = scene.group.sandbox.url.clone();
        let finished = scene
            .owner(&declared(""))
            .env("CI_SERVER_URL", &gitlab.address)
            .args(["--issuer", &issuer, "access", "apply"])
            .run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert!(gitlab.answered().contains("HTTP/1.1 429"), "there was no storm");
        assert!(scene.job_reads());
    }

    fn no_secret_is_in_what_is_said(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        let mut text = scene.apply(&toml);
        for args in [&["access", "plan"][..], &["access", "rotate", "ci-read"], &["access", "status", "--format", "json"], &["access", "sweep"], &["access", "revoke", "ci-read"]] {
            let before = scene.stored();
            let finished = scene.owner(&toml).args(args.iter().copied()).run();
            assert_eq!(finished.code, Some(0), "{args:?}: {}", finished.stderr);
            text.push_str(&finished.stdout);
            text.push_str(&finished.stderr);
            for secret in [before, scene.stored(), Some(crate::harness::ADMIN.to_owned()), Some(ROOT.to_owned())].into_iter().flatten() {
                assert!(!text.contains(&secret), "{args:?}");
            }
        }
    }
}
