use serde_json::json;

use crate::conformance::frame::{Script, agree, agree_alone};

#[test]
fn the_system_answers_alike() {
    agree(&[
        health(),
        states(),
        counted(),
        of_a_cluster(),
        measured(),
        unknown(),
        raw(),
        cors(),
        tools(),
        help(),
    ]);
}

/// They reach what other scripts have: leases by prefix, the audit of every request, mounts that strangers may see.
#[test]
fn what_concerns_everybody_is_answered_alike() {
    agree_alone(&[leases(), lease_lists(), audits(), audited_headers(), without_tokens()]);
}

#[test]
fn a_sealed_server_answers_alike() {
    let mut script = Script::new("sys sealed");
    script.token("token", json!({ "policies": ["default"] }));
    script.ask("PUT", "sys/seal").by("{token}");
    script.ask("PUT", "sys/seal").without_token();
    script.get("sys/seal");
    script.ask("PUT", "sys/seal");
    for path in [
        "sys/health",
        "sys/health?sealedcode=299",
        "sys/seal-status",
        "sys/leader",
        "sys/init",
        "sys/mounts",
        "secret/data/x",
        "auth/token/lookup-self",
        "sys/internal/ui/mounts",
        "nothing",
        "sys/nothing",
        "sys/policies/acl",
    ] {
        script.get(path);
        script.ask("HEAD", path);
        script.list(path);
    }
    script.post("auth/token/create", json!({}));
    script.post("auth/jwt/login", json!({ "jwt": "x" })).without_token();
    for body in [
        json!({}),
        json!({ "key": "" }),
        json!({ "key": "x" }),
        json!({ "key": "AAAA" }),
        json!({ "key": 5 }),
        json!({ "key": "00".repeat(33) }),
        json!({ "reset": true }),
        json!({ "reset": "x" }),
    ] {
        script.put("sys/unseal", body);
    }
    script.ask("PUT", "sys/unseal");
    script.get("sys/unseal");
    script.ask("PUT", "sys/seal");
    script.ask("PUT", "sys/step-down");
    agree_alone(&[script]);
}

fn health() -> Script {
    let mut script = Script::new("sys health");
    for query in [
        "",
        "?activecode=299",
        "?activecode=x",
        "?activecode=",
        "?standbyok=true",
        "?standbyok",
        "?perfstandbyok=x",
        "?sealedcode=299&uninitcode=298",
        "?standbycode=299",
        "?drsecondarycode=x",
        "?x=1",
    ] {
        script.get(&format!("sys/health{query}")).without_token();
        script.ask("HEAD", &format!("sys/health{query}")).without_token();
    }
    script.get("sys/health").by("wrong");
    script
}

/// What anybody may see of an unsealed server, and the ways to change that.
fn states() -> Script {
    let mut script = Script::new("sys states");
    for path in [
        "sys/seal-status",
        "sys/leader",
        "sys/init",
        "sys/generate-root/attempt",
        "sys/rekey/init",
        "sys/key-status",
        "sys/version-history",
        "sys/host-info",
        "sys/config/state/sanitized",
        "sys/in-flight-req",
        "sys/rotate/config",
        "sys/replication/status",
        "sys/license/status",
    ] {
        script.get(path).without_token();
        if matches!(
            path,
            "sys/seal-status" | "sys/leader" | "sys/init" | "sys/replication/status" | "sys/license/status"
        ) {
            script.get(path);
        }
    }
    for body in
        [json!({}), json!({ "secret_shares": 1, "secret_threshold": 1 }), json!({ "secret_shares": "x" })]
    {
        script.put("sys/init", body).without_token();
    }
    for body in [
        json!({}),
        json!({ "key": "" }),
        json!({ "key": "x" }),
        json!({ "key": "AAAA" }),
        json!({ "reset": true }),
    ] {
        script.put("sys/unseal", body).without_token();
    }
    script.ask("PUT", "sys/seal").by("wrong");
    script.ask("PUT", "sys/step-down").by("wrong");
    script
}

