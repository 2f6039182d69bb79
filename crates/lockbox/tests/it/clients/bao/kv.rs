use super::{play::play, script::Script};

#[test]
fn bao_keeps_values_by_version() {
    let mut script = Script::new("bao-kv");
    script.mount_kv();
    script.run("kv put -mount={me} app/db user=anna password=s3cret");
    script.run("kv put {me}/app/db user=anna password=n3w note=").and("words=two words");
    script
        .run("kv put -mount={me} -format=json app/file text=@note.txt -")
        .file("note.txt", "from a file\n")
        .input("{}");
    script
        .run("kv put -mount={me} app/json -")
        .input("{\"n\": 5, \"list\": [1, {\"a\": null}], \"text\": \"t\"}");
    script.run("kv get -mount={me} app/db");
    script.run("kv get {me}/app/db");
    script.run("kv get -mount={me} -version=1 app/db");
    script.run("kv get -mount={me} -format=json app/json");
    script.run("kv get -mount={me} -format=yaml app/db").besides("request_id").besides("created_time");
    script.run("kv get -mount={me} -field=password app/db");
    script.fails(1, "kv get -mount={me} -field=nothing app/db");
    script.fails(2, "kv get -mount={me} -version=9 app/db");
    script.fails(2, "kv get -mount={me} nothing");
    script.fails(2, "kv get -mount={me} -format=json nothing");
    script.run("kv list -mount={me}");
    script.run("kv list -mount={me} app");
    script.run("kv list -format=json {me}/app/");
    script.fails(2, "kv list -mount={me} nothing");
    script.fails(2, "kv get -mount=no-such-mount x");
    script.fails(2, "kv put no-such-mount/x a=b");
    script.fails(1, "kv put -mount={me} app/db");
    play(&script);
}

#[test]
fn bao_checks_and_sets() {
    let mut script = Script::new("bao-cas");
    script.mount_kv();
    script.run("kv put -mount={me} -cas=0 a v=1");
    script.fails(2, "kv put -mount={me} -cas=0 a v=2");
    script.run("kv put -mount={me} -cas=1 a v=2");
    script.run("kv metadata put -mount={me} -cas-required=true a");
    script.fails(2, "kv put -mount={me} a v=3");
    script.fails(2, "kv patch -mount={me} -method=patch -cas=1 a v=3");
    script.run("kv patch -mount={me} -method=patch -cas=2 a v=3");
    script.run("kv get -mount={me} -field=v a");
    play(&script);
}

#[test]
fn bao_patches_values() {
    let mut script = Script::new("bao-patch");
    script.mount_kv();
    script.fails(2, "kv patch -mount={me} a v=1");
    script.run("kv put -mount={me} a one=1 two=2");
    script.run("kv patch -mount={me} a two=zwei three=3");
    script.run("kv patch -mount={me} -method=rw a four=4");
    script.run("kv patch -mount={me} -method=patch -remove-data=one a five=5");
    script.run("kv patch -mount={me} -format=json a -").input("{\"six\": {\"seven\": 7}}");
    script.run("kv get -mount={me} -format=json a");
    script.policy("path \"{me}/data/*\" { capabilities = [\"create\", \"read\", \"update\"] }");
    script.token("token", "-policy={me}");
    script.run("kv patch -mount={me} a two=2").by("{token}");
    script.fails(2, "kv patch -mount={me} -method=patch a two=2").by("{token}");
    script.fails(2, "kv get -mount={me} -version=1 b").by("{token}");
    script.fails(2, "kv list -mount={me}").by("{token}");
    play(&script);
}

#[test]
fn bao_deletes_and_brings_back_versions() {
    let mut script = Script::new("bao-delete");
    script.mount_kv();
    for version in ["1", "2", "3", "4"] {
        script.run(&format!("kv put -mount={{me}} a v={version}"));
    }
    script.run("kv delete -mount={me} a");
    script.run("kv get -mount={me} a");
    script.run("kv get -mount={me} -format=json a");
    script.fails(2, "kv get -mount={me} -field=v a");
    script.run("kv undelete -mount={me} -versions=4 a");
    script.run("kv get -mount={me} a");
    script.run("kv delete -mount={me} -versions=2,3 a");
    script.run("kv undelete -versions=3 {me}/a");
    script.run("kv get -mount={me} -version=2 a");
    script.run("kv destroy -mount={me} -versions=1,2 a");
    script.run("kv get -mount={me} -version=1 a");
    script.run("kv undelete -mount={me} -versions=1 a");
    script.run("kv metadata get -mount={me} a");
    script.run("kv rollback -mount={me} -version=3 a");
    script.fails(2, "kv rollback -mount={me} -version=1 a");
    script.fails(2, "kv rollback -mount={me} -version=9 a");
    script.fails(1, "kv rollback -mount={me} a");
    script.run("kv get -mount={me} -format=json a");
    script.fails(1, "kv undelete -mount={me} a");
    script.run("kv delete -mount={me} nothing");
    script.run("kv destroy -mount={me} -versions=5 nothing");
    play(&script);
}

