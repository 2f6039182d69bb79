use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::Surgery;
use crate::harness::{BUILD_TOKEN_PATH, on_every_vault};

/// A time some seconds from now, as claims have it.
fn from_now(seconds: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + seconds
}

on_every_vault! {
    fn configuration(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.argument("--git").argument("realm=https://gitlab.example/group/,password=NO_SUCH_SECRET");
        surgery.finds("configuration", "NO_SUCH_SECRET, which is not configured");
    }

    fn secret_reference(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.secret(&format!("ci/metadata/{BUILD_TOKEN_PATH}"));
        surgery.finds("secret-reference", &format!("write `{BUILD_TOKEN_PATH}/FIELD@ci`"));
    }

    fn id_token(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("VAULT_ID_TOKEN", "").finds("id-token", "is empty");
        surgery.set("VAULT_ID_TOKEN", "$VAULT_ID_TOKEN").finds("id-token", "was not expanded");
        surgery.set("VAULT_ID_TOKEN", "hello").finds("id-token", "is not a JWT");
        surgery.unset("VAULT_ID_TOKEN").finds("id-token", "`VAULT_ID_TOKEN` is not set");
    }

    fn id_token_times(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.id_token(json!({"expires_in": -600})).finds("id-token-times", "expired");
        surgery.id_token(json!({"expires_in": 7200, "claims": {"iat": from_now(3600), "nbf": from_now(3600)}}));
        surgery.finds("id-token-times", "clock is behind");
        surgery.id_token(json!({"expires_in": 30})).warns("id-token-times", "ends in");
        surgery.id_token(json!({"expires_in": 300})).set("CI_JOB_TIMEOUT", "3600");
        surgery.warns("id-token-times", "as long as the job");
    }

    fn id_token_issuer(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("CI_SERVER_URL", "https://gitlab.example").warns("id-token-issuer", "https://gitlab.example");
        surgery.argument("--issuer").argument("https://other.example").finds("id-token-issuer", "https://other.example");
    }

    fn id_token_audience(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.id_token(json!({"audience": "https://vault.example"}));
        surgery.finds("id-token-audience", &format!("write `aud: {}`", vault.address));
        surgery.id_token(json!({"audience": "https://127.0.0.1:8200"}));
        surgery.finds("id-token-audience", "the scheme is https and not http, the port is 8200 and not");
        // What is named is compared to the letter.
        let with_slash = format!("{}/", vault.address);
        surgery.id_token(json!({"audience": with_slash})).set("BUILDPASS_AUDIENCE", &vault.address);
        surgery.finds("id-token-audience", "to the letter").finds("id-token-audience", "it has a slash at its end");
        surgery.id_token(json!({})).set("BUILDPASS_AUDIENCE", &with_slash);
        surgery.finds("id-token-audience", "the slash at its end is missing");
    }

    fn id_token_claims(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("CI_PROJECT_PATH", "gitlab-org/security/gitlab").warns("id-token-claims", "another project's");
        surgery.set("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "gitlab-org/security/omnibus-gitlab");
        surgery.warns("id-token-claims", "no mistake: this pipeline is of a merge request");
    }

    fn issuer_keys(vault) {
        let mut surgery = Surgery::on(vault);
        let token = surgery.sandbox.id_token(&vault.address, json!({}));
        let (_, rest) = token.split_once('.').unwrap();
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT","kid":"made-up-key"}"#);
        surgery.set("VAULT_ID_TOKEN", &format!("{header}.{rest}")).finds("issuer-keys", "made-up-key");
    }

    fn issuer_discovery(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.id_token(json!({"claims": {"iss": format!("{}/", surgery.sandbox.url)}}));
        let told = surgery.told();
        assert_eq!((told.with("warn"), told.with("fail")), (vec!["issuer-discovery"], vec!["login"]), "the vault wants the same name");
        assert!(told.check("login")["faults"].to_string().contains("bound_issuer"));
    }
}
