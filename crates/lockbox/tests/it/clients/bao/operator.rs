use super::{
    play::{play_alone, play_from_the_start},
    script::Script,
};

#[test]
fn bao_opens_and_closes_a_vault() {
    let mut script = Script::new("bao-operator");
    script.fails(2, "status").at_home().besides("Storage Type");
    script.fails(2, "operator init -status").at_home();
    script.fails(2, "operator unseal AAAA").at_home();
    script.fails(2, "operator init -key-shares=2 -key-threshold=3").at_home();
    script.fails(2, "operator init -key-shares=2 -key-threshold=1").at_home();
    let init = script.run("operator init -key-shares=3 -key-threshold=2 -format=json").at_home();
    init.keep("root", "/root_token");
    for (name, place) in [
        ("key-1", "/unseal_keys_b64/0"),
        ("key-2", "/unseal_keys_b64/1"),
        ("key-3", "/unseal_keys_b64/2"),
        ("hex-1", "/unseal_keys_hex/0"),
        ("hex-2", "/unseal_keys_hex/1"),
        ("hex-3", "/unseal_keys_hex/2"),
    ] {
        init.keep(name, place);
    }
    script.run("operator init -status").at_home();
    script.fails(2, "operator init").at_home();
    script.fails(2, "status").at_home().besides("Storage Type");
    script.fails(2, "status -format=json").at_home().besides("storage_type");
    script.fails(2, "secrets list").by("{root}");
    script.fails(2, "operator unseal x").at_home();
    script.run("operator unseal {key-1}").at_home().besides("Storage Type");
    script.run("operator unseal -reset").at_home().besides("Storage Type");
    script.run("operator unseal -format=json {hex-3}").at_home().besides("storage_type");
    script.run("operator unseal {hex-3}").at_home().besides("Storage Type");
    script.run("operator unseal {key-2}").at_home().besides("Storage Type");
    script.run("status").at_home().besides("Storage Type");
    script.run("operator unseal {key-2}").at_home().besides("Storage Type");
    script.run("secrets list").by("{root}").besides("identity/");
    script.run("secrets enable -path={me} -version=2 kv").by("{root}");
    script.run("read {me}/config").by("{root}").until_it_works();
    script.run("kv put -mount={me} a v=1").by("{root}");
    script.run("operator key-status").by("{root}").besides("Encryption Count").besides("Install Time");
    script.run("operator rotate").by("{root}").besides("Encryption Count").besides("Install Time");
    script.run("read -field=term sys/key-status").by("{root}");
    script.run("token create -policy=default -field=token").by("{root}").keep("limited", "");
    script.fails(2, "operator seal").by("{limited}");
    script.fails(2, "operator rotate").by("{limited}");
    script.fails(2, "operator key-status").by("{limited}");
    script.run("operator seal").by("{root}");
    script.fails(2, "status").at_home().besides("Storage Type");
    script.run("operator seal").by("{root}");
    script.fails(2, "kv get -mount={me} a").by("{root}");
    script.run("operator unseal {key-1}").at_home().besides("Storage Type");
    script.run("operator unseal {hex-2}").at_home().besides("Storage Type");
    script.run("kv get -mount={me} a").by("{root}").until_it_works();
    play_from_the_start(&script);
}

#[test]
fn bao_tells_of_new_keys_as_a_person_reads_them() {
    let mut script = Script::new("bao-init");
    script.run("operator init").at_home().besides("Unseal Key").besides("Initial Root Token");
    play_from_the_start(&script);
}

#[test]
fn bao_tells_how_a_server_is() {
    let mut script = Script::new("bao-status");
    script.run("status").at_home();
    script.run("status -format=json").at_home();
    script.fails(2, "audit list");
    script.run("read sys/health");
    script.run("read -format=json sys/health");
    script.run("read sys/seal-status");
    script.run("read sys/leader");
    script.run("operator key-status -format=json").besides("encryptions").besides("install_time");
    play_alone(&script);
}
