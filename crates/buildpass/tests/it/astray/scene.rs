use std::fs;

use serde_json::json;

use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Finished, SecurityGroup, Vault};

/// A job that may read the security group, and the realm that its build token is for.
pub(super) struct Scene<'a> {
    vault: &'a Vault,
    pub(super) group: SecurityGroup,
    /// Scheme, host and port of the realm.
    pub(super) server: String,
    variables: Vec<(String, String)>,
}

/// What a job without buildpass has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Without {
    /// A helper that answers for every place.
    Helper,
    /// The credential in a header for every place.
    Header,
}

impl<'a> Scene<'a> {
    /// The realm lies on the sandbox, by the name `localhost`.
    pub(super) fn start(vault: &'a Vault) -> Self {
        let group = SecurityGroup::start();
        group.deploy(vault);
        let server = group.sandbox.url.replace("127.0.0.1", "localhost");
        Self { vault, group, server, variables: Vec::new() }
    }

    /// The realm lies on another server.
    pub(super) fn on(mut self, server: &str) -> Self {
        server.clone_into(&mut self.server);
        self
    }

    /// The realm's server is another than this GitLab.
    pub(super) fn elsewhere(self) -> Self {
        self.env("CI_SERVER_HOST", "gitlab.invalid")
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn realm(&self) -> String {
        format!("{}/gitlab-org/security/", self.server)
    }

    pub(super) fn port(&self) -> &str {
        self.server.rsplit(':').next().unwrap()
    }

    pub(super) fn token(&self) -> &str {
        &self.group.token
    }

    /// The attack on a job as it is without buildpass.
    pub(super) fn unprotected(&self, without: Without, script: &str) -> Finished {
        let job = self.prepared(Buildpass::new());
        let configured = match without {
            Without::Helper => format!(
                "[credential]\n\thelper = \"!f() {{ echo username=gitlab-ci-token; echo password={}; }}; f\"\n",
                self.token()
            ),
            Without::Header => {
                let pair = format!("gitlab-ci-token:{}", self.token());
                let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
                format!("[http]\n\textraHeader = \"Authorization: Basic {basic}\"\n")
            }
        };
        fs::write(job.folder().join("home/.gitconfig"), configured).unwrap();
        let output = job.other_program("sh").args(["-c", script]).output().unwrap();
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same attack on a job within `buildpass run`.
    pub(super) fn protected(&self, script: &str) -> Finished {
        let finished = self.job().args(["run", "--", "sh", "-c", script]).run();
        assert!(!finished.stderr.contains("was not started"), "{}", finished.stderr);
        finished
    }

    /// `sources fetch` of one source on the channel `security`, at this URL; git's own configuration is the user's.
    pub(super) fn fetched(&self, url: &str, of_user: &str, more: &[&str]) -> Finished {
        let quoted = url.replace('\\', "\\\\").replace('"', "\\\"");
        let job = self.job().file(".custom_sources.yml", &format!("x:\n  security: \"{quoted}\"\n"));
        fs::write(job.folder().join("home/.gitconfig"), of_user).unwrap();
        let job = job.env("SECURITY_SOURCES", "true").args([
            "sources",
            "fetch",
            "--into",
            "src",
            "--stall-timeout",
            "5s",
        ]);
        job.args(more.iter().copied()).run()
    }

    fn job(&self) -> Buildpass {
        let config = format!(
            "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
             [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n\
             [[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
            self.vault.address,
            self.realm(),
        );
        let url = url::Url::parse(&self.server).unwrap();
        let job = Buildpass::new()
            .file("buildpass.toml", &config)
            .env("VAULT_ID_TOKEN", &self.group.sandbox.id_token(&self.vault.address, json!({})))
            .env("CI_SERVER_HOST", url.host_str().unwrap())
            .env("CI_SERVER_PORT", &url.port().unwrap().to_string());
        self.prepared(job)
    }

    fn prepared(&self, job: Buildpass) -> Buildpass {
        self.variables.iter().fold(job, |job, (name, value)| job.env(name, value))
    }
}