/// How often a key was used by then.
fn counted() -> Script {
    let mut script = Script::new("sys counters");
    script.get("sys/key-status");
    script
}

fn of_a_cluster() -> Script {
    let mut script = Script::new("sys cluster");
    script.get("sys/ha-status").without_token();
    script.get("sys/ha-status");
    script
}

fn measured() -> Script {
    let mut script = Script::new("sys metrics");
    script.get("sys/metrics").without_token();
    script
}

/// OpenBao's storage, which its dev mode opens.
fn raw() -> Script {
    let mut script = Script::new("sys raw");
    for method in ["GET", "LIST", "POST", "DELETE"] {
        script.ask(method, "sys/raw/x");
    }
    script
}

fn cors() -> Script {
    let mut script = Script::new("sys cors");
    for method in ["GET", "LIST", "DELETE", "HEAD", "SCAN"] {
        script.ask(method, "sys/config/cors");
        script.ask(method, "sys/config/cors").without_token();
    }
    script
}

fn unknown() -> Script {
    let mut script = Script::new("sys unknown paths");
    script.token("token", json!({ "policies": ["default"] }));
    for path in [
        "sys/nothing",
        "sys/",
        "sys",
        "sys/mounts/nothing-{me}/x",
        "sys/auth/nothing-{me}/x",
        "sys/internal",
        "sys/internal/ui",
        "sys/internal/ui/nothing",
        "sys/plugins/nothing",
        "sys/quotas/nothing",
        "sys/config",
        "sys/policies/acl/a/b/c",
        "auth",
        "auth/",
        "auth/nothing",
        "auth/nothing/login",
        "nothing",
        "nothing/",
        "nothing/a/b",
    ] {
        for method in ["GET", "LIST", "POST", "DELETE", "PATCH"] {
            script.ask(method, path).header("Content-Type", "application/merge-patch+json");
            script.ask(method, path).header("Content-Type", "application/merge-patch+json").by("{token}");
        }
    }
    script
}

fn without_tokens() -> Script {
    let mut script = Script::new("sys without a token");
    for path in [
        "sys/mounts",
        "sys/auth",
        "sys/policies/acl",
        "sys/policies/acl/default",
        "sys/capabilities-self",
        "sys/internal/ui/mounts",
        "sys/internal/ui/mounts/secret",
        "sys/internal/ui/resultant-acl",
        "sys/leases/lookup",
        "sys/wrapping/lookup",
        "sys/wrapping/unwrap",
        "sys/audit",
        "sys/nothing",
        "secret/data/x",
        "auth/token/create",
        "auth/token/lookup-self",
        "auth/nothing/x",
        "nothing",
        "cubbyhole/x",
        "",
    ] {
        for method in ["GET", "LIST", "POST", "DELETE", "PATCH", "HEAD"] {
            script.ask(method, path).without_token();
            script.ask(method, path).by("wrong");
        }
    }
    script
}

fn leases() -> Script {
    let mut script = Script::new("lease questions");
    script.token("token", json!({ "policies": ["default"] }));
    for path in ["sys/leases/lookup", "sys/leases/renew", "sys/renew", "sys/leases/revoke", "sys/revoke"] {
        for body in [
            json!({}),
            json!({ "lease_id": "" }),
            json!({ "lease_id": "nothing" }),
            json!({ "lease_id": "auth/token/create/nothing" }),
            json!({ "lease_id": 5 }),
            json!({ "lease_id": "nothing", "increment": "1h" }),
            json!({ "lease_id": "nothing", "increment": "x" }),
            json!({ "lease_id": "a/../b" }),
            json!({ "url_lease_id": "x" }),
        ] {
            script.put(path, body.clone());
            script.put(path, body).by("{token}");
        }
        script.get(path);
        script.put(&format!("{path}/nothing/x"), json!({}));
        script.ask("PUT", path);
    }
    for path in [
        "sys/leases/revoke-prefix/nothing",
        "sys/leases/revoke-force/nothing",
        "sys/revoke-prefix/nothing",
        "sys/leases/tidy",
        "sys/leases/revoke-prefix/",
        "sys/leases/revoke-force",
    ] {
        script.ask("PUT", path);
        script.ask("PUT", path).by("{token}");
        script.get(path);
    }
    script
}

