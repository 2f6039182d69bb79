//! Real logins with the roles that apply writes.

use serde_json::{Value, json};

use super::scene::{PROJECT, Scene, declared};
use crate::harness::{http, on_every_vault};

/// Branches by name and by pattern, tags, and both in one role.
const ROLES: &str = r#"
[[access.grant]]
secret = "ci-read"
vault_role = "branches"
projects = ["gitlab-org/security/omnibus-gitlab"]
refs = ["main", "*-stable"]

[[access.grant]]
secret = "ci-read"
vault_role = "both"
projects = ["gitlab-org/security/omnibus-gitlab"]
refs = ["main"]
tags = ["v*"]

[[access.grant]]
secret = "ci-read"
vault_role = "production"
projects = ["gitlab-org/security/omnibus-gitlab"]
refs = "protected"
environments = ["production"]
"#;

/// How a login by a role came out: its status, and what was said.
fn login(scene: &Scene<'_>, role: &str, token: &str) -> (u16, Value) {
    let url = format!("{}/v1/auth/jwt/login", scene.vault.address);
    http::request("POST", &url, &[], Some(&json!({"role": role, "jwt": token}))).unwrap()
}

fn prepared<'a>(vault: &'a crate::harness::Vault) -> Scene<'a> {
    let scene = Scene::on(vault);
    let sandbox = &scene.group.sandbox;
    for branch in ["main", "17-1-stable", "17-1-stable-ee", "feature"] {
        let tags = if branch == "main" { json!(["v1.0", "nightly"]) } else { json!([]) };
        let commit = json!({"project": PROJECT, "branch": branch, "files": {"a": "b\n"}, "tags": tags});
        sandbox.admin("POST", "/-/sandbox/commits", &commit);
    }
    let project = format!("/api/v4/projects/{}", PROJECT.replace('/', "%2F"));
    sandbox.admin("POST", &format!("{project}/protected_branches"), &json!({"name": "*-stable"}));
    sandbox.admin("POST", &format!("{project}/protected_tags"), &json!({"name": "v*"}));
    scene.apply(&declared(ROLES));
    scene
}

