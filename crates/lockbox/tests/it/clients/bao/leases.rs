use super::{play::play, script::Script};

#[test]
fn bao_looks_after_leases() {
    let mut script = Script::new("bao-lease");
    script.jwt_method();
    script.fails(2, "list sys/leases/lookup/auth/{me}/login");
    script.run("write -field=token auth/{me}/login role=ci jwt={jwt}").keep("token", "");
    script.run("list -format=json sys/leases/lookup/auth/{me}/login").keep("lease", "/0");
    script.run("lease lookup auth/{me}/login/{lease}");
    script.run("lease lookup -format=json auth/{me}/login/{lease}");
    script.run("write sys/leases/lookup lease_id=auth/{me}/login/{lease}");
    script.fails(2, "lease renew auth/{me}/login/{lease}");
    script.fails(2, "lease lookup auth/{me}/login/nothing");
    script.fails(2, "lease renew auth/{me}/login/nothing");
    script.run("lease revoke auth/{me}/login/nothing");
    script.run("lease revoke -sync auth/{me}/login/{lease}");
    script.fails(2, "token lookup {token}");
    script.fails(2, "lease lookup auth/{me}/login/{lease}");
    script.fails(2, "lease lookup auth/{me}/login/{lease}").by("s.nothing");
    script.fails(1, "lease revoke");
    play(&script);
}

#[test]
fn bao_revokes_leases_by_prefix() {
    let mut script = Script::new("bao-prefix");
    script.jwt_method();
    for token in ["one", "two", "three"] {
        script.run("write -field=token auth/{me}/login role=ci jwt={jwt}").keep(token, "");
    }
    script.run("list sys/leases/lookup/auth/{me}");
    script.run("lease revoke -sync -prefix auth/{me}/login");
    for token in ["{one}", "{two}", "{three}"] {
        script.fails(2, "token lookup").by(token);
    }
    script.run("write -field=token auth/{me}/login role=ci jwt={jwt}").keep("four", "");
    script.run("lease revoke -force -prefix auth/{me}/");
    script.fails(2, "token lookup").by("{four}");
    script.run("lease revoke -sync -prefix auth/{me}/nothing");
    script.fails(1, "lease revoke -force auth/{me}/login");
    script.token("limited", "-policy=default");
    script.fails(2, "lease revoke -prefix auth/{me}").by("{limited}");
    script.run("write -field=token auth/{me}/login role=ci jwt={jwt}").keep("five", "");
    script.run("auth disable {me}");
    script.fails(2, "token lookup").by("{five}");
    play(&script);
}
