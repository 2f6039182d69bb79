use serde_json::{Value, json};

use super::Surgery;
use crate::harness::{BUILD_TOKEN, BUILD_TOKEN_PATH, Vault, on_every_vault};

fn rule(path: &str) -> String {
    format!("path \"{path}\" {{ capabilities = [\"read\"] }}\n")
}

/// A role that may read and list everything below `ci/`.
fn open(surgery: &mut Surgery<'_>) {
    surgery.policy("path \"ci/*\" { capabilities = [\"read\", \"list\"] }");
}

fn written(vault: &Vault, path: &str, token: &str) {
    vault.write_secret(path, json!({"token": token}));
}

on_every_vault! {
    fn secret_policy(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.role(json!({"token_policies": []})).finds("secret-policy", "has none but `default`");
        surgery.policy(&rule(&format!("ci/metadata/{BUILD_TOKEN_PATH}"))).finds("secret-policy", "holds names and versions");
        surgery.policy(&rule(&format!("ci/{BUILD_TOKEN_PATH}"))).finds("secret-policy", "without `data/`");
        surgery.policy(&rule("ci/data/other")).finds("secret-policy", "deny (by the policies default, rules-");
        surgery.set("VAULT_AUTH_ROLE", "omnibus-gitlab").secret(&format!("{BUILD_TOKEN_PATH}/token@ic"));
        surgery.finds("secret-policy", "`read` on `ic/data/");
        surgery.secret(&format!("{BUILD_TOKEN_PATH}s/token@ci")).finds("secret-policy", "`read` on");
    }

    fn secret(vault) {
        let mut surgery = Surgery::on(vault);
        open(&mut surgery);
        surgery.secret(&format!("{BUILD_TOKEN_PATH}s/token@ci"));
        surgery.finds("secret", &format!("the nearest that is there is `{BUILD_TOKEN_PATH}`"));
        surgery.secret(&format!("data/{BUILD_TOKEN_PATH}/token@ci"));
        surgery.finds("secret", "leave `data/` and `metadata/` out of the reference");
        surgery.secret(&format!("{BUILD_TOKEN_PATH}/token@ci"));
        vault.must("DELETE", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null);
        surgery.finds("secret", "was deleted at 20");
        vault.must("POST", &format!("ci/destroy/{BUILD_TOKEN_PATH}"), json!({"versions": [1]}));
        surgery.finds("secret", "was destroyed");
        written(vault, BUILD_TOKEN_PATH, BUILD_TOKEN);
        vault.must("POST", &format!("ci/metadata/{BUILD_TOKEN_PATH}"), json!({"custom_metadata": {"owner": "distribution"}}));
        let told = surgery.told();
        let seen = told.check("secret")["seen"].as_str().unwrap();
        assert!(seen.contains("version 2") && seen.ends_with("kept beside it: owner distribution"), "{seen}");
    }

    fn secret_field(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.secret(&format!("{BUILD_TOKEN_PATH}/tokn@ci"));
        surgery.finds("secret-field", &format!("write `{BUILD_TOKEN_PATH}/token@ci`"));
        surgery.secret(&format!("{BUILD_TOKEN_PATH}/token@ci"));
        written(vault, BUILD_TOKEN_PATH, "short");
        surgery.warns("secret-field", "8 bytes or more");
        written(vault, BUILD_TOKEN_PATH, "made-up-token-with-a-newline\n");
        surgery.warns("secret-field", "newlines around it");
    }

    fn a_secret_that_a_read_would_make_is_not_read(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.policy(&rule("pki/issue"));
        surgery.secret("issue/token@pki,engine=generic");
        let told = surgery.told();
        assert_eq!(told.with("fail"), [""; 0]);
        assert!(told.check("secret")["seen"].as_str().unwrap().contains("was not read"), "{:#}", told.check("secret"));
    }
}
