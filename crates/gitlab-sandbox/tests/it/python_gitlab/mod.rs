//! python-gitlab, which Python programs use, unchanged.

use std::future::pending;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime};

use gitlab_sandbox::Config;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::harness::{ADMIN, search_path};
use crate::install::{once, pip_install};

#[tokio::test]
async fn python_gitlab_makes_lists_rotates_and_revokes_tokens() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let requirements = include_str!("python_gitlab.txt");
    let installed = once(folder, "python-gitlab-8.6.0", |partial| pip_install(requirements, partial));
    let libraries = match installed {
        Ok(libraries) => libraries,
        Err(error) => {
            return println!("skipped: python-gitlab, which cannot be installed here ({error})");
        }
    };
    let home = tempfile::tempdir().unwrap();
    let repositories = home.path().join("repositories");
    let config = Config { repositories, admin_token: ADMIN.into(), search_path: search_path() };
    let sandbox = config.build(now).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(sandbox.serve(listener, pending()));

    let given = json!({ "url": url, "administrator": ADMIN });
    let told = play(home.path(), &libraries, &given).await;
    server.abort();
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{stderr}");
    let told = String::from_utf8(told.stdout).unwrap();
    assert_eq!(told.lines().collect::<Vec<_>>(), EXPECTED, "{stderr}");
}

/// What the story tells, a line a step.
const EXPECTED: &[&str] = &[
    r#"{"who": "root"}"#,
    r#"{"projects below": ["gitaly", "gitlab", "omnibus-gitlab"]}"#,
    r#"{"descendants": ["gitlab-org/security"]}"#,
    r#"{"by keyset": 3}"#,
    r#"{"made": ["build-token", ["read_repository"], 20, true, true]}"#,
    r#"{"all, by pages of two": 5}"#,
    r#"{"page": [5, 3, 2, 2]}"#,
    r#"{"found": ["build-token"]}"#,
    r#"{"ending soon": [true]}"#,
    r#"{"members": ["group_2"]}"#,
    r#"{"inherited": true}"#,
    r#"{"itself": true}"#,
    r#"{"reaches": [["Security"], ["gitaly", "gitlab", "omnibus-gitlab"]]}"#,
    r#"{"no scope": [403, "insufficient_scope"]}"#,
    r#"{"rotated": [true, true]}"#,
    r#"{"old": 401}"#,
    r#"{"new": true}"#,
    r#"{"too late": 400}"#,
    r#"{"revoked by itself": true}"#,
    r#"{"revoked": ["other-0"]}"#,
    r#"{"bots left behind": 5}"#,
    r#"{"of a project": ["project", true]}"#,
    r#"{"protected": [["main", "*-stable"], ["*+*"]]}"#,
    r#"{"branches": []}"#,
    r#"{"stranger": [401, "401 Unauthorized"]}"#,
    r#"{"throttled": 8}"#,
    r#"{"impatient": true}"#,
];

#[expect(clippy::disallowed_methods, reason = "python-gitlab waits for the real clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The story to its end, which is bounded.
async fn play(home: &Path, libraries: &Path, given: &Value) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/python_gitlab/story.py");
    let mut child = Command::new("python3")
        .arg(script)
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .env("PATH", search_path())
        .env("PYTHONPATH", libraries)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(given.to_string().as_bytes()).await.unwrap();
    let output = tokio::time::timeout(Duration::from_secs(120), child.wait_with_output()).await;
    output.expect("the story ends within two minutes").unwrap()
}
