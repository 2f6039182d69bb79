//! As many tokens and grants as a large platform has; `BUILDPASS_ACCESS_TOKENS=500` measures the goal.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::scene::{PROJECT, Scene};
use crate::harness::{Fate, Proxy, on_every_vault};

fn declared(tokens: usize, issuer: &str) -> String {
    let mut toml = format!("[identity]\nissuer = \"{issuer}\"\naudience = \"https://vault.example\"\n");
    for token in 0..tokens {
        let _ = write!(
            toml,
            "[[access.token]]\nname = \"ci-{token}\"\ngroup = \"gitlab-org/security\"\nstore = \"a/{token}/token@ci\"\n"
        );
        for grant in 0..4 {
            let _ = write!(
                toml,
                "[[access.grant]]\nsecret = \"ci-{token}\"\nvault_role = \"role-{token}-{grant}\"\nprojects = [\"{PROJECT}\"]\nrefs = [\"main\"]\n"
            );
        }
    }
    toml
}

on_every_vault! {
    fn a_plan_asks_for_each_thing_once_and_for_each_list_once_a_page(vault) {
        let tokens = std::env::var("BUILDPASS_ACCESS_TOKENS").ok().and_then(|count| count.parse().ok()).unwrap_or(110);
        let scene = Scene::on(vault);
        let toml = declared(tokens, &scene.group.sandbox.url);
        scene.apply(&toml);
        let lines: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&lines);
        let gitlab = Proxy::start(&scene.group.sandbox.url, move |line| {
            heard.lock().unwrap().push(line.to_owned());
            Fate::Pass
        });
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let through = Proxy::start(&vault.address, move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Fate::Pass
        });
        let mut owner = scene.owner(&toml).env("CI_SERVER_URL", &gitlab.address).env("VAULT_ADDR", &through.address).args(["access", "plan", "--detailed-exitcode"]);
        let finished = owner.run();
        assert_eq!(finished.code, Some(0), "{}{}", finished.stdout, finished.stderr);
        let lines = lines.lock().unwrap();
        let lists = lines.iter().filter(|line| line.contains("/access_tokens?")).count();
        // The token itself, the project, and one list a page: the group has one token more.
        assert_eq!((lists, lines.len()), (tokens / 100 + 1, tokens / 100 + 3), "{lines:?}");
        // Of every token its state, of every grant its role and policy, the store, the auth method, and the list of policies.
        assert_eq!(count.load(Ordering::Relaxed), tokens + 2 * 4 * tokens + 3);
        let began = Instant::now();
        let finished = scene.owner(&toml).args(["access", "plan", "--detailed-exitcode"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        println!("plan of {tokens} tokens and {} grants: {} ms", 4 * tokens, began.elapsed().as_millis());
    }
}