on_every_vault! {
    fn what_is_declared_gets_in(vault) {
        let scene = prepared(vault);
        let role = vault.must("GET", "auth/jwt/role/branches", Value::Null)["data"].clone();
        assert_eq!(role["bound_claims"]["ref"], json!(["17-1-stable", "main"]));
        for (role, more) in [
            ("branches", json!({})),
            ("branches", json!({"ref": "17-1-stable"})),
            ("both", json!({})),
            ("both", json!({"ref": "v1.0", "ref_type": "tag"})),
            ("production", json!({"environment": "production"})),
            ("omnibus-gitlab", json!({"ref": "v1.0", "ref_type": "tag"})),
        ] {
            let token = scene.group.sandbox.id_token(&vault.address, more.clone());
            let (status, answer) = login(&scene, role, &token);
            assert_eq!(status, 200, "{role} {more}: {answer}");
            let auth = &answer["auth"];
            assert_eq!((&auth["token_type"], &auth["lease_duration"]), (&json!("service"), &json!(60)));
            assert!(auth["policies"].as_array().unwrap().contains(&json!("default")), "{auth}");
        }
        assert!(scene.job_reads());
    }

    fn whoever_is_not_declared_stays_out(vault) {
        let scene = prepared(vault);
        let sandbox = &scene.group.sandbox;
        let project = |path: &str| json!({"project": path});
        let claims = |claims: Value| json!({"claims": claims});
        let hostile = [
            ("another project of the group", project("gitlab-org/security/gitlab-shell")),
            ("a group that looks alike", project("gitlab-org/security-evil/omnibus-gitlab")),
            ("a project that looks alike", project("gitlab-org/security/omnibus-gitlab-2")),
            ("the canonical project", project("gitlab-org/omnibus-gitlab")),
            ("a shorter path", project("security/omnibus-gitlab")),
            ("a subgroup", project("gitlab-org/security/sub/omnibus-gitlab")),
            ("a longer path", project("evil/gitlab-org/security/omnibus-gitlab")),
            ("a fork", project("evil/omnibus-gitlab")),
            ("the path in other letters", claims(json!({"project_path": "GitLab-org/security/omnibus-gitlab"}))),
            ("the same path with another number", claims(json!({"project_id": "999999"}))),
            ("the same number with another path", claims(json!({"project_path": "evil/omnibus-gitlab"}))),
            ("no path", claims(json!({"project_path": null}))),
            ("a path with a star", claims(json!({"project_path": "*"}))),
            ("a merge request of a fork, as it is told since 18.2", json!({
                "project": "evil/omnibus-gitlab", "claims": {"job_project_path": PROJECT, "job_namespace_path": "gitlab-org/security"},
            })),
            ("a merge request of a fork, as it was told before", json!({"ref": "feature", "ref_protected": false})),
            ("the ref, not protected", json!({"ref_protected": false})),
            ("another protected ref", json!({"ref": "feature"})),
            ("a tag that is named as the branch", json!({"ref_type": "tag"})),
            ("no kind of ref", claims(json!({"ref_type": null}))),
            ("the whole name of the ref", json!({"ref": "refs/heads/main"})),
            ("the ref in other letters", json!({"ref": "Main"})),
            ("a ref that begins alike", json!({"ref": "main-2"})),
            ("a ref that ends alike", json!({"ref": "x/main"})),
            ("a ref with a blank", claims(json!({"ref": "main "}))),
            ("a ref that is no stable branch", json!({"ref": "17-1-stable-ee"})),
            ("a stable branch that nobody had made", json!({"ref": "99-9-stable"})),
            ("the pattern itself", json!({"ref": "*-stable"})),
            ("a key that GitLab does not publish", json!({"key": "stray"})),
            ("another issuer", claims(json!({"iss": "https://gitlab.evil.example"}))),
            ("the issuer with a slash", claims(json!({"iss": format!("{}/", sandbox.url)}))),
            ("a token that is over", json!({"expires_in": -3600})),
            ("a token of the future", claims(json!({"nbf": 4_000_000_000_u64}))),
            ("another audience", json!({"audience": "https://vault.evil.example"})),
            ("the audience with a slash", json!({"audience": format!("{}/", vault.address)})),
            ("GitLab as the audience", json!({"audience": sandbox.url})),
            ("no audience", claims(json!({"aud": null}))),
        ];
        assert!(hostile.len() >= 30);
        for (who, more) in hostile {
            let token = sandbox.id_token(&vault.address, more);
            let (status, answer) = login(&scene, "branches", &token);
            assert_eq!(status, 400, "{who}: {answer}");
        }
        for (role, who, more) in [
            ("both", "a tag that is named as the branch", json!({"ref_type": "tag"})),
            ("both", "a branch that is named as a tag", json!({"ref": "v1.0"})),
            ("both", "a tag that is not meant", json!({"ref": "nightly", "ref_type": "tag"})),
            ("production", "no environment", json!({})),
            ("production", "another environment", json!({"environment": "review/production"})),
            ("omnibus-gitlab", "a ref that is not protected", json!({"ref": "feature", "ref_protected": false})),
        ] {
            let (status, answer) = login(&scene, role, &sandbox.id_token(&vault.address, more));
            assert_eq!(status, 400, "{role}, {who}: {answer}");
        }
        assert_eq!(vault.sessions(), 0);
    }

    fn a_grant_by_patterns_has_a_warning_and_still_takes_protected_refs_alone(vault) {
        let scene = prepared(vault);
        let glob = declared("[[access.grant]]\nsecret = \"ci-read\"\nvault_role = \"loose\"\nprojects = [\"gitlab-org/security/omnibus-gitlab\"]\nrefs = [\"*-stable\"]\nglob = true\n");
        let said = scene.apply(&glob);
        assert!(said.contains("warning: the role loose compares by patterns"), "{said}");
        let sandbox = &scene.group.sandbox;
        for (more, expected) in [
            (json!({"ref": "99-9-stable"}), 200),
            (json!({"ref": "99-9-stable", "ref_protected": false}), 400),
            (json!({"ref": "main"}), 400),
            (json!({"ref": "99-9-stable", "ref_type": "tag"}), 400),
            (json!({"ref": "99-9-stable", "project": "gitlab-org/security/gitlab-shell"}), 400),
        ] {
            let (status, answer) = login(&scene, "loose", &sandbox.id_token(&vault.address, more.clone()));
            assert_eq!(status, expected, "{more}: {answer}");
        }
        // The three roles of before are not declared any more.
        for role in ["branches", "both", "production"] {
            assert_eq!(vault.ask("GET", &format!("auth/jwt/role/{role}"), Value::Null).0, 404);
            assert_eq!(vault.ask("GET", &format!("sys/policies/acl/buildpass-{role}"), Value::Null).0, 404);
        }
    }
}
