//! The sources of a build, from real servers through real git onto the disk.

use std::fs;

use serde_json::json;

use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Finished, SecurityGroup, Vault, on_every_vault};

/// Projects in the security group, each with a commit, a tag and a branch; and the list that names them.
struct Deployment {
    group: SecurityGroup,
    list: String,
}

/// A private project of the security group is on the channel `security`; the public one is its alternative.
const LIST: &str = "
shell:
  alternative: GITLAB/public/shell.git
  security: GITLAB/gitlab-org/security/gitlab-shell.git
tool:
  alternative: GITLAB/public/tool.git
";

impl Deployment {
    fn start(vault: &Vault) -> Self {
        let group = SecurityGroup::start();
        group.deploy(vault);
        group.public_project("shell");
        group.public_project("tool");
        let list = LIST.replace("GITLAB", &group.sandbox.url);
        Self { group, list }
    }

    /// A job of the security project on the channel `security`.
    fn job(&self, vault: &Vault) -> Buildpass {
        let sandbox = &self.group.sandbox;
        let config = format!(
            "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
             [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n",
            vault.address,
        );
        let url = url::Url::parse(&sandbox.url).unwrap();
        Buildpass::new()
            .file("buildpass.toml", &config)
            .file(".custom_sources.yml", &self.list)
            .env("VAULT_ID_TOKEN", &sandbox.id_token(&vault.address, json!({})))
            .env("CI_SERVER_HOST", url.host_str().unwrap())
            .env("CI_SERVER_PORT", &url.port().unwrap().to_string())
            .env("SECURITY_SOURCES", "true")
    }
}

fn read(job: &Buildpass, path: &str) -> String {
    fs::read_to_string(job.project().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn fetch(job: Buildpass, more: &[&str]) -> (Buildpass, Finished) {
    let mut job = job.args(["sources", "fetch", "--into", "src"]).args(more.iter().copied());
    let finished = job.run();
    (job, finished)
}

on_every_vault! {
    fn every_source_is_fetched_from_its_channel_with_a_token_that_is_nowhere_else(vault) {
        let deployment = Deployment::start(vault);
        let (job, fetched) = fetch(deployment.job(vault), &[]);
        assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
        assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
        assert_eq!(read(&job, "src/tool/README.md"), "a public repository\n");
        assert!(fetched.stderr.contains("2 sources in ") && fetched.stderr.contains("2 received"), "{}", fetched.stderr);
        let seen = deployment.group.sandbox.credentials_seen();
        assert!(!seen.is_empty() && seen.iter().all(|path| path.starts_with("/gitlab-org/security/gitlab-shell.git/")), "{seen:?}");
        assert_eq!(vault.sessions(), 0);
    }
}
