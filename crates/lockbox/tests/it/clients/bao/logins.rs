use super::{play::play, script::Script};

#[test]
fn bao_logs_in_with_a_token() {
    let mut script = Script::new("bao-login");
    script
        .run("token create -policy=default -ttl=1h -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("login {token}").at_home();
    script.run("token lookup").at_home();
    script.run("print token").at_home();
    script.run("login -").at_home().input("{token}\n");
    script.run("login -no-print {token}").at_home();
    script.run("login -no-store -format=json {token}").at_home();
    script.run("login -token-only {token}").at_home();
    script.run("login -field=token_policies {token}").at_home();
    script.run("login -method=token token={token}").at_home();
    script.fails(2, "login s.nothing").at_home();
    script.fails(1, "login -method=nothing x=y").at_home();
    script.fails(1, "login -method=jwt role=x jwt=y").at_home();
    script.run("token revoke -self").at_home();
    script.fails(2, "token lookup").at_home();
    play(&script);
}

#[test]
fn bao_logs_in_with_a_jwt() {
    let mut script = Script::new("bao-jwt");
    script.jwt_method();
    script.run("read auth/{me}/config");
    script.run("read auth/{me}/role/ci");
    script.run("read -format=json auth/{me}/role/ci");
    script.run("list auth/{me}/role");
    script.run("write auth/{me}/login role=ci jwt={jwt}").at_home();
    script
        .run("write -format=json auth/{me}/login role=ci jwt={jwt}")
        .at_home()
        .keep("token", "/auth/client_token");
    script.run("token lookup {token}");
    script.run("token lookup -format=json").by("{token}");
    script.run("kv get -mount={me} ci/token").by("{token}");
    script.fails(2, "kv get -mount={me} other").by("{token}");
    script.run("token renew -increment=60s").by("{token}");
    script.run("token revoke -self").by("{token}");
    script.fails(2, "kv get -mount={me} ci/token").by("{token}");
    script.run("write -field=token auth/{me}/login jwt={jwt} role=ci").at_home();
    script.fails(2, "write auth/{me}/login role=nothing jwt={jwt}").at_home();
    script.fails(2, "write auth/{me}/login jwt={jwt}").at_home();
    script.fails(2, "write auth/{me}/login role=ci jwt=a.b.c").at_home();
    script.fails(2, "write auth/{me}/login role=ci").at_home();
    script.fails(2, "write auth/{me}-nothing/login role=ci jwt={jwt}").at_home();
    script.run("delete auth/{me}/role/ci");
    script.fails(2, "read auth/{me}/role/ci");
    script.fails(2, "list auth/{me}/role");
    play(&script);
}