#[test]
fn bao_keeps_metadata() {
    let mut script = Script::new("bao-metadata");
    script.mount_kv();
    script.run("kv metadata put -mount={me} -max-versions=2 -custom-metadata=owner=ops -custom-metadata=tier=1 -delete-version-after=2h30m a");
    script.run("kv metadata get -mount={me} a");
    for version in ["1", "2", "3"] {
        script.run(&format!("kv put -mount={{me}} a v={version}"));
    }
    script.run("kv metadata get -mount={me} a");
    script.run("kv metadata get -mount={me} -format=json a");
    script.run("kv metadata patch -mount={me} -custom-metadata=tier=2 -max-versions=5 a");
    script.run("kv metadata patch -mount={me} -remove-custom-metadata=owner -cas-required=true a");
    script.fails(2, "kv metadata patch -mount={me} -max-versions=5 nothing");
    script.fails(2, "kv metadata patch -mount={me} -delete-version-after=-1s nothing");
    script.run("kv metadata get -mount={me} a");
    script.fails(2, "kv metadata get -mount={me} nothing");
    script.fails(1, "kv metadata put -mount={me} -delete-version-after=x a");
    script.run("kv metadata delete -mount={me} a");
    script.fails(2, "kv metadata get -mount={me} a");
    script.run("write {me}/config max_versions=3 cas_required=true delete_version_after=1h");
    script.run("read {me}/config");
    script.run("read -format=json {me}/config");
    script.fails(2, "kv put -mount={me} b v=1");
    script.run("kv put -mount={me} -cas=0 b v=1");
    script.run("kv metadata get -mount={me} b");
    play(&script);
}

#[test]
fn bao_scans_folders() {
    let mut script = Script::new("bao-scan");
    script.mount_kv();
    for path in ["a", "b/c", "b/d/e", "ü/x"] {
        script.run(&format!("kv put -mount={{me}} {path} v=1"));
    }
    script.run("kv list -mount={me}");
    script.run("kv scan -mount={me}");
    script.run("kv scan -format=json {me}/b");
    script.run("scan {me}/metadata/");
    script.fails(2, "kv scan -mount={me} nothing");
    play(&script);
}

#[test]
fn bao_keeps_values_without_versions() {
    let mut script = Script::new("bao-kv1");
    script.run("secrets enable -path={me} -version=1 kv");
    script.run("kv put -mount={me} app/db user=anna password=s3cret");
    script.run("kv put {me}/app/ttl ttl=1h v=1");
    script.run("kv get -mount={me} app/db");
    script.run("kv get {me}/app/ttl");
    script.run("kv get -mount={me} -format=json app/db");
    script.run("kv get -mount={me} -field=user app/db");
    script.fails(1, "kv get -mount={me} -field=nothing app/db");
    script.fails(2, "kv get -mount={me} nothing");
    script.run("kv list -mount={me}");
    script.run("kv list -mount={me} app");
    script.fails(2, "kv list -mount={me} nothing");
    script.fails(2, "kv patch -mount={me} app/db user=bert");
    script.fails(1, "kv metadata get -mount={me} app/db");
    script.fails(1, "kv undelete -mount={me} -versions=1 app/db");
    script.fails(1, "kv destroy -mount={me} -versions=1 app/db");
    script.fails(2, "kv rollback -mount={me} -version=1 app/db");
    script.run("kv delete -mount={me} app/db");
    script.run("kv delete -mount={me} app/db");
    script.fails(2, "kv get -mount={me} app/db");
    script.run("kv enable-versioning {me}");
    script.run("read {me}/config").until_it_works();
    script.run("kv get -mount={me} app/ttl");
    play(&script);
}
