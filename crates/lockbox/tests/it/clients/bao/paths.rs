use super::{play::play, script::Script};

#[test]
fn bao_reads_and_writes_any_path() {
    let mut script = Script::new("bao-path");
    script.run("secrets enable -path={me} -version=1 kv");
    script.run("write {me}/a v=1 w=@file.txt").file("file.txt", "from a file");
    script.run("write {me}/b -").input("{\"n\": 5, \"deep\": {\"a\": [1, 2]}, \"text\": \"ü\"}");
    script.run("write -f {me}/c x=1");
    script.fails(1, "write {me}/d @no-such-file.json");
    script.fails(1, "write {me}/d");
    script.fails(2, "write -f {me}/d");
    script.run("read {me}/a");
    script.run("read -format=json {me}/b");
    script.run("read -format=yaml {me}/b").besides("request_id");
    script.run("read -field=w {me}/a");
    script.fails(1, "read -field=nothing {me}/a");
    script.fails(2, "read {me}/nothing");
    script.fails(2, "read no-such-mount/a");
    script.run("list {me}");
    script.run("list -format=json {me}/");
    script.fails(2, "list {me}/nothing");
    script.fails(2, "list no-such-mount/");
    script.run("scan {me}/");
    script.fails(2, "patch {me}/a v=2");
    script.run("delete {me}/a");
    script.run("delete {me}/a");
    script.fails(2, "delete no-such-mount/a");
    script.fails(2, "read {me}/a");
    script.fails(2, "read sys/no-such-path");
    script.fails(2, "write sys/no-such-path a=b");
    script.fails(2, "delete sys/no-such-path");
    script.fails(2, "list sys/mounts");
    script.run("read sys/policies/acl/default");
    script.run("read -header=X-Made-Up=1 {me}/b");
    script.run("read auth/token/lookup-self");
    play(&script);
}

#[test]
fn bao_takes_any_letters_in_a_path() {
    let mut script = Script::new("bao-letters");
    script.mount_kv();
    for path in ["ünïcode", "a%2fb", "plus+sign", "per%cent", "a:b@c", "A/Upper"] {
        script.run(&format!("kv put -mount={{me}} {path} v=1"));
        script.run(&format!("kv get -mount={{me}} {path}"));
    }
    script.run("kv put -mount={me}").and("two words").and("v=1");
    script.run("kv get -mount={me}").and("two words");
    script.run("kv get -mount={me} /a/../A/Upper");
    script.run("kv list -mount={me}");
    script.fails(2, "kv get -mount={me} a?b=c");
    play(&script);
}
