use serde_json::json;

use crate::conformance::frame::{Script, agree};

#[test]
fn bodies_are_read_alike() {
    agree(&[
        texts(),
        more_texts(),
        media_types(),
        forms(),
        sizes(),
        announced(),
        depths(),
        numbers(),
        unread(),
    ]);
}

fn texts() -> Script {
    let mut script = Script::new("body texts");
    script.mount_kv_v1();
    for text in [
        "",
        " ",
        "\n",
        "null",
        "true",
        "5",
        "\"x\"",
        "[]",
        "[1]",
        "{}",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":1} x",
        "{\"a\":1}\n\n",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\u{0}\"}",
        "{\"a\":tru}",
        "{\"a\":nul}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "{\"a\":,}",
        "{1:2}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":[}",
        "{\"a\":{]}",
        "\u{feff}{\"a\":1}",
        "// x\n{\"a\":1}",
        "x",
        "<xml/>",
        "a=b",
        "a=b&c=d",
        "\u{0}",
        "{\"a\":\"",
        "{\"a\":\"\\",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "[{\"a\":1}]",
        "{\"\":1}",
        "{\"a\":1,\"a\":2}",
        "  {  \"a\"  :  1  }  ",
    ] {
        script.ask("POST", "{me}/a").text(text);
        script.get("{me}/a");
    }
    script.ask("POST", "{me}/a").bytes(b"{\"a\":\"\xff\"}");
    script.get("{me}/a");
    script.ask("POST", "{me}/a").bytes(b"\xff\xfe");
    script.ask("POST", "{me}/a").bytes(b"{\"\xff\":1}");
    script.get("{me}/a");
    script
}

/// Where exactly a text stops to be JSON.
fn more_texts() -> Script {
    let mut script = Script::new("body texts that break off");
    script.mount_kv_v1();
    for text in [
        "{\"a\":1,\"b\":}",
        "{\"a\":1}{",
        "{\"a\":1}}",
        "[1]{",
        "{\"a\":\"\\u12x4\"}",
        "{\"a\":\"\\ud8\"}",
        "{\"a\":fals}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\"}",
        "{\"a\",",
        "[\"a\":1]",
        "{\"a\":1]",
        "[1}",
        "{true:1}",
        "{[]:1}",
        "{\"a\":{}:1}",
        "{\"a\":é}",
        "{\"a\":1:2}",
        "{\"a\":1,,",
        "{:1}",
        "[,1]",
        "{\"a\":1x}",
        "nullx",
        "null null",
        "trux",
        "1x",
        "{}{",
        "{} 1",
        "{},",
        "]",
        "{\"a\":\"\\u 12\"}",
        "{\"\\x\":1}",
        "{\"a\":1e400}",
        "[[[[",
        "{\"a\":[1e400,}",
        "5e400",
    ] {
        script.ask("POST", "{me}/a").text(text);
    }
    script.ask("POST", "{me}/a").bytes(b"{\"a\":\"\\\xff\"}");
    script.ask("POST", "{me}/a").bytes(b"{\xc3\xa9");
    script.ask("POST", "{me}/a").bytes(b"\xe2\x82");
    script
}

fn media_types() -> Script {
    let mut script = Script::new("body media types");
    script.mount_kv_v1();
    for media_type in [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "",
        "nonsense",
        "application/merge-patch+json",
        "APPLICATION/X-WWW-FORM-URLENCODED",
    ] {
        for text in ["{\"a\":1}", "a=b&c=d", "[1]", "", "null"] {
            script.ask("POST", "{me}/a").header("Content-Type", media_type).text(text);
        }
        script.get("{me}/a");
    }
    script.ask("POST", "{me}/a").header("Content-Encoding", "gzip").text("{\"a\":1}");
    script
}

fn forms() -> Script {
    let mut script = Script::new("body forms");
    script.mount_kv_v1();
    for text in [
        "a=b",
        "a=b&a=c",
        "a",
        "a=",
        "=b",
        "&",
        "a=%41",
        "a=%zz",
        "a=+x+",
        "a=b;c=d",
        "a%20b=c",
        "a[]=1&a[]=2",
        "a=b&c=d&",
        "%C3%BC=%C3%BC",
        " a=b",
        "a=b\n",
    ] {
        script.ask("POST", "{me}/a").header("Content-Type", "application/x-www-form-urlencoded").text(text);
        script.get("{me}/a");
    }
    script
        .ask("POST", "auth/token/create")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .text("policies=default&ttl=60s&num_uses=3");
    script
}

fn sizes() -> Script {
    let mut script = Script::new("body sizes");
    script.mount_kv_v1();
    for bytes in [500_000, 1_000_000, 1_048_576, 2_000_000] {
        script.post("{me}/a", json!({ "x": "y".repeat(bytes) })).titled(&format!("{bytes} bytes"));
        script.get("{me}/a").titled(&format!("{bytes} bytes"));
    }
    for members in [1_000, 10_000, 11_000, 100_000] {
        let body: serde_json::Map<_, _> = (0..members).map(|n| (format!("k{n}"), json!(1))).collect();
        script.post("{me}/m", json!({ "x": body })).titled(&format!("{members} members"));
        script.post("{me}/l", json!({ "x": vec![1; members] })).titled(&format!("{members} elements"));
    }
    script.post("{me}/n", json!({ "n".repeat(10_000): 1 })).titled("a long name");
    script
}

/// OpenBao waits for what it will not take.
fn announced() -> Script {
    let mut script = Script::new("body that is announced too large");
    script.mount_kv_v1();
    script.ask("POST", "{me}/a").header("Content-Length", "40000000").text("{}");
    script
}

fn depths() -> Script {
    let mut script = Script::new("body depths");
    script.mount_kv_v1();
    for depth in [10, 90, 120, 126, 127, 128, 129, 300, 499, 500, 501, 600, 10_001] {
        let list = format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let map = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        script.ask("POST", "{me}/a").text(&list).titled(&format!("{depth} lists"));
        script.ask("POST", "{me}/a").text(&map).titled(&format!("{depth} maps"));
    }
    script
}

fn numbers() -> Script {
    let mut script = Script::new("body numbers");
    script.mount_kv_v1();
    for number in [
        "0",
        "-0",
        "1.0",
        "1e2",
        "1E2",
        "1e400",
        "-1e400",
        "1e-400",
        "123456789012345678901234567890",
        "0.1234567890123456789",
        "9007199254740993",
        "-9223372036854775809",
        "18446744073709551616",
        "1e1000000000",
        "0e0",
        "1.50",
    ] {
        script.ask("POST", "{me}/a").text(&format!("{{\"n\":{number}}}"));
        script.get("{me}/a");
    }
    script
}

/// Bodies of requests that have none.
fn unread() -> Script {
    let mut script = Script::new("body of a read");
    script.mount_kv_v2();
    script.post("{me}/data/a", json!({ "data": { "x": 1 } }));
    script.post("{me}/data/a", json!({ "data": { "x": 2 } }));
    for method in ["GET", "DELETE", "LIST", "HEAD"] {
        for text in ["{\"version\":1}", "{", "x=1", "[]"] {
            script.ask(method, "{me}/data/a").text(text);
        }
    }
    script.get("{me}/metadata/a");
    script
}
