use serde_json::json;

use super::{Surgery, surgery::Told};
use crate::harness::{BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, SecurityGroup, on_every_vault};

/// From the configuration to the secret; what comes after it has its own tests.
const WAY_TO_THE_SECRET: [&str; 23] = [
    "configuration",
    "secret-reference",
    "id-token",
    "id-token-times",
    "id-token-issuer",
    "id-token-audience",
    "id-token-claims",
    "vault-address",
    "vault-connection",
    "vault-certificate",
    "vault-health",
    "clock",
    "vault-namespace",
    "auth-mount",
    "auth-role",
    "issuer-discovery",
    "issuer-keys",
    "login",
    "role",
    "session",
    "secret-policy",
    "secret",
    "secret-field",
];

on_every_vault! {
    fn nothing_is_wrong(vault) {
        let mut surgery = Surgery::on(vault);
        let told = surgery.told();
        assert_eq!(told.with("fail"), [""; 0]);
        assert_eq!(told.with("warn"), [""; 0]);
        assert_eq!(told.code, Some(0));
        assert_eq!(vault.sessions(), 0, "its own session is given back");
        for id in WAY_TO_THE_SECRET {
            surgery.argument("--only").argument(id);
        }
        let text = surgery.text();
        for secret in [BUILD_TOKEN, "eyJ", "s.", "hvs."] {
            let begins = text.split([' ', '`']).any(|word| word.starts_with(secret));
            assert!(!begins, "{secret} is in {text}");
        }
        insta::assert_snapshot!(text, @"
        pass     configuration      flags and environment: asks the vault for BUILD_TOKEN
        pass     secret-reference   read at `ci/data/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token`
        pass     id-token           `VAULT_ID_TOKEN` holds a JWT of `GITLAB`, signed with RS256, for `project_path:gitlab-org/security/omnibus-gitlab:ref_type:branch:ref:main`
        pass     id-token-times     good for 1h more
        pass     id-token-issuer    of `GITLAB`
        pass     id-token-audience  it is for `VAULT`
        pass     id-token-claims    project_path `gitlab-org/security/omnibus-gitlab`, project_id `7687638`, namespace_path `gitlab-org/security`, ref `main`, ref_type `branch`, ref_protected `true`, pipeline_source `push`, job_project_path `gitlab-org/security/omnibus-gitlab`, user_login `developer`, runner_environment `self-hosted`
        pass     vault-address      VAULT
        pass     vault-connection   VAULT takes connections
        skipped  vault-certificate  plain http, or a proxy on the way: there is no certificate to look at
        pass     vault-health       version 2.7.2, unsealed and active, answers in N ms
        pass     clock              the vault's and the issuer's agree with ours
        skipped  vault-namespace    no namespace is set
        pass     auth-mount         `auth/jwt` takes JWTs
        pass     auth-role          `omnibus-gitlab`
        pass     issuer-discovery   `GITLAB` has its keys at `GITLAB/oauth/discovery/keys`
        pass     issuer-keys        the token's key `KEY` is one of 1 that are published
        pass     login              the vault takes the ID token: all of its checks have passed
        skipped  role               who owns the vault may read it: `--role-file` takes it from a file
        pass     session            a service token, renewable; policies build-token, default
        pass     secret-policy      allows `read` on `ci/data/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token`
        pass     secret             BUILD_TOKEN is there, version 1 of TIME
        pass     secret-field       BUILD_TOKEN is the field `token`

        20 passed
        ");
    }

    fn the_token_that_the_vault_gives_is_asked_after(vault) {
        let group = SecurityGroup::start();
        group.deploy(vault);
        let job = Buildpass::new()
            .args(["doctor", "--address", &vault.address, "--role", "omnibus-gitlab"])
            .args(["--secret", &format!("TOKEN={BUILD_TOKEN_PATH}/token@ci,to=git")])
            .args(["--git", &format!("realm={},password=TOKEN", group.realm())])
            .env("VAULT_ID_TOKEN", &group.sandbox.id_token(&vault.address, json!({})));
        let told = Told::of(job);
        assert_eq!(told.with("fail"), [""; 0]);
        for check in ["secret", "gitlab", "build-token", "build-token-scopes", "build-token-role"] {
            assert_eq!(told.check(check)["verdict"], "pass", "{:#}", told.check(check));
        }
        assert_eq!(vault.sessions(), 0);
    }

    fn what_is_asked_for_alone_is_told(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.argument("--only").argument("login").argument("--only").argument("secret");
        assert_eq!(surgery.told().with("pass"), ["login", "secret"]);
        surgery.set("VAULT_AUTH_ROLE", "no-such-role");
        let told = surgery.told();
        assert_eq!((told.code, told.with("skipped")), (Some(5), vec!["login", "secret"]));
    }

    fn offline_nobody_is_asked(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("VAULT_SERVER_URL", "http://127.0.0.1:1").argument("--audience").argument(&vault.address).argument("--offline");
        let told = surgery.told();
        assert_eq!(told.code, Some(0));
        assert_eq!(told.check("login")["because"], "because it asks a server, and `--offline` was said");
    }
}