fn lease_lists() -> Script {
    let mut script = Script::new("lease lists");
    script.token("token", json!({ "policies": ["default"], "ttl": "1h" }));
    script.list("sys/leases/lookup/nothing/");
    script.list("sys/leases/lookup/nothing");
    script.list("sys/leases/lookup/").by("{token}");
    script.list("sys/leases/lookup/auth/nothing-{me}");
    script.get("sys/leases/count");
    script.get("sys/leases");
    script.get("sys/leases?type=x");
    script
}

fn tools() -> Script {
    let mut script = Script::new("sys tools");
    script.post("sys/tools/hash", json!({ "input": "aGk=" }));
    script.post("sys/tools/random/x", json!({}));
    script.get("sys/internal/counters/tokens");
    script.get("sys/config/ui/headers");
    script
}

fn audits() -> Script {
    let mut script = Script::new("sys audit");
    script.token("token", json!({ "policies": ["default"] }));
    script.get("sys/audit");
    script.get("sys/audit").by("{token}");
    script.get("sys/audit/{me}");
    for body in [
        json!({}),
        json!({ "type": "file" }),
        json!({ "type": "nothing" }),
        json!({ "type": "file", "options": { "file_path": "discard" } }),
        json!({ "type": "file", "options": { "path": "x" } }),
    ] {
        script.put("sys/audit/{me}", body);
    }
    script.get("sys/audit");
    script.post("sys/audit-hash/{me}", json!({ "input": "x" }));
    script.post("sys/audit-hash/nothing", json!({ "input": "x" }));
    script.post("sys/audit-hash/{me}", json!({}));
    script.delete("sys/audit/{me}");
    script.delete("sys/audit/{me}");
    script
}

fn audited_headers() -> Script {
    let mut script = Script::new("sys audited headers");
    script.token("token", json!({ "policies": ["default"] }));
    let all = "sys/config/auditing/request-headers";
    script.get(all);
    script.put(&format!("{all}/X-Foo"), json!({ "hmac": true }));
    for name in ["x-foo", "X-FOO", "nothing"] {
        script.get(&format!("{all}/{name}"));
    }
    for body in [
        json!({}),
        json!({ "hmac": false }),
        json!({ "hmac": "x" }),
        json!({ "hmac": null }),
        json!({ "hmac": 1, "unknown": 1 }),
        json!({ "header": "x", "hmac": "true" }),
    ] {
        script.post(&format!("{all}/x-bar"), body);
        script.get(&format!("{all}/x-bar"));
    }
    script.get(&format!("{all}/x-bar?unknown=1"));
    script.put(&format!("{all}/a/b"), json!({}));
    script.put(&format!("{all}/a%20b"), json!({}));
    for method in ["GET", "LIST", "POST", "DELETE", "HEAD"] {
        for path in
            [all, "sys/config/auditing", "sys/config/auditing/x", "sys/config/auditing/request-headersx"]
        {
            script.ask(method, path);
            script.ask(method, path).by("{token}");
        }
        script.ask(method, &format!("{all}/x-foo"));
        script.ask(method, &format!("{all}/x-foo")).without_token();
    }
    script.list(&format!("{all}/x-bar"));
    script.delete(&format!("{all}/nothing"));
    script.get(all);
    script
}

fn help() -> Script {
    let mut script = Script::new("sys help");
    for path in ["nothing", "nothing/x", "auth/nothing/x"] {
        script.get(&format!("{path}?help=1"));
    }
    script
}
