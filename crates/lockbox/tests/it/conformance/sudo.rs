use serde_json::json;

use crate::conformance::frame::{Script, agree_alone};

/// A token that may do everything but what is dangerous, at the paths that are.
#[test]
fn dangerous_paths_want_more_alike() {
    let mut script = Script::new("paths that want sudo");
    script.policy(r#"path "*" { capabilities = ["create", "read", "update", "delete", "list", "patch"] }"#);
    script.token("all", json!({ "policies": ["{me}"], "no_default_policy": true }));
    for path in EVERY_VERB {
        for method in ["GET", "LIST", "POST", "DELETE"] {
            script.ask(method, &format!("sys/{path}")).by("{all}");
        }
    }
    for (method, path) in SOME_VERBS {
        script.ask(method, path).by("{all}");
    }
    script.policy(
        r#"path "*" { capabilities = ["create", "read", "update", "delete", "list", "patch", "sudo"] }"#,
    );
    script.get("sys/auth/token/tune").by("{all}");
    script.list("sys/leases/lookup/x").by("{all}");
    agree_alone(&[script]);
}

/// Refused whatever is asked.
const EVERY_VERB: [&str; 17] = [
    "auth/x",
    "auth/x/tune",
    "audit",
    "audit/x",
    "raw",
    "raw/x",
    "config/auditing/request-headers",
    "config/auditing/request-headers/x",
    "config/ui/headers/x",
    "plugins/catalog/auth",
    "plugins/catalog/auth/x",
    "leases/lookup/x",
    "leases/revoke-prefix/x",
    "leases/revoke-force/x",
    "revoke-prefix/x",
    "revoke-force/x",
    "internal/inspect/router",
];
const SOME_VERBS: [(&str, &str); 25] = [
    ("LIST", "sys/auth"),
    ("GET", "sys/auth"),
    ("GET", "sys/remount"),
    ("POST", "sys/remount"),
    ("GET", "sys/remount/status/x"),
    ("GET", "sys/rotate"),
    ("POST", "sys/rotate"),
    ("POST", "sys/rotate/keyring"),
    ("POST", "sys/rotate/root"),
    ("GET", "sys/config/cors"),
    ("GET", "sys/leases"),
    ("POST", "sys/leases"),
    ("LIST", "sys/leases/lookup"),
    ("POST", "sys/leases/lookup"),
    ("POST", "sys/leases/renew"),
    ("POST", "sys/leases/revoke"),
    ("POST", "sys/seal"),
    ("GET", "sys/mounts"),
    ("GET", "sys/mounts/secret/tune"),
    ("LIST", "auth/token/accessors"),
    ("GET", "auth/token/accessorsx"),
    ("POST", "auth/token/revoke-orphan"),
    ("POST", "auth/token/revoke-orphan/x"),
    ("LIST", "auth/token/roles"),
    ("POST", "auth/token/lookup"),
];
