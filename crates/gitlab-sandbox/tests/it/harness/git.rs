use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::sandbox::search_path;

/// Later than all that a sandbox commits: git offers what it has from the newest to the oldest.
const COMMIT_DATE: &str = "2026-12-01T00:00:00Z";

/// The real git in a folder of its own, with a home of its own.
pub(crate) struct Git {
    folder: PathBuf,
}

/// What git did.
#[derive(Debug)]
pub(crate) struct GitOutput {
    pub(crate) succeeded: bool,
    stdout: String,
    pub(crate) stderr: String,
}

impl Git {
    pub(crate) fn within(folder: &Path) -> Self {
        let folder = folder.join("client");
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> GitOutput {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", search_path())
            .env("HOME", &self.folder)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_TRACE_CURL", self.folder.join("curl.trace"))
            .env("GIT_AUTHOR_NAME", "Test")
            .env("GIT_AUTHOR_EMAIL", "test@example.com")
            .env("GIT_AUTHOR_DATE", COMMIT_DATE)
            .env("GIT_COMMITTER_DATE", COMMIT_DATE)
            .env("GIT_COMMITTER_NAME", "Test")
            .env("GIT_COMMITTER_EMAIL", "test@example.com")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(Duration::from_secs(60), command.output()).await;
        let output = output.expect("git ends within a minute").unwrap();
        GitOutput {
            succeeded: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command that must succeed, and returns its output.
    pub(crate) async fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.succeeded, "git {arguments:?}: {}", output.stderr);
        output.stdout
    }

    /// Runs a command that must fail, and returns what it told its user.
    pub(crate) async fn must_fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(!output.succeeded, "git {arguments:?} was to fail");
        output.stderr
    }
}
