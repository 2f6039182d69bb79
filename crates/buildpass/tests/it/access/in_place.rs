//! Where GitLab itself replaces a token, and where it cannot.

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, on_every_vault};

on_every_vault! {
    fn in_place_the_old_one_is_dead_at_once(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let old = scene.ids();
        scene.run(&toml, &["rotate", "ci-read", "--in-place"]);
        let new = scene.ids();
        assert!(new.len() == 1 && new != old, "{old:?} {new:?}");
        assert_eq!(scene.note()["retiring"], Value::Null);
        assert!(scene.job_reads());
    }

    fn in_place_too_what_is_declared_otherwise_comes_out_as_declared(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let first = scene.stored().unwrap();
        let other = declared("").replace("name = \"ci-read\"", "name = \"ci-read\"\nrole = \"developer\"\nscopes = [\"read_repository\", \"read_api\"]");
        scene.run(&other, &["rotate", "ci-read", "--in-place"]);
        let living = scene.living("ci-read");
        assert_eq!((living.len(), &living[0]["access_level"]), (1, &json!(30)), "{living:?}");
        assert_eq!(living[0]["scopes"].as_array().unwrap().len(), 2);
        assert!(!scene.lives(&first) && scene.job_reads());
        assert_eq!(scene.plan(&other)["steps"], json!([]));
    }

    fn nothing_is_ended_for_a_token_that_does_not_do_what_it_is_for(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let (first, ids) = (scene.stored().unwrap(), scene.ids());
        let toml = format!(
            "{}\n[[access.mirror]]\ncanonical = \"gitlab-org/gone\"\nsecurity = \"gitlab-org/security/gone\"\ntoken = \"ci-read\"\n",
            declared("")
        );
        let finished = scene.owner(&toml).args(["access", "rotate", "ci-read", "--in-place"]).run();
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        assert!(finished.stderr.contains("the new token cannot read gitlab-org/security/gone"), "{}", finished.stderr);
        assert_eq!((scene.stored().unwrap(), scene.ids()), (first, ids), "jobs go on with what they have");
        assert!(scene.job_reads());
    }

    fn a_token_that_was_taken_over_has_our_mark_afterwards(vault) {
        let scene = Scene::on(vault);
        scene.group.deploy(vault);
        let toml = declared("").replace("name = \"ci-read\"", "name = \"build-token\"\nrole = \"developer\"\nlifetime = \"365d\"");
        scene.apply(&toml);
        scene.run(&toml, &["rotate", "build-token", "--in-place"]);
        let living = scene.living("build-token");
        let mark = format!("made by buildpass access for buildpass: {BUILD_TOKEN_PATH}/token@ci");
        assert_eq!((living.len(), &living[0]["description"]), (1, &json!(mark)), "{living:?}");
        assert!(!scene.lives(&scene.group.token) && scene.job_reads());
    }
}
