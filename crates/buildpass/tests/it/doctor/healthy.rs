use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;

use super::{Surgery, surgery::Told};
use crate::harness::{
    BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Fate, Proxy, Scripted, SecurityGroup, on_every_vault, reply,
};

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
        let server = Scripted::start(|_, _| reply(404, "", "{}"));
        let mut surgery = Surgery::on(vault);
        surgery.set("BUILDPASS_AUDIENCE", &vault.address).set("VAULT_SERVER_URL", &server.address);
        surgery.id_token(json!({"claims": {"iss": server.address}}));
        surgery.set("GITLAB_TOKEN", "glpat-made-up").argument("--git");
        surgery.argument(&format!("realm={}/g/,password=BUILD_TOKEN", server.address));
        surgery.told();
        let asked = server.requests().concat();
        for path in ["/v1/sys/health", "/.well-known/openid-configuration"] {
            assert!(asked.contains(path), "{asked}");
        }
        server.forget();
        surgery.argument("--offline");
        let offline = "because it asks a server, and `--offline` was said";
        let told = surgery.told();
        assert_eq!(told.code, Some(0));
        assert_eq!(told.check("login")["because"], offline);
        // GitHub makes its token to order.
        surgery.set("ACTIONS_ID_TOKEN_REQUEST_URL", &server.address);
        surgery.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "made-up").argument("--github-actions");
        let told = surgery.told();
        assert_eq!((told.code, &told.check("id-token")["because"]), (Some(0), &json!(offline)));
        assert_eq!(server.requests(), [""; 0]);
    }

    /// The vault answers an empty login, which holds no token, and whatever comes behind it is ours.
    fn nobody_logs_in_where_run_would_not(vault) {
        let logins = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&logins);
        let wire = Proxy::start(&vault.address, move |line| {
            count.fetch_add(line.contains("/login").into(), Ordering::SeqCst);
            Fate::Pass
        });
        let mut surgery = Surgery::on(vault);
        surgery.set("BUILDPASS_AUDIENCE", &vault.address).set("VAULT_SERVER_URL", &wire.address);
        let count = |surgery: &Surgery<'_>| {
            surgery.told();
            logins.swap(0, Ordering::SeqCst)
        };
        assert_eq!(count(&surgery), 2);
        surgery.set("VAULT_AUTH_ROLE", "no-such-role");
        assert_eq!(count(&surgery), 1, "an earlier check fails");
        surgery.set("VAULT_AUTH_ROLE", "omnibus-gitlab").argument("--only").argument("vault-health");
        assert_eq!(count(&surgery), 1, "nobody wants to know");
        surgery.no_secret();
        assert_eq!(count(&surgery), 1, "no secret is asked for");
        surgery.secret("no-reference");
        assert_eq!(count(&surgery), 1, "the secret is none");
        surgery.secret(&format!("{BUILD_TOKEN_PATH}/token@ci"));
        surgery.argument("--git").argument("realm=https://gitlab.example/,password=NO_SUCH");
        assert_eq!(count(&surgery), 1, "the realm's secret is none");
    }
}
