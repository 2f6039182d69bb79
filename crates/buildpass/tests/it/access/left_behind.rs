//! Bot users whose tokens have all ended, and who are members still.

use std::sync::{Arc, Mutex};

use buildpass::access::Date;
use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{Fate, Finished, Proxy, on_every_vault};

const DAY: u64 = 24 * 60 * 60;
const GROUP: &str = "/api/v4/groups/gitlab-org%2Fsecurity";

impl Scene<'_> {
    fn sweep(&self, more: &[&str]) -> Finished {
        let toml = declared("").replace("[[access.grant]]", "lifetime = \"300d\"\n[[access.grant]]");
        self.owner(&toml).args(["access", "sweep", "--unused-for", "999d"]).args(more.iter().copied()).run()
    }

    /// The bots that are listed.
    fn bots(&self, more: &[&str]) -> Vec<Value> {
        let finished = self.sweep(&[more, &["--format", "json"]].concat());
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        let answer: Value = serde_json::from_str(&finished.stdout).unwrap();
        assert!(answer["tokens"].as_array().unwrap().iter().all(|token| token["ended"] == true), "{answer}");
        answer["bots"].as_array().unwrap().clone()
    }
}

on_every_vault! {
    fn a_bot_user_without_a_living_token_is_listed_and_removed_by_whoever_may(vault) {
        let scene = Scene::on(vault);
        let toml = declared("").replace("[[access.grant]]", "lifetime = \"300d\"\n[[access.grant]]");
        scene.apply(&toml);
        let sandbox = &scene.group.sandbox;
        // This GitLab keeps them for long.
        sandbox.admin("PUT", "/api/v4/application/settings", &json!({"inactive_resource_access_tokens_delete_after_days": 200}));
        let made = sandbox.admin("GET", &format!("{GROUP}/access_tokens"), &Value::Null)[0]["created_at"].clone();
        let ends = Date::of(humantime::parse_rfc3339(made.as_str().unwrap()).unwrap()).plus_days(1);
        let make = |name: &str| {
            let wanted = json!({"name": name, "scopes": ["read_repository"], "access_level": 20, "expires_at": ends});
            sandbox.admin("POST", &format!("{GROUP}/access_tokens"), &wanted)
        };
        let (old, other) = (make("old"), make("other"));
        sandbox.admin("POST", "/-/sandbox/clock", &json!({"pass_seconds": 10 * DAY}));
        assert_eq!(scene.bots(&[]), [Value::Null; 0], "GitLab may remove it by itself still");
        let found = scene.bots(&["--bots-after", "5d"]);
        assert_eq!(found.len(), 2, "{found:?}");
        let bot = found.iter().find(|bot| bot["user_id"] == old["user_id"]).unwrap();
        assert_eq!((&bot["tokens"], &bot["ours"], &bot["because"]), (&json!([old["id"]]), &json!(false), &json!("its token ended, 9 days ago at least")));

        // What ended by itself is listed, and needs no end.
        let swept = scene.sweep(&[]);
        assert!(swept.stdout.contains("it ended on ") && swept.stdout.contains(", 9 days ago"), "{}", swept.stdout);
        let ended = scene.sweep(&["--revoke", &old["id"].to_string()]);
        assert_eq!((ended.code, ended.stderr.contains("has ended by itself")), (Some(3), true), "{}", ended.stderr);

        // One whose token lives is never removed, nor one that is not listed.
        let living = scene.living("ci-read")[0]["user_id"].to_string();
        let refused = scene.sweep(&["--bots-after", "5d", "--remove-bot", &living]);
        assert_eq!(refused.code, Some(3), "{}", refused.stdout);
        assert!(refused.stderr.contains("is not in the list"), "{}", refused.stderr);
        let number = old["user_id"].to_string();
        let removed = scene.sweep(&["--bots-after", "5d", "--remove-bot", &number]);
        assert_eq!(removed.code, Some(0), "{}", removed.stderr);
        assert!(removed.stderr.contains("Removed the bot user group_"), "{removed:?}");
        assert!(!scene.bots(&["--bots-after", "5d"]).iter().any(|bot| bot["user_id"] == old["user_id"]));
        let members = sandbox.admin("GET", &format!("{GROUP}/members?per_page=100"), &Value::Null);
        assert!(!members.as_array().unwrap().iter().any(|member| member["id"] == old["user_id"]), "{members}");
        assert!(!scene.living("ci-read").is_empty());

        // An owner who is no administrator is told who may.
        let person = sandbox.admin("POST", "/api/v4/users", &json!({"name": "O", "username": "owner", "email": "o@example.com"}))["id"].clone();
        sandbox.admin("POST", &format!("{GROUP}/members"), &json!({"user_id": person, "access_level": 50}));
        let token = sandbox.admin("POST", &format!("/api/v4/users/{person}/personal_access_tokens"), &json!({"name": "o", "scopes": ["api"]}));
        let owner = scene.owner(&toml).env("GITLAB_TOKEN", token["token"].as_str().unwrap());
        let other = other["user_id"].to_string();
        let finished = owner.args(["access", "sweep", "--unused-for", "999d", "--bots-after", "5d", "--remove-bot", &other]).run();
        assert_eq!(finished.code, Some(3), "{finished:?}");
        assert!(finished.stderr.contains("error: only an administrator of GitLab may remove the bot user group_"), "{}", finished.stderr);

        // After its own time GitLab should have done it.
        sandbox.admin("POST", "/-/sandbox/clock", &json!({"pass_seconds": 30 * DAY}));
        let shown = scene.sweep(&[]).stdout;
        assert!(shown.starts_with("ID ") && shown.contains("BOT USER"), "{shown}");
    }

    fn a_sweep_asks_for_each_list_once_a_page(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&lines);
        let gitlab = Proxy::start(&scene.group.sandbox.url, move |line| {
            heard.lock().unwrap().push(line.to_owned());
            Fate::Pass
        });
        let command = scene.owner(&declared("")).env("CI_SERVER_URL", &gitlab.address);
        let finished = command.args(["access", "sweep", "--issuer", &scene.group.sandbox.url]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        let lines = lines.lock().unwrap();
        for list in ["access_tokens?state=active", "access_tokens?state=inactive", "/members?"] {
            assert_eq!(lines.iter().filter(|line| line.contains(list)).count(), 1, "{list}: {lines:?}");
        }
    }
}
