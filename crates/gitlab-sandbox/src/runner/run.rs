use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;

use super::client;
use super::error::RunnerError;
use super::job::{Finished, Job};
use super::script::shell_script;
use super::shell::{self, Outcome};

/// Runs jobs of one sandbox on this machine.
#[derive(Debug)]
pub struct Runner {
    /// The sandbox's address, `http://host:port`.
    pub server: String,

    /// The administrator's token, with which the runner asks for jobs; no job gets it.
    pub admin_token: SecretString,

    /// The folder in which each job gets a folder of its own.
    pub builds: PathBuf,

    /// The `PATH` of the jobs.
    pub search_path: OsString,
}

/// What the sandbox hands over with a job. It holds ID tokens, so it is never shown.
#[derive(Deserialize)]
struct Assignment {
    id: u64,
    variables: BTreeMap<String, String>,
    id_tokens: BTreeMap<String, String>,
}

/// The folders of one job.
struct Folders {
    job: PathBuf,
    home: PathBuf,
    builds: PathBuf,
    project: PathBuf,
    script: PathBuf,
}

impl Runner {
    /// Runs `job` to its end and ends what it left running in its process group.
    ///
    /// # Errors
    /// When the sandbox gives no job, when the folders or the shell fail, and when the job takes longer than it may.
    pub async fn run(&self, job: &Job) -> Result<Finished, RunnerError> {
        let assignment = self.assignment(job).await?;
        let in_builds = |source| RunnerError::Folder { folder: self.builds.clone(), source };
        let builds = std::path::absolute(&self.builds).map_err(in_builds)?;
        let folders = Folders::of(&builds, assignment.id, &job.project);
        folders.prepare(&shell_script(&job.script)).map_err(in_builds)?;

        let command = self.command(job, assignment, &folders);
        match shell::run(command, job.timeout).await? {
            Outcome::Ended(exit, log) => {
                Ok(Finished { exit, log: String::from_utf8_lossy(&log).into_owned(), folder: folders.job })
            }
            Outcome::TimedOut(log) => Err(RunnerError::TimedOut {
                after: job.timeout,
                log: String::from_utf8_lossy(&log).into_owned(),
            }),
        }
    }

    async fn assignment(&self, job: &Job) -> Result<Assignment, RunnerError> {
        let request = json!({
            "project": job.project,
            "ref": job.ref_name,
            "ref_protected": job.ref_protected,
            "name": job.name,
            "id_tokens": job.id_tokens,
        });
        let answer = client::post(&self.server, "/-/sandbox/jobs", &request, &self.admin_token).await?;
        serde_json::from_value(answer).map_err(|error| RunnerError::Unreachable(error.to_string()))
    }

    /// The job's shell; its environment is made here from nothing.
    fn command(&self, job: &Job, assignment: Assignment, folders: &Folders) -> Command {
        let mut command = Command::new("sh");
        command
            .arg("-e")
            .arg(&folders.script)
            .current_dir(&folders.project)
            .env_clear()
            .env("PATH", &self.search_path)
            .env("HOME", &folders.home)
            .env("CI_BUILDS_DIR", &folders.builds)
            .env("CI_PROJECT_DIR", &folders.project)
            .envs(assignment.variables)
            .envs(assignment.id_tokens)
            .envs(&job.variables);
        command
    }
}

impl Folders {
    fn of(builds: &Path, job_id: u64, project: &str) -> Self {
        let job = builds.join(format!("job-{job_id}"));
        Self {
            home: job.join("home"),
            builds: job.join("builds"),
            project: job.join("builds").join(project),
            script: job.join("script.sh"),
            job,
        }
    }

    fn prepare(&self, script: &str) -> io::Result<()> {
        fs::create_dir_all(self.job.parent().unwrap_or(&self.job))?;
        // A folder that is there already is another job's.
        fs::create_dir(&self.job)?;
        fs::create_dir(&self.home)?;
        fs::create_dir_all(&self.project)?;
        fs::write(&self.script, script)
    }
}
