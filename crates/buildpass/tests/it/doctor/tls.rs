use super::Surgery;
use crate::harness::{Clients, TlsFront, on_every_vault};

on_every_vault! {
    fn vault_certificate(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("BUILDPASS_AUDIENCE", &vault.address);
        let front = TlsFront::start(&vault.address, "127.0.0.1", Clients::Anybody);
        surgery.set("VAULT_SERVER_URL", &front.address);
        let told = surgery.told();
        assert_eq!(told.with("fail"), ["vault-certificate"], "the authority is not known, and only that is told");
        let said = told.check("vault-certificate").to_string();
        assert!(said.contains("UnknownIssuer") && said.contains("VAULT_CACERT"), "{said}");
        surgery.set("VAULT_CACERT", &front.file("ca.pem"));
        let told = surgery.told();
        assert_eq!((told.code, told.with("fail")), (Some(0), Vec::new()), "the advice was right");

        let other = TlsFront::start(&vault.address, "vault.example", Clients::Anybody);
        surgery.set("VAULT_SERVER_URL", &other.address).set("VAULT_CACERT", &other.file("ca.pem"));
        surgery.finds("vault-certificate", "VAULT_TLS_SERVER_NAME");
        surgery.set("VAULT_TLS_SERVER_NAME", "vault.example");
        assert_eq!(surgery.told().with("fail"), [""; 0], "the advice was right");

        surgery.unset("VAULT_TLS_SERVER_NAME").set("VAULT_SERVER_URL", &vault.address.replace("http:", "https:"));
        surgery.finds("vault-certificate", "http://");
    }
}
