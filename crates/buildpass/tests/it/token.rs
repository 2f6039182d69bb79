//! `buildpass token` on real vaults.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::harness::{BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Sandbox, Vault, on_every_vault};

/// `buildpass token`, configured by flags alone.
fn token(vault: &Vault, id_token: &str) -> Buildpass {
    let secret = format!("SECURITY_PRIVATE_TOKEN={BUILD_TOKEN_PATH}/token@ci");
    Buildpass::new()
        .args(["--address", &vault.address, "--role", "omnibus-gitlab", "--secret", &secret])
        .args(["token", "SECURITY_PRIVATE_TOKEN"])
        .env("VAULT_ID_TOKEN", id_token)
}

on_every_vault! {
    fn a_job_of_the_security_project_gets_its_build_token_and_no_session_stays(vault) {
        let sandbox = Sandbox::start();
        vault.deploy(&sandbox);
        let id_token = sandbox.id_token(&vault.address, json!({}));
        let finished = token(vault, &id_token).run();
        assert_eq!(finished.stderr, "");
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), BUILD_TOKEN));
        assert_eq!(vault.sessions(), 0);
    }

    fn the_same_job_in_another_project_gets_nothing_and_is_told_why(vault) {
        let sandbox = Sandbox::start();
        vault.deploy(&sandbox);
        let id_token = sandbox.id_token(&vault.address, json!({"project": "gitlab-org/omnibus-gitlab"}));
        let finished = token(vault, &id_token).run();
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(3), ""));
        insta::assert_snapshot!(finished.stderr, @r#"
        error: the vault refused the ID token: error validating claims: claim "project_path" does not match any associated bound claim values
          caused by: the token's `project_path` is `gitlab-org/omnibus-gitlab`
        hint: run it where the role says, or name the role that is for this project and ref: the role's `bound_claims` name the values
        "#);
    }

    fn the_secret_can_be_written_to_a_file_that_others_cannot_read(vault) {
        let sandbox = Sandbox::start();
        vault.deploy(&sandbox);
        let id_token = sandbox.id_token(&vault.address, json!({}));
        let mut job = token(vault, &id_token).args(["--output", "secret"]).file("secret", "old");
        let finished = job.run();
        assert_eq!((finished.code, finished.stdout.as_str(), finished.stderr.as_str()), (Some(0), "", ""));
        let written = job.project().join("secret");
        assert_eq!(fs::read_to_string(&written).unwrap(), BUILD_TOKEN);
        assert_eq!(fs::metadata(&written).unwrap().permissions().mode() & 0o777, 0o600);
        let finished = token(vault, &id_token).args(["--output", "/dev/null"]).run();
        assert_eq!(finished.code, Some(2));
        assert!(finished.stderr.contains("what is there is no regular file"), "{}", finished.stderr);
        let finished = token(vault, &id_token).args(["--output", "no/such/folder"]).run();
        assert_eq!(finished.code, Some(2));
        assert!(finished.stderr.contains("cannot be written to no/such/folder"), "{}", finished.stderr);
        assert_eq!(vault.sessions(), 0);
    }
}
