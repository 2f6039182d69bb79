use super::{
    play::{play, play_alone},
    script::Script,
};

#[test]
fn bao_mounts_engines() {
    let mut script = Script::new("bao-secrets");
    script.run("secrets enable -path={me}/one -version=2 kv");
    script.fails(2, "secrets enable -path={me}/one kv");
    script.fails(2, "secrets enable -path={me}/one/below kv");
    script.fails(2, "secrets enable -path={me}/x no-such-engine");
    script.fails(2, "secrets enable -path=sys/x kv");
    script.fails(1, "secrets enable");
    script
        .run("secrets enable -path={me}/two -default-lease-ttl=1h -max-lease-ttl=2h")
        .and("-description=two words")
        .and("kv");
    script.run("read sys/mounts/{me}/two/tune");
    script.run("read -format=json sys/mounts/{me}/two");
    script.run("secrets tune -default-lease-ttl=30m -listing-visibility=unauth {me}/two");
    script.run("read sys/mounts/{me}/two/tune");
    script.run("secrets tune -description= -audit-non-hmac-request-keys=a {me}/two");
    script.run("read -format=json sys/mounts/{me}/two/tune");
    script.fails(2, "secrets tune -default-lease-ttl=3h {me}/two");
    script.fails(2, "secrets tune -max-lease-ttl=1h {me}/nothing");
    script.run("secrets tune -version=2 {me}/two");
    script.run("read {me}/two/config").until_it_works();
    script.run("kv put -mount={me}/two a v=1");
    script.run("secrets disable {me}/two");
    script.run("secrets disable {me}/two");
    script.fails(2, "secrets disable sys");
    script.fails(2, "kv get -mount={me}/two a");
    play(&script);
}

#[test]
fn bao_moves_engines() {
    let mut script = Script::new("bao-move");
    script.mount_kv();
    script.run("kv put -mount={me} a v=1");
    script
        .run("secrets move {me} {me}-moved")
        .besides("Success! Started moving")
        .besides("Success! Finished moving")
        .besides("Waiting");
    script.run("kv get -mount={me}-moved a").until_it_works();
    script.fails(2, "kv get -mount={me} a");
    script.fails(2, "secrets move nothing {me}");
    script.fails(2, "secrets move {me}-moved secret");
    script.fails(2, "secrets move sys {me}");
    play(&script);
}

#[test]
fn bao_lists_engines() {
    let mut script = Script::new("bao-list-secrets");
    script.run("secrets list").besides("identity/");
    script.run("secrets list -detailed").besides("identity/");
    script.run("secrets list -format=json").besides("identity/");
    script
        .run("secrets enable -path={me} -version=1 -default-lease-ttl=1h")
        .and("-description=for the list")
        .and("kv");
    script.run("secrets list").besides("identity/");
    script.run("secrets list -detailed").besides("identity/");
    script.run("read sys/mounts").besides("identity/");
    script.run("read -format=json sys/internal/ui/mounts").besides("identity/");
    script.run("read -format=json sys/internal/ui/mounts/{me}").besides("identity/");
    script.run("secrets disable secret");
    script.run("secrets list").besides("identity/");
    play_alone(&script);
}

#[test]
fn bao_mounts_auth_methods() {
    let mut script = Script::new("bao-auth");
    script.run("auth enable -path={me} jwt");
    script.fails(2, "auth enable -path={me} jwt");
    script.fails(2, "auth enable -path={me}/x no-such-method");
    script.fails(2, "auth enable -path=token jwt");
    script
        .run("auth enable -path={me}-two -default-lease-ttl=1h -max-lease-ttl=2h -token-type=batch")
        .and("-description=two words")
        .and("jwt");
    script.run("read sys/auth/{me}-two/tune");
    script.run("read -format=json sys/auth/{me}-two");
    script.run("auth tune -default-lease-ttl=30m -token-type=service -listing-visibility=unauth {me}-two");
    script.run("read -format=json sys/auth/{me}-two/tune");
    script.fails(2, "auth tune -token-type=nothing {me}-two");
    script.fails(2, "auth tune -default-lease-ttl=3h {me}-two");
    script.fails(2, "auth tune -max-lease-ttl=1h {me}-nothing");
    script
        .run("auth move auth/{me}-two auth/{me}-three")
        .besides("Success! Started moving")
        .besides("Success! Finished moving")
        .besides("Waiting");
    script.run("read sys/auth/{me}-three").until_it_works();
    script.run("auth disable {me}-three");
    script.run("auth disable {me}-three");
    script.fails(2, "auth disable token");
    play(&script);
}

#[test]
fn bao_lists_auth_methods() {
    let mut script = Script::new("bao-list-auth");
    script.run("auth list");
    script.run("auth enable -path={me}").and("-description=for the list").and("jwt");
    script.run("auth list");
    script.run("auth list -detailed");
    script.run("auth list -format=json");
    script.run("read sys/auth");
    script.run("read -format=json sys/internal/ui/mounts").at_home().besides("identity/");
    script.run("auth tune -listing-visibility=unauth {me}");
    script.run("read -format=json sys/internal/ui/mounts").at_home().besides("identity/");
    play_alone(&script);
}
