use super::Surgery;
use crate::harness::{Scripted, on_every_vault, reply};

on_every_vault! {
    fn nothing_is_wrong(vault) {
        let surgery = Surgery::on(vault);
        let told = surgery.told();
        assert_eq!(told.with("fail"), [""; 0]);
        assert_eq!(told.with("warn"), [""; 0]);
        assert_eq!(told.code, Some(0));
        assert_eq!(vault.sessions(), 0);
        let text = surgery.text();
        assert!(text.lines().all(|line| line.is_empty() || line.contains("pass") || line.starts_with("skipped")), "{text}");
    }

    fn vault_address(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.unset("VAULT_SERVER_URL");
        assert_eq!(surgery.told().only_fault()["id"], "vault-address");
    }

    fn vault_connection(vault) {
        let mut surgery = Surgery::on(vault);
        // Port 1 is privileged and nobody's.
        surgery.set("VAULT_SERVER_URL", "http://127.0.0.1:1").argument("--audience").argument(&vault.address);
        assert_eq!(surgery.told().only_fault()["id"], "vault-connection");
    }

    fn vault_health(vault) {
        let mut surgery = Surgery::on(vault);
        let sealed = Scripted::start(|_, _| {
            reply(503, "", r#"{"initialized":true,"sealed":true,"standby":true,"version":"2.7.2"}"#)
        });
        let page = Scripted::start(|_, _| {
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".to_vec()
        });
        surgery.argument("--audience").argument(&vault.address);
        for (server, says) in [(&sealed, "sealed: true"), (&page, "text/html")] {
            surgery.set("VAULT_SERVER_URL", &server.address);
            let told = surgery.told();
            let fault = told.only_fault();
            assert_eq!(fault["id"], "vault-health", "{says}");
            assert!(fault["faults"][0]["actual"].as_str().unwrap().contains(says), "{fault:#}");
        }
    }
}
