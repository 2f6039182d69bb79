use super::{
    play::{play, play_alone},
    script::Script,
};

#[test]
fn bao_makes_tokens() {
    let mut script = Script::new("bao-token-create");
    script.policy("path \"x\" { capabilities = [\"read\"] }");
    script.run("token create -ttl=1h");
    script.run("token create -policy={me} -policy=default -no-default-policy -ttl=30m");
    script.run("token create -policy={me} -explicit-max-ttl=2h -display-name=Ann -metadata=team=ops -use-limit=5 -format=json").keep("token", "/auth/client_token");
    script.run("token lookup {token}");
    script
        .run("token create -period=1h -orphan -policy={me} -format=json")
        .keep("token", "/auth/client_token");
    script.run("token lookup -format=json {token}");
    script
        .run("token create -policy={me} -renewable=false -ttl=20m -format=json")
        .keep("token", "/auth/client_token");
    script.run("token lookup {token}");
    script
        .run("token create -type=batch -policy={me} -ttl=20m -format=json")
        .keep("token", "/auth/client_token");
    script.run("token lookup {token}");
    script.fails(2, "token create -type=batch -policy=root");
    script.run("token create -type=batch -policy={me} -period=1h");
    script.run("token create -type=batch -policy={me} -use-limit=1");
    script.run("token create -id={me}-own-id -policy={me} -ttl=10m");
    script.run("token lookup {me}-own-id");
    script.fails(2, "token create -id={me}-own-id -policy={me}");
    script.fails(2, "token create -ttl=-1h");
    script.run("token create -policy=no-such-policy");
    script.fails(2, "token create -role=no-such-role");
    script.token("limited", "-policy={me} -ttl=10m");
    script.fails(2, "token create").by("{limited}");
    script.run("token create -field=token_policies -policy={me}");
    script.run("token create -format=yaml -ttl=10m").besides("request_id");
    play(&script);
}

#[test]
fn bao_looks_tokens_up() {
    let mut script = Script::new("bao-token-lookup");
    script.run("token lookup");
    script
        .run("token create -policy=default -ttl=1h -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("token lookup {token}");
    script.run("token lookup").by("{token}");
    script.run("token lookup -accessor {accessor}");
    script.run("token lookup -field=policies {token}");
    script.fails(2, "token lookup s.nothing");
    script.fails(2, "token lookup -accessor nothing");
    script.fails(2, "token lookup {token}").by("{token}");
    script.fails(2, "token lookup").by("s.nothing");
    script.run("read -format=json auth/token/lookup-self").by("{token}");
    play(&script);
}

#[test]
fn bao_renews_tokens() {
    let mut script = Script::new("bao-token-renew");
    script
        .run("token create -policy=default -ttl=1h -explicit-max-ttl=3h -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("token renew -increment=30m {token}");
    script.run("token lookup {token}");
    script.run("token renew {token}");
    script.run("token renew").by("{token}");
    script.run("token renew -increment=90m -format=json").by("{token}");
    script.run("token renew -increment=5h {token}");
    script.run("token renew -accessor {accessor}");
    script.run("token renew -accessor -increment=10m {accessor}");
    script.run("token lookup {token}");
    script.token("periodic", "-policy=default -period=1h");
    script.run("token renew -increment=5m {periodic}");
    script.token("fixed", "-policy=default -ttl=1h -renewable=false");
    script.fails(2, "token renew {fixed}");
    script.fails(2, "token renew s.nothing");
    script.fails(2, "token renew -accessor nothing");
    script.fails(2, "token renew");
    script.token("batch", "-type=batch -policy=default -ttl=20m");
    script.fails(2, "token renew {batch}");
    play(&script);
}

#[test]
fn bao_revokes_tokens() {
    let mut script = Script::new("bao-token-revoke");
    script.policy("path \"auth/token/create\" { capabilities = [\"update\"] }");
    script
        .run("token create -policy={me} -ttl=1h -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("token create -field=token").by("{token}").keep("child", "");
    script.run("token revoke {token}");
    script.fails(2, "token lookup {token}");
    script.fails(2, "token lookup {child}");
    script.fails(2, "token lookup -accessor {accessor}");
    script
        .run("token create -policy={me} -ttl=1h -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("token create -field=token").by("{token}").keep("child", "");
    script.run("token revoke -mode=orphan {token}");
    script.fails(2, "token lookup {token}");
    script.run("token lookup {child}");
    script.run("token revoke -self").by("{child}");
    script.fails(2, "token lookup").by("{child}");
    script
        .run("token create -policy={me} -ttl=1h -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("token revoke -accessor {accessor}");
    script.fails(2, "token lookup {token}");
    script.run("token revoke s.nothing");
    script.run("token revoke -accessor nothing");
    script.fails(1, "token revoke");
    script.fails(1, "token revoke -self -mode=orphan");
    script.token("batch", "-type=batch -policy={me} -ttl=20m");
    script.fails(2, "token revoke {batch}");
    play(&script);
}

#[test]
fn bao_makes_tokens_by_a_role() {
    let mut script = Script::new("bao-token-role");
    script.policy("path \"x\" { capabilities = [\"read\"] }");
    script.run(
        "write auth/token/roles/{me} allowed_policies={me} orphan=true token_period=30m path_suffix=nightly",
    );
    script.run("read auth/token/roles/{me}");
    script.run("token create -role={me} -format=json").keep("token", "/auth/client_token");
    script.run("token lookup {token}");
    script.run("token create -role={me} -policy={me} -ttl=5m -metadata=a=b");
    script.fails(2, "token create -role={me} -policy=default -policy=other");
    script.run("write auth/token/roles/{me} token_type=batch token_period=0 orphan=true renewable=false");
    script.run("token create -role={me} -policy={me}");
    script.fails(2, "write auth/token/roles/{me} token_type=nothing");
    script.run("delete auth/token/roles/{me}");
    script.fails(2, "read auth/token/roles/{me}");
    script.fails(2, "token create -role={me}");
    play(&script);
}

#[test]
fn bao_lists_and_revokes_by_path() {
    let mut script = Script::new("bao-accessors");
    script.run("list auth/token/accessors");
    script.fails(2, "list auth/token/roles");
    script.run("write auth/token/roles/{me} path_suffix=nightly");
    script.run("list auth/token/roles");
    script.token("token", "-role={me} -policy=default");
    script.run("list -format=json auth/token/accessors");
    script.run("token revoke -mode=path auth/token/create/{me}/nightly");
    script.fails(2, "token lookup {token}");
    script.run("list auth/token/accessors");
    play_alone(&script);
}
