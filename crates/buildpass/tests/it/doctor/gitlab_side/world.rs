use std::{fs, path::Path};

use serde_json::{Value, json};

use super::super::surgery::Told;
use crate::harness::{BUILD_TOKEN_PATH, Buildpass, SecurityGroup, Vault};

/// The security project.
const PROJECT: &str = "gitlab-org/security/omnibus-gitlab";

const PIPELINE: &str = "
.with-build-token:
  id_tokens:
    VAULT_ID_TOKEN:
      aud: VAULT
build:
  extends: .with-build-token
  script: make
";

const SOURCES: &str = "
shell:
  alternative: GITLAB/public/shell.git
  security: GITLAB/gitlab-org/security/gitlab-shell.git
tool:
  alternative: GITLAB/public/tool.git
";

/// The reference deployment at both servers, and a job of the security project on the channel `security`: tests change one thing.
pub(crate) struct World<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) group: SecurityGroup,
    /// Files of the project; `GITLAB` and `VAULT` stand for the servers.
    files: Vec<(String, String)>,
    /// Files of the job's home.
    home: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    realm: String,
}

impl<'a> World<'a> {
    pub(crate) fn on(vault: &'a Vault) -> Self {
        let group = SecurityGroup::start();
        group.deploy(vault);
        group.public_project("shell");
        group.public_project("tool");
        let realm = group.realm();
        let mut world =
            Self { vault, group, files: Vec::new(), home: Vec::new(), variables: Vec::new(), realm };
        let url = url::Url::parse(&world.group.sandbox.url).unwrap();
        let id_token = world.group.sandbox.id_token(&vault.address, json!({}));
        for (name, value) in [
            ("GITLAB_CI", "true"),
            ("CI_JOB_NAME", "build"),
            ("CI_PROJECT_PATH", PROJECT),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_COMMIT_REF_NAME", "main"),
            ("CI_COMMIT_REF_PROTECTED", "true"),
            ("CI_SERVER_HOST", url.host_str().unwrap()),
            ("CI_SERVER_PORT", &url.port().unwrap().to_string()),
            ("SECURITY_PROJECT_PATH", PROJECT),
            ("SECURITY_SOURCES", "true"),
            ("VAULT_ID_TOKEN", &id_token),
            ("SECURITY_PRIVATE_TOKEN", &world.group.token.clone()),
        ] {
            world.set(name, value);
        }
        world.file(".gitlab-ci.yml", PIPELINE).file(".custom_sources.yml", SOURCES);
        world
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.unset(name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(each, _)| each != name);
        self
    }

    /// A file of the project, anew.
    pub(crate) fn file(&mut self, name: &str, text: &str) -> &mut Self {
        self.files.retain(|(each, _)| each != name);
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// git's configuration of the job's user.
    pub(crate) fn gitconfig(&mut self, text: &str) -> &mut Self {
        self.home = vec![(".gitconfig".to_owned(), text.to_owned())];
        self
    }

    /// Another realm for the token; `GITLAB` stands for the server.
    pub(crate) fn realm(&mut self, realm: &str) -> &mut Self {
        self.realm = self.plainly(realm);
        self
    }

    /// Another token in the vault.
    pub(crate) fn token(&mut self, value: &str) -> &mut Self {
        self.vault.write_secret(BUILD_TOKEN_PATH, json!({"token": value}));
        self.set("SECURITY_PRIVATE_TOKEN", value)
    }

    /// `doctor` in this job.
    pub(crate) fn job(&self) -> Buildpass {
        let configuration = format!(
            "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
             [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n\
             when = '$CI_PROJECT_PATH == $SECURITY_PROJECT_PATH'\n\
             [[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
            self.vault.address, self.realm
        );
        let mut job = Buildpass::new().args(["doctor"]).file("buildpass.toml", &configuration);
        for (name, text) in &self.files {
            let path = job.project().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, self.plainly(text)).unwrap();
        }
        for (name, text) in &self.home {
            fs::write(Path::new(job.folder()).join("home").join(name), self.plainly(text)).unwrap();
        }
        let project = job.project().to_str().unwrap().to_owned();
        job = job.env("CI_PROJECT_DIR", &project);
        self.variables.iter().fold(job, |job, (name, value)| job.env(name, value))
    }

    pub(crate) fn told(&self) -> Told {
        Told::of(self.job())
    }

    /// The one check that fails, with its first fault's words.
    pub(crate) fn fault(&self) -> (String, Value) {
        let told = self.told();
        let fault = told.only_fault();
        (fault["id"].as_str().unwrap().to_owned(), fault["faults"][0].clone())
    }

    /// What was said, with what no two runs share taken out.
    pub(crate) fn plain(&self, said: &str) -> String {
        let said = said.replace(&self.vault.address, "VAULT").replace(&self.group.sandbox.url, "GITLAB");
        let date = |word: &str| {
            word.len() >= 10 && word.is_char_boundary(10) && word[..10].split('-').map(str::len).eq([4, 2, 2])
        };
        let line = |line: &str| {
            let plain =
                |word: &str| match word.strip_prefix("(file:").and_then(|path| path.split_once("/home")) {
                    Some((_, file)) => format!("(file:~{file}"),
                    None if date(word) => "DAY,".to_owned(),
                    None => word.to_owned(),
                };
            let line = line.split(' ').map(plain).collect::<Vec<_>>().join(" ");
            line.split_once("  git 2.")
                .map_or_else(|| line.clone(), |(start, _)| format!("{start}  git VERSION"))
        };
        said.lines().map(|each| line(each) + "\n").collect()
    }

    fn plainly(&self, text: &str) -> String {
        text.replace("GITLAB", &self.group.sandbox.url).replace("VAULT", &self.vault.address)
    }
}

/// The one check that fails is this, and its first fault says that.
pub(crate) fn assert_fault(world: &World<'_>, id: &str, says: &str) {
    let (found, fault) = world.fault();
    assert_eq!(found, id, "{fault:#}");
    assert!(fault["actual"].as_str().unwrap().contains(says), "{says:?} is not in {fault:#}");
    assert!(!fault["advice"].as_str().unwrap().is_empty(), "{fault:#}");
}
