use super::scene::{PROJECT, Scene, declared};
use serde_json::{Value, json};

use crate::harness::{BUILD_TOKEN_PATH, on_every_vault};

on_every_vault! {
    fn from_nothing_to_a_job_that_reads_and_then_nothing_is_left_to_do(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        let plan = scene.owner(&toml).args(["access", "plan", "--detailed-exitcode"]).run();
        assert_eq!(plan.code, Some(5), "{}", plan.stderr);
        let shown = plan.stdout.replace(&scene.group.sandbox.url, "GITLAB").replace(&vault.address, "VAULT");
        insta::assert_snapshot!(shown.replace(BUILD_TOKEN_PATH, "PATH"), @"
          + create KV store ci/
              because nothing is mounted there

          + create auth method jwt/
              because nothing is mounted there

          + create settings of the auth method jwt/
              because it verifies nobody yet
              bound_issuer  GITLAB

          + create token ci-read of the group gitlab-org/security
              because there is none
              role       reporter
              scopes     read_repository
              lifetime   30 days
              stored at  PATH/token@ci

          + create policy buildpass-omnibus-gitlab
              because there is none
              reads  ci/data/PATH

          + create role omnibus-gitlab
              because there is none
              bound_audiences             VAULT
              bound_claims.project_id     2
              bound_claims.project_path   gitlab-org/security/omnibus-gitlab
              bound_claims.ref_protected  true
              bound_claims.ref_type       branch, tag
              bound_claims_type           string
              role_type                   jwt
              token_max_ttl               7200
              token_policies              buildpass-omnibus-gitlab
              token_ttl                   60
              token_type                  service
              user_claim                  project_id

        6 to create, 0 to change, 0 to rotate, 0 to revoke.
        ");
        assert!(scene.stored().is_none());

        scene.apply(&toml);
        let [token] = &scene.living("ci-read")[..] else { panic!("{:?}", scene.living("ci-read")) };
        assert_eq!((&token["scopes"], &token["access_level"]), (&json!(["read_repository"]), &json!(20)));
        let note = scene.note();
        assert_eq!(note["token_id"], token["id"].to_string());
        assert_eq!(note["expires_at"], token["expires_at"]);
        assert!(scene.job_reads());

        let again = scene.owner(&toml).args(["access", "plan", "--detailed-exitcode"]).run();
        assert_eq!((again.code, again.stdout.as_str()), (Some(0), "Nothing to do: GitLab and the vault are as declared.\n"));
        assert_eq!(vault.sessions(), 0);
    }

    fn the_role_that_is_written_is_as_narrow_as_declared(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let role = vault.must("GET", "auth/jwt/role/omnibus-gitlab", Value::Null)["data"].clone();
        let id = scene.group.sandbox.admin("GET", &format!("/api/v4/projects/{}", PROJECT.replace('/', "%2F")), &Value::Null)["id"].to_string();
        assert_eq!(role["bound_claims"], json!({
            "project_id": [id], "project_path": [PROJECT], "ref_protected": ["true"], "ref_type": ["branch", "tag"],
        }));
        assert_eq!(role["bound_audiences"], json!([vault.address]));
        assert_eq!(role["bound_claims_type"], "string");
        assert_eq!(role["user_claim"], "project_id");
        assert_eq!((&role["token_type"], &role["token_ttl"], &role["token_max_ttl"]), (&json!("service"), &json!(60), &json!(7200)));
        assert_eq!(role["token_no_default_policy"], false);
        assert_eq!(role["token_policies"], json!(["buildpass-omnibus-gitlab"]));
    }
}
