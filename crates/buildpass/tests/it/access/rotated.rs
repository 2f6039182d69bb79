//! New tokens in the place of old ones, and the end of those.

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, on_every_vault};

const DAY: i64 = 24 * 60 * 60;

impl Scene<'_> {
    /// Lets time pass at GitLab.
    pub(super) fn pass(&self, seconds: i64) {
        self.group.sandbox.admin("POST", "/-/sandbox/clock", &json!({ "pass_seconds": seconds }));
    }

    /// Runs a command of `access`, which must come out well.
    pub(super) fn run(&self, toml: &str, args: &[&str]) -> String {
        let finished = self.owner(toml).args(["access"]).args(args.iter().copied()).run();
        assert_eq!(finished.code, Some(0), "{args:?}: {}{}", finished.stdout, finished.stderr);
        finished.stdout
    }

    /// The numbers of the living tokens of that name, the oldest first.
    pub(super) fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> =
            self.living("ci-read").iter().map(|token| token["id"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    }
}

on_every_vault! {
    fn what_is_due_is_rotated_and_the_old_one_ends_after_its_overlap(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let first = scene.stored().unwrap();
        let [old] = scene.ids()[..] else { panic!("{:?}", scene.ids()) };
        scene.pass(20 * DAY);
        assert_eq!(scene.run(&toml, &["rotate", "--due"]), "Nothing is due.\n");
        scene.pass(5 * DAY);
        assert!(scene.run(&toml, &["status"]).contains("ci-read is due: it ends on "));
        assert_eq!(scene.run(&toml, &["rotate", "--due"]), "Done: 0 created, 0 changed, 1 rotated, 0 revoked.\n");
        let [kept, new] = scene.ids()[..] else { panic!("{:?}", scene.ids()) };
        assert_eq!(kept, old);
        assert_ne!(scene.stored().unwrap(), first);
        let note = scene.note();
        assert_eq!(note["token_id"], new.to_string());
        assert!(note["retiring"].as_str().unwrap().starts_with(&format!("{old}@")), "{note}");
        assert!(scene.run(&toml, &["status"]).contains(&format!("ci-read has an older token that lives a little longer: {old}")));
        assert_eq!(scene.run(&toml, &["rotate", "--due"]), "Nothing is due.\n");
        assert_eq!(scene.ids(), [old, new], "its time is not over");
        scene.pass(2 * 60 * 60);
        assert_eq!(scene.run(&toml, &["rotate", "--due"]), "Done: 0 created, 1 changed, 0 rotated, 1 revoked.\n");
        assert_eq!(scene.ids(), [new]);
        assert_eq!(scene.run(&toml, &["rotate", "--due"]), "Nothing is due.\n");
        assert!(scene.job_reads());
    }

    fn of_two_rotations_at_the_same_time_one_does_it_and_the_other_says_so(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let (gitlab, slow) = scene.held_after_making(&toml);
        scene.run(&toml, &["rotate", "ci-read"]);
        let stored = scene.stored().unwrap();
        gitlab.release();
        let output = slow.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains("another run has stored a new value meanwhile"), "{said}");
        assert_eq!(scene.stored().unwrap(), stored, "what the faster one stored stays");
        scene.apply(&toml);
        assert_eq!(scene.ids().len(), 2, "the new one, and the one that retires");
        assert!(scene.job_reads());
    }

    fn whoever_wants_to_wait_waits(vault) {
        let scene = Scene::on(vault);
        let toml = declared("").replace("name = \"ci-read\"", "name = \"ci-read\"\noverlap = \"1s\"");
        scene.apply(&toml);
        let old = scene.ids();
        let said = scene.run(&toml, &["rotate", "ci-read", "--wait"]);
        assert_eq!(said, format!("Done: 0 created, 0 changed, 1 rotated, 0 revoked.\nRevoked after their time: {}.\n", old[0]));
        let new = scene.ids();
        assert!(new.len() == 1 && new != old, "{old:?} {new:?}");
        assert!(scene.job_reads());
        let warned = scene.plan(&toml)["warnings"].to_string();
        assert!(warned.contains("the token ci-read ends 1s after its rotation, and a job may hold it for 2h"), "{warned}");
    }

    fn where_nothing_is_rotated_nothing_is_waited_for(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        vault.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        // Its overlap is hours: neither a new token nor none at all is anything to wait for.
        assert_eq!(scene.run(&toml, &["rotate", "ci-read", "--wait"]), "Done: 1 created, 0 changed, 0 rotated, 0 revoked.\n");
        assert_eq!(scene.run(&toml, &["rotate", "--due", "--wait"]), "Nothing is due.\n");
        scene.apply(&toml);
        let ids = scene.ids();
        let finished = scene.by_job(&toml).args(["--role", "owner", "access", "rotate", "ci-read", "--wait"]).run();
        assert_eq!(finished.code, Some(2), "{}", finished.stderr);
        assert!(finished.stderr.contains("nobody could log in to revoke them"), "{}", finished.stderr);
        assert_eq!((scene.ids(), vault.sessions()), (ids, 0));
    }

    fn what_another_run_is_about_to_store_is_not_swept_under_it(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let (gitlab, slow) = scene.held_after_making(&toml);
        let stray = *scene.ids().last().unwrap();
        scene.run(&toml, &["sweep", "--revoke", &stray.to_string()]);
        gitlab.release();
        let output = slow.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(!scene.ids().contains(&stray) && scene.job_reads(), "what is stored lives");
    }

    fn what_somebody_should_look_at_is_swept(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        // Made by buildpass, as by a run that was killed before it stored it; and one that a person made.
        let mark = format!("made by buildpass access for buildpass: {BUILD_TOKEN_PATH}/token@ci");
        let make = |name: &str, description: &str| {
            let wanted = json!({"name": name, "description": description, "scopes": ["read_repository"], "access_level": 20});
            scene.group.sandbox.admin("POST", "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens", &wanted)["id"].as_u64().unwrap()
        };
        let (stray, own) = (make("ci-read", &mark), make("mine", ""));
        let sweep = |args: &[&str]| -> Vec<(u64, bool, bool, String)> {
            let all: Value = serde_json::from_str(&scene.run(&toml, args)).unwrap();
            let each = all["tokens"].as_array().unwrap().iter().map(|each| {
                let because = each["because"].as_array().unwrap().iter().map(|each| each.as_str().unwrap().to_owned());
                let because = because.collect::<Vec<_>>().join("; ");
                (each["id"].as_u64().unwrap(), each["ours"] == true, each["stored"] == true, because)
            });
            each.collect()
        };
        assert_eq!(sweep(&["sweep", "--format", "json"]), [(stray, true, false, "it is stored nowhere".to_owned())]);
        scene.pass(26 * DAY);
        let all = sweep(&["sweep", "--format", "json", "--unused-for", "20d"]);
        let stored = scene.note()["token_id"].as_str().unwrap().parse().unwrap();
        let of = |id: u64| all.iter().find(|each| each.0 == id).unwrap_or_else(|| panic!("{id} {all:?}"));
        assert!(of(own).3.contains("for 26 days") && !of(own).1, "{all:?}");
        assert!(of(stored).2 && of(stored).3.contains("it ends on"), "{all:?}");
        let refused = scene.owner(&toml).args(["access", "sweep", "--revoke", &stored.to_string()]).run();
        assert_eq!(refused.code, Some(3), "{}", refused.stderr);
        scene.run(&toml, &["sweep", "--unused-for", "20d", "--revoke", &own.to_string(), "--revoke", &stray.to_string()]);
        assert!(scene.living("mine").is_empty());
        assert_eq!(scene.ids(), [stored]);
    }

    fn status_says_it_to_people_programs_and_prometheus(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        let metrics = |days: u64, good: u64| format!(
            "buildpass_token_days_left{{token=\"ci-read\",owner=\"group gitlab-org/security\"}} {days}\n# HELP buildpass_token_good Whether the token lives, is stored, and is not due.\n# TYPE buildpass_token_good gauge\nbuildpass_token_good{{token=\"ci-read\",owner=\"group gitlab-org/security\"}} {good}\n"
        );
        assert!(scene.run(&toml, &["status", "--format", "prometheus"]).contains(&metrics(0, 0)));
        scene.apply(&toml);
        let said = scene.run(&toml, &["status", "--format", "prometheus"]);
        assert!(said.contains(&metrics(30, 1)), "{said}");
        let all: Value = serde_json::from_str(&scene.run(&toml, &["status", "--format", "json"])).unwrap();
        let status = &all[0];
        assert_eq!((&status["state"], &status["days_left"], &status["age_days"]), (&json!("good"), &json!(30), &json!(0)));
        assert_eq!(status["readers"], json!([{"role": "omnibus-gitlab", "projects": ["gitlab-org/security/omnibus-gitlab"], "live": true}]));
        let text = scene.run(&toml, &["status"]);
        let words: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!((words[0], words[4]), ("ci-read", "good"), "{text}");
    }
}
