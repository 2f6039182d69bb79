//! The whole story: declare, plan, apply, read, rotate under jobs, and look.

use serde_json::json;

use super::scene::{Scene, declared};
use crate::harness::{Buildpass, on_every_vault};

const DAY: i64 = 24 * 60 * 60;
const JOBS: usize = 20;

on_every_vault! {
    fn a_token_is_rotated_under_twenty_jobs_and_none_of_them_notices(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        let mut owner = scene.owner(&toml).args(["access", "plan", "--out", "plan.json", "--detailed-exitcode"]);
        assert_eq!(owner.run().code, Some(5));
        let plan = std::fs::read_to_string(owner.project().join("plan.json")).unwrap();
        let applied = scene.owner(&toml).file("plan.json", &plan).args(["access", "apply", "plan.json"]).run();
        assert_eq!(applied.code, Some(0), "{}", applied.stderr);
        assert!(scene.job_reads());
        let old = scene.stored().unwrap();

        scene.pass(25 * DAY);
        let url = format!("{}/gitlab-org/security/gitlab-shell.git", scene.group.sandbox.url);
        // Each reads twice, so that the rotation falls between the two for many of them.
        let script = format!("git clone -q {url} one && git clone -q {url} two");
        let mut jobs: Vec<Buildpass> =
            (0..JOBS).map(|_| scene.job(json!({})).args(["run", "--", "sh", "-ec", &script])).collect();
        let children: Vec<_> = jobs.iter_mut().map(Buildpass::spawn).collect();
        scene.run(&toml, &["rotate", "--due"]);
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(scene.living("ci-read").len(), 2);

        scene.pass(2 * 60 * 60);
        scene.run(&toml, &["rotate", "--due"]);
        let reader = crate::harness::http::request(
            "GET",
            &format!("{}/api/v4/personal_access_tokens/self", scene.group.sandbox.url),
            &[("private-token", &old)],
            None,
        );
        assert_eq!(reader.unwrap().0, 401, "the old token is dead");
        assert!(scene.job_reads());
        let status = scene.run(&toml, &["status"]);
        assert!(status.contains("good") && !status.contains("older token"), "{status}");
        assert_eq!(vault.sessions(), 0);
    }
}
