use super::{play::play, script::Script};

#[test]
fn bao_wraps_and_unwraps() {
    let mut script = Script::new("bao-wrap");
    script.mount_kv();
    script.run("kv put -mount={me} a v=1");
    script.run("kv get -mount={me} -wrap-ttl=60s a");
    script.run("kv get -mount={me} -wrap-ttl=60s -format=json a").keep("wrapped", "/wrap_info/token");
    script.run("write sys/wrapping/lookup token={wrapped}");
    script.run("unwrap {wrapped}");
    script.fails(2, "unwrap {wrapped}");
    script.run("token create -policy=default -wrap-ttl=2m -format=json").keep("wrapped", "/wrap_info/token");
    script.run("unwrap -format=json").by("{wrapped}").keep("inside", "/auth/client_token");
    script.run("token lookup").by("{inside}");
    script.fails(2, "unwrap").by("{wrapped}");
    script.run("write -wrap-ttl=1h -field=wrapping_token sys/wrapping/wrap a=b c=d").keep("wrapped", "");
    script.run("write -format=json sys/wrapping/rewrap token={wrapped}").keep("again", "/wrap_info/token");
    script.fails(2, "unwrap {wrapped}");
    script.run("unwrap -field=a {again}");
    script.fails(2, "unwrap s.nothing");
    script.fails(2, "write sys/wrapping/lookup token=s.nothing");
    script.fails(2, "unwrap");
    script.run("read -wrap-ttl=1m sys/policies/acl/default");
    script.run("list -wrap-ttl=1m {me}/metadata");
    script.fails(2, "read -wrap-ttl=1m {me}/data/nothing");
    play(&script);
}

#[test]
fn bao_keeps_what_is_a_tokens_own() {
    let mut script = Script::new("bao-cubbyhole");
    script.token("one", "-policy=default -ttl=1h");
    script.token("two", "-policy=default -ttl=1h");
    script.run("write cubbyhole/a/b v=1 w=two").by("{one}");
    script.run("read cubbyhole/a/b").by("{one}");
    script.run("read -field=w cubbyhole/a/b").by("{one}");
    script.run("read -format=json cubbyhole/a/b").by("{one}");
    script.run("list cubbyhole").by("{one}");
    script.run("list cubbyhole/a").by("{one}");
    script.fails(2, "read cubbyhole/a/b").by("{two}");
    script.fails(2, "list cubbyhole").by("{two}");
    script.run("kv get cubbyhole/a/b").by("{one}");
    script.run("delete cubbyhole/a/b").by("{one}");
    script.fails(2, "read cubbyhole/a/b").by("{one}");
    script.fails(2, "write cubbyhole/ a=b").by("{one}");
    script.fails(2, "secrets disable cubbyhole");
    play(&script);
}
