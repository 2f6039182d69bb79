use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::repository_error::RepositoryError;
use crate::registry::Project;

/// The folder of the bare repositories, each named after its project's number.
#[derive(Debug)]
pub(crate) struct Repositories {
    root: PathBuf,
    search_path: OsString,
}

impl Repositories {
    pub(crate) fn open(root: &Path, search_path: OsString) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        Ok(Self { root: root.canonicalize()?, search_path })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The name of a project's repository below the root: no word of the project's own is in it.
    pub(super) fn folder_name(project_id: u64) -> String {
        format!("project-{project_id}.git")
    }

    pub(super) fn folder(&self, project_id: u64) -> PathBuf {
        self.root.join(Self::folder_name(project_id))
    }

    /// Makes the empty repository of a new project.
    pub(crate) async fn create(&self, project_id: u64) -> Result<(), RepositoryError> {
        let folder = self.folder(project_id);
        if folder.exists() {
            return Err(RepositoryError::InUse);
        }
        let branch = format!("--initial-branch={}", Project::DEFAULT_BRANCH);
        let mut command = self.git();
        command.args(["init", "--quiet", "--bare", "--template=", &branch]).arg(&folder);
        self.finish("init", command, &[]).await.map(|_| ())
    }

    /// The commit that a ref such as `refs/heads/main` names, or nothing.
    pub(crate) async fn resolve(
        &self,
        project_id: u64,
        full_ref: &str,
    ) -> Result<Option<String>, RepositoryError> {
        let folder = self.folder(project_id);
        if !folder.exists() {
            return Ok(None);
        }
        let mut command = self.git();
        command.arg("--git-dir").arg(folder).args(["rev-parse", "--quiet", "--verify", "--end-of-options"]);
        command.arg(format!("{full_ref}^{{commit}}"));
        let output = command.stdin(Stdio::null()).output().await?;
        let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok((output.status.success() && !name.is_empty()).then_some(name))
    }

    /// A git command that inherits nothing and reads no configuration but the repository's.
    pub(super) fn git(&self) -> Command {
        let mut command = Command::new("git");
        command
            .env_clear()
            .env("PATH", &self.search_path)
            .env("HOME", &self.root)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .current_dir(&self.root)
            .kill_on_drop(true);
        command
    }

    /// Runs `command` with `input` on its standard input, to its end.
    pub(super) async fn finish(
        &self,
        name: &'static str,
        mut command: Command,
        input: &[u8],
    ) -> Result<Output, RepositoryError> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let write = async {
            if let Some(mut stdin) = stdin {
                // A child that ends without reading everything says why on its standard error.
                let _ = stdin.write_all(input).await;
            }
        };
        let ((), output) = tokio::join!(write, child.wait_with_output());
        let output = output?;
        if output.status.success() {
            return Ok(output);
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(RepositoryError::Refused { command: name, message })
    }
}

/// The name of a commit for a ref that has none, the same one each time.
pub(crate) fn made_up_commit(project_path: &str, full_ref: &str) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{project_path}@{full_ref}").as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
