use super::{
    play::{play, play_alone},
    script::Script,
};

const RULES: &str = "path \"{me}/*\" {\n  capabilities = [\"read\", \"list\"]\n}\n";

#[test]
fn bao_writes_and_reads_policies() {
    let mut script = Script::new("bao-policy");
    script.run("policy write {me} -").input(RULES);
    script.run("policy read {me}");
    script.run("policy read -format=json {me}");
    script.run("policy write {me} rules.hcl").file("rules.hcl", "path \"x\" { capabilities=[\"deny\"] }");
    script.run("policy read {me}");
    script.run("policy write {me} -").input("{\"path\": {\"y\": {\"capabilities\": [\"sudo\"]}}}");
    script.run("policy read {me}");
    script.fails(2, "policy write {me} -").input("");
    script.fails(2, "policy write {me} -").input("path \"x\" {");
    script.fails(2, "policy write {me} -").input("path \"x\" { capabilities = [\"fly\"] }");
    script.fails(2, "policy write root -").input(RULES);
    script.fails(2, "policy write {me} no-such-file.hcl");
    script.fails(1, "policy write {me}");
    script.fails(2, "policy read nothing");
    script.fails(2, "policy read root");
    script.run("policy read default");
    script.run("policy delete {me}");
    script.run("policy delete {me}");
    script.fails(2, "policy read {me}");
    script.fails(2, "policy delete root");
    script.fails(2, "policy delete default");
    script.run("policy fmt rules.hcl");
    play(&script);
}

#[test]
fn bao_lists_policies() {
    let mut script = Script::new("bao-policies");
    script.run("policy list");
    script.run("policy write {me} -").input(RULES);
    script.run("policy write A-b_c -").input(RULES);
    script.run("policy list");
    script.run("policy list -format=json");
    script.run("list sys/policies/acl");
    script.run("list -format=json sys/policy");
    script.run("read sys/policy");
    play_alone(&script);
}

#[test]
fn bao_tells_what_a_token_may() {
    let mut script = Script::new("bao-capabilities");
    script.policy(RULES);
    script
        .run("token create -policy={me} -format=json")
        .keep("token", "/auth/client_token")
        .keep("accessor", "/auth/accessor");
    script.run("token capabilities {token} {me}/x");
    script.run("token capabilities -format=json {token} {me}/x");
    script.run("token capabilities {token} sys/mounts");
    script.run("token capabilities sys/mounts");
    script.run("token capabilities {me}/x").by("{token}");
    script.run("write sys/capabilities-accessor accessor={accessor} paths={me}/x");
    script.run("token capabilities {token} {me}/x").by("{token}");
    script.fails(2, "token capabilities s.nothing {me}/x");
    script.fails(2, "token capabilities {me}/x").by("s.nothing");
    script.run("write sys/capabilities-self paths={me}/x paths=sys/mounts").by("{token}");
    script.run("write -format=json sys/capabilities token={token} paths={me}/x paths=auth/token/lookup-self");
    play(&script);
}

#[test]
fn bao_tells_what_a_policy_refuses() {
    let mut script = Script::new("bao-refused");
    script.mount_kv();
    script.run("kv put -mount={me} open/a v=1");
    script.run("kv put -mount={me} closed/a v=1");
    script.policy("path \"{me}/data/open/*\" { capabilities = [\"read\"] }");
    script.token("token", "-policy={me}");
    script.run("kv get -mount={me} open/a").by("{token}");
    script.fails(2, "kv get -mount={me} closed/a").by("{token}");
    script.fails(2, "kv put -mount={me} open/a v=2").by("{token}");
    script.fails(2, "kv get open/a").by("{token}");
    script.fails(2, "kv get no-such-mount/a").by("{token}");
    script.fails(2, "secrets list").by("{token}");
    script.fails(2, "policy list").by("{token}");
    script.fails(2, "policy read {me}").by("{token}");
    script.fails(2, "kv get -mount={me} open/a").by("s.nothing");
    script.fails(2, "kv get -mount={me} open/a").at_home();
    script.fails(2, "token lookup").by("s.nothing");
    play(&script);
}
