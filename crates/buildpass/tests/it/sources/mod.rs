//! The sources of a build, from real servers through real git onto the disk.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Finished, SecurityGroup, Vault};

mod resolved;

mod stranger;

mod fetched;

mod cached;

mod locked;

mod worked_in;

mod refused;

mod interrupted;

mod hostile;

mod side_by_side;

/// A private project of the security group is on the channel `security`; public ones are its alternatives.
struct Deployment {
    group: SecurityGroup,
    /// What a job is told: that of the sandbox, or of a wire to it.
    url: String,
    list: String,
}

const LIST: &str = "
shell:
  alternative: GITLAB/public/shell.git
  security: GITLAB/gitlab-org/security/gitlab-shell.git
tool:
  alternative: GITLAB/public/tool.git
";

const SHELL: &str = "gitlab-org/security/gitlab-shell";

impl Deployment {
    fn start(vault: &Vault) -> Self {
        let group = SecurityGroup::start();
        group.deploy(vault);
        group.public_project("shell");
        group.public_project("tool");
        group.sandbox.admin("DELETE", "/-/sandbox/requests", &Value::Null);
        let (url, list) = (group.sandbox.url.clone(), LIST.to_owned());
        Self { group, url, list }
    }

    /// Another list; `GITLAB` stands for the server.
    fn listing(mut self, list: &str) -> Self {
        self.list = list.to_owned();
        self
    }

    /// A job that reaches the server by another address.
    fn behind(mut self, address: &str) -> Self {
        address.clone_into(&mut self.url);
        self
    }

    /// A job of the security project on the channel `security`.
    fn job(&self, vault: &Vault) -> Buildpass {
        let sandbox = &self.group.sandbox;
        let config = format!(
            "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
             [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n",
            vault.address,
        );
        self.job_without_vault()
            .file("buildpass.toml", &config)
            .env("VAULT_ID_TOKEN", &sandbox.id_token(&vault.address, json!({})))
    }

    /// A job on the channel `security` that gets nothing from a vault.
    fn job_without_vault(&self) -> Buildpass {
        let url = url::Url::parse(&self.url).unwrap();
        Buildpass::new()
            .file(".custom_sources.yml", &self.list.replace("GITLAB", &self.url))
            .env("CI_SERVER_HOST", url.host_str().unwrap())
            .env("CI_SERVER_PORT", &url.port().unwrap().to_string())
            .env("SECURITY_SOURCES", "true")
    }

    /// Adds a commit to the private project, and says its name.
    fn commit(&self, text: &str) -> String {
        self.group.sandbox.commit(SHELL, json!({"README.md": text}))
    }

    /// How often somebody showed a credential for a repository since the last time.
    fn shown_a_credential(&self, repository: &str) -> usize {
        let requests = self.group.sandbox.admin("GET", "/-/sandbox/requests", &Value::Null);
        let shown = |each: &&Value| {
            each["path"].as_str().unwrap().contains(repository) && each["authorization"] == "basic"
        };
        requests.as_array().unwrap().iter().filter(shown).count()
    }

    /// The paths that git asked for since the last time.
    fn asked(&self) -> Vec<String> {
        let requests = self.group.sandbox.admin("DELETE", "/-/sandbox/requests", &Value::Null);
        requests.as_array().unwrap().iter().map(|each| each["path"].as_str().unwrap().to_owned()).collect()
    }
}

/// Adds to the private project what takes its time on a slow wire.
fn large(deployment: &Deployment) {
    for part in 0..4_u32 {
        let words = (0..200_000_u32).map(|number| (number + part * 200_000).wrapping_mul(2_654_435_761));
        let text: String = words.map(|word| format!("{word:x}")).collect();
        let wanted = json!({"project": SHELL, "branch": "main", "files": {format!("large-{part}"): text}});
        deployment.group.sandbox.admin("POST", "/-/sandbox/commits", &wanted);
    }
}

/// Everything under `src` in the job's project.
fn fetch(job: &mut Buildpass) -> Finished {
    job.run()
}

/// `sources fetch --into src` and more.
fn fetching(job: Buildpass, more: &[&str]) -> Buildpass {
    job.args(["sources", "fetch", "--into", "src"]).args(more.iter().copied())
}

fn read(job: &Buildpass, path: &str) -> String {
    fs::read_to_string(job.project().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Real git in a checkout.
fn git(job: &Buildpass, folder: &str, arguments: &[&str]) -> String {
    let output = git_output(job, folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn git_output(job: &Buildpass, folder: &str, arguments: &[&str]) -> Output {
    let mut git: Command = job.other_program("git");
    git.arg("-C").arg(job.project().join(folder)).args(arguments).output().unwrap()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}
