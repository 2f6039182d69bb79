use serde_json::json;

use crate::conformance::frame::{METHODS, Script, agree};

#[test]
fn requests_find_their_way_alike() {
    agree(&[
        odd_paths(),
        letters_of_no_address(),
        no_text(),
        outside(),
        pages(),
        methods(),
        machine(),
        no_methods_outside(),
        heads(),
        queries(),
        help(),
    ]);
}

fn odd_paths() -> Script {
    let mut script = Script::new("path oddities");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": 1 }));
    for path in [
        "{me}//a",
        "{me}/./a",
        "{me}/../{me}/a",
        "{me}/b/../a",
        "//{me}/a",
        "{me}/a/",
        "{me}/a//",
        "{me}/%2e%2e/x",
        "{me}/%2e/a",
        "{me}/%2E%2E",
        "{me}/..",
        "{me}/.",
        "{me}/...",
        "{me}/..a",
        "{me}/a..",
        "{me}/a..b",
        "{me}/%2fa",
        "{me}%2fa",
        "{me}%2Fa",
        "{me}/a%00",
        "{me}/%00",
        "{me}/a%01",
        "{me}/a%0a",
        "{me}/a%7f",
        "{me}/%C3%BC",
        "{me}/%c3%bc",
        "{me}/\u{fc}",
        "{me}/a%20",
        "{me}/%20a",
        "{me}/a+b",
        "{me}/a%2Bb",
        "{me}/a%",
        "{me}/a%2",
        "{me}/a%zz",
        "{me}/a;b",
        "{me}/a:b",
        "{me}/a@b",
        "{me}/a\\b",
        "{me}/a%5Cb",
        "{me}/a|b",
        "{me}/a\"b",
        "{me}/a{b}",
        "{me}/~a",
        "{me}/a*",
        "{me}/a'b",
        "{me}/a(b)",
        "{me}/a&b=c",
        "{me}/a,b",
        "{me}/a$b",
        "{me}/a!b",
        "{me}/a=b",
        "{me}/a%23b",
        "{me}/a%3Fb",
        "{me}/a?",
        "{me}/a??",
        "{me}/a?x",
        "{me}/a%25",
        "{me}/a%252e",
        "%7Bme%7D",
        "{me}/%F0%9F%98%80",
        "",
        "/",
        "?",
        "{me}",
        "{me}/",
    ] {
        script.get(path);
        script.post(path, json!({ "x": 2 }));
    }
    script.list("{me}");
    script.get(&format!("{{me}}/{}", "x".repeat(2000)));
    script.get(&format!("{{me}}/{}", "y/".repeat(500)));
    script
}

/// What RFC 3986 leaves out of a path, and the HTTP library of lockbox with it.
fn letters_of_no_address() -> Script {
    let mut script = Script::new("path letters of no address");
    script.mount_kv_v1();
    for path in ["{me}/a<b>", "{me}/a^b`", "{me}/a#b"] {
        script.get(path);
        script.post(path, json!({ "x": 2 }));
    }
    script
}

fn no_text() -> Script {
    let mut script = Script::new("path that is no text");
    script.mount_kv_v1();
    for path in ["{me}/%ff", "{me}/%ED%A0%80", "{me}/%C0%AE%C0%AE/x"] {
        script.get(path);
        script.post(path, json!({ "x": 2 }));
    }
    script
}

/// What OpenBao has for browsers.
fn pages() -> Script {
    let mut script = Script::new("path of a page");
    for method in ["GET", "POST"] {
        script.raw(method, "/robots.txt");
    }
    script
}

fn outside() -> Script {
    let mut script = Script::new("path outside of the API");
    for target in [
        "/v1",
        "/v1/",
        "/v1//",
        "/v2/sys/health",
        "/V1/sys/health",
        "/foo",
        "/foo/",
        "/v1x",
        "/sys/health",
        "/favicon.ico",
        "/v1/sys/health/",
        "/v1/sys//health",
        "//v1/sys/health",
        "/./v1/sys/health",
        "/v1/../v1/sys/health",
        "/%76%31/sys/health",
        "/v1/%73ys/health",
        "http://vault/v1/sys/health",
        "/metrics",
        "/debug/pprof/",
        "/.well-known/x",
    ] {
        script.raw("GET", target);
        script.raw("POST", target).text("{}");
    }
    script
}

fn methods() -> Script {
    let mut script = Script::new("http methods");
    for path in [
        "sys/health",
        "sys/seal-status",
        "sys/leader",
        "sys/nothing",
        "nothing/x",
        "secret/data/x",
        "auth/token/lookup-self",
        "auth/nothing/login",
        "cubbyhole/x",
        "sys",
        "auth",
        "auth/",
        "auth/token",
        "secret",
    ] {
        for method in METHODS {
            script.ask(method, path);
            script.ask(method, path).without_token();
        }
    }
    for method in ["get", "CONNECT", "PROPFIND", "list", "PURGE", "A"] {
        script.ask(method, "secret/data/x");
    }
    script
}

/// What OpenBao tells of its machine.
fn machine() -> Script {
    let mut script = Script::new("sys machine");
    for method in METHODS {
        script.ask(method, "sys/host-info");
        script.ask(method, "sys/host-info").without_token();
    }
    script
}

fn no_methods_outside() -> Script {
    let mut script = Script::new("http methods outside of the API");
    for method in ["GET", "POST", "HEAD", "OPTIONS", "LIST", "FOO"] {
        script.raw(method, "/nothing");
        script.raw(method, "/v1");
    }
    script
}

fn heads() -> Script {
    let mut script = Script::new("http heads");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": 1 }));
    for path in [
        "{me}/a",
        "{me}/nothing",
        "{me}",
        "sys/health",
        "sys/health?sealedcode=299",
        "sys/mounts",
        "sys/nothing",
        "nothing",
    ] {
        script.ask("HEAD", path);
        script.ask("HEAD", path).without_token();
    }
    script.raw("HEAD", "/v1/sys//health");
    script
}

fn queries() -> Script {
    let mut script = Script::new("http queries");
    script.mount_kv_v2();
    script.post("{me}/data/a", json!({ "data": { "x": 1 } }));
    for query in [
        "version=1",
        "version=1&x=1",
        "x=1&y=2&x=3",
        "version=%31",
        "version=1;x=2",
        "version",
        "=1",
        "&",
        "&&version=1",
        "version=+1",
        "version=1%00",
        "%zz",
        "list=1",
        "list",
        "scan=1",
        "namespace=x",
        "token=x",
        "wrap_ttl=60",
        "perfstandbyok=true",
    ] {
        script.get(&format!("{{me}}/data/a?{query}"));
    }
    script.ask("POST", "{me}/data/a?data=x");
    script.post("{me}/data/a?x=1", json!({ "data": {} }));
    script.delete("{me}/data/a?versions=1");
    script.ask("LIST", "{me}/metadata?list=false");
    script
}

/// What OpenBao tells of a path of its own.
fn help() -> Script {
    let mut script = Script::new("http help");
    script.mount_kv_v2();
    for query in ["help=1", "help=x", "help"] {
        script.get(&format!("{{me}}/data/a?{query}"));
    }
    script
}
