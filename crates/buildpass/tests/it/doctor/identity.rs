use serde_json::json;

use super::Surgery;
use crate::harness::on_every_vault;

on_every_vault! {
    fn configuration(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.argument("--git").argument("realm=https://gitlab.example/group/,password=NO_SUCH_SECRET");
        assert_eq!(surgery.told().only_fault()["id"], "configuration");
    }

    fn id_token(vault) {
        let mut surgery = Surgery::on(vault);
        for (value, says) in [("", "is empty"), ("$VAULT_ID_TOKEN", "was not expanded"), ("hello", "is not a JWT")] {
            surgery.set("VAULT_ID_TOKEN", value);
            let told = surgery.told();
            let fault = told.only_fault();
            assert_eq!(fault["id"], "id-token", "{value}");
            assert!(fault["faults"][0]["actual"].as_str().unwrap().contains(says), "{fault:#}");
        }
        surgery.unset("VAULT_ID_TOKEN");
        assert_eq!(surgery.told().only_fault()["id"], "id-token");
    }

    fn id_token_audience(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.id_token(json!({"audience": "https://vault.example"}));
        let told = surgery.told();
        let fault = told.only_fault();
        assert_eq!(fault["id"], "id-token-audience");
        assert_eq!(fault["faults"][0]["actual"], "`https://vault.example`");
        assert!(fault["faults"][0]["expected"].as_str().unwrap().contains(&vault.address), "{fault:#}");
    }
}
