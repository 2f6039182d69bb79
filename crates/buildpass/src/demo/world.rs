use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use gitlab_sandbox::runner::{Finished, Job, Runner};
use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Error, administrator::Administrator};
use crate::clock::Clock;

/// The two servers, and what stands on them.
pub(super) struct World {
    /// The small GitLab.
    pub(super) gitlab: String,
    /// The small vault.
    pub(super) vault: String,
    pub(super) root_token: String,
    pub(super) build_token: String,
    pub(super) folder: TempDir,
    admin_token: String,
    search_path: OsString,
}

/// Where GitLab keeps its own build token.
pub(super) const BUILD_TOKEN_PATH: &str =
    "access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token";
pub(super) const SECURITY_PROJECT: &str = "gitlab-org/security/omnibus-gitlab";
pub(super) const OTHER_PROJECT: &str = "gitlab-org/omnibus-gitlab";
pub(super) const README: &str = "GitLab Shell, with a security fix that is not public yet";
pub(super) const REPOSITORY: &str = "gitlab-org/security/gitlab-shell";

impl World {
    /// Starts both servers on ports that the system chose; they end with the runtime.
    pub(super) async fn start(clock: &Clock, program: &Path, path: Option<&str>) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("buildpass-demo-")
            .tempdir()
            .map_err(Error::system("no folder can be made for the demo"))?;
        let no_port = || Error::system("no port can be opened on loopback");
        let listeners = (TcpListener::bind("127.0.0.1:0").await, TcpListener::bind("127.0.0.1:0").await);
        let (for_gitlab, for_vault) = (listeners.0.map_err(no_port())?, listeners.1.map_err(no_port())?);
        let gitlab = format!("http://{}", for_gitlab.local_addr().map_err(no_port())?);
        let vault = format!("http://{}", for_vault.local_addr().map_err(no_port())?);
        let (admin_token, root_token) = (made_up("glpat-demo-admin"), made_up("demo-root"));
        let search_path = search_path(folder.path(), program, path)
            .map_err(Error::system("the demo's own program cannot be linked to"))?;
        let config = gitlab_sandbox::Config {
            repositories: folder.path().join("repositories"),
            admin_token: SecretString::from(admin_token.clone()),
            search_path: search_path.clone(),
        };
        let tells_time = clock.clone();
        let sandbox = config.build(move || -> SystemTime { tells_time.now() })?;
        tokio::spawn(sandbox.serve(for_gitlab, std::future::pending()));
        let lockbox = lockbox::Config::dev(root_token.clone()).build(lockbox::SystemClock).await?;
        tokio::spawn(lockbox.serve(for_vault, std::future::pending()));
        Ok(Self { gitlab, vault, root_token, build_token: String::new(), folder, admin_token, search_path })
    }

    /// A private repository in a group of its own, and a token of that group that may read.
    pub(super) async fn found_group(&mut self) -> Result<(), Error> {
        let admin = Administrator::of(&self.gitlab, "private-token", &self.admin_token)?;
        let top = admin.post("/api/v4/groups", json!({"name": "gitlab-org", "path": "gitlab-org"})).await?;
        let security = json!({"name": "security", "path": "security", "parent_id": top["id"]});
        let security = admin.post("/api/v4/groups", security).await?;
        let projects = [
            ("gitlab-shell", &security["id"], "private"),
            ("omnibus-gitlab", &security["id"], "private"),
            ("omnibus-gitlab", &top["id"], "public"),
        ];
        for (name, group, visibility) in projects {
            let project =
                json!({"name": name, "path": name, "namespace_id": group, "visibility": visibility});
            admin.post("/api/v4/projects", project).await?;
        }
        let files = json!({"README.md": format!("{README}\n")});
        admin
            .post("/-/sandbox/commits", json!({"project": REPOSITORY, "branch": "main", "files": files}))
            .await?;
        let token = json!({"name": "build-token", "scopes": ["read_repository"], "access_level": 30});
        let made = admin.post(&format!("/api/v4/groups/{}/access_tokens", security["id"]), token).await?;
        self.build_token = made["token"].as_str().unwrap_or_default().to_owned();
        Ok(())
    }

    /// The token at its path, and a role that admits protected refs of the security project alone.
    pub(super) async fn furnish_vault(&self) -> Result<(), Error> {
        let root = Administrator::of(&self.vault, "x-vault-token", &self.root_token)?;
        root.post("/v1/sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}})).await?;
        let secret = json!({"data": {"token": self.build_token}});
        root.post(&format!("/v1/ci/data/{BUILD_TOKEN_PATH}"), secret).await?;
        let rules = format!("path \"ci/data/{BUILD_TOKEN_PATH}\" {{ capabilities = [\"read\"] }}");
        root.post("/v1/sys/policies/acl/build-token", json!({"policy": rules})).await?;
        root.post("/v1/sys/auth/jwt", json!({"type": "jwt"})).await?;
        let issuer = json!({"oidc_discovery_url": self.gitlab, "bound_issuer": self.gitlab});
        root.post("/v1/auth/jwt/config", issuer).await?;
        let role = json!({
            "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [self.vault],
            "bound_claims": {"project_path": SECURITY_PROJECT, "ref_protected": "true"},
            "token_policies": ["build-token"], "token_ttl": "60s",
        });
        root.post("/v1/auth/jwt/role/omnibus-gitlab", role).await?;
        Ok(())
    }

    /// The platform owner's `buildpass.toml`, the same for every project.
    pub(super) fn write_config(&self) -> Result<PathBuf, Error> {
        let path = self.folder.path().join("buildpass.toml");
        let text = format!(
            "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\n\
             [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n\n\
             [[git]]\nrealm = \"{}/gitlab-org/security/\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
            self.vault, self.gitlab,
        );
        std::fs::write(&path, text).map_err(Error::system("the configuration cannot be written"))?;
        Ok(path)
    }

    /// Runs one job of a project on its protected branch `main`, as a runner does.
    pub(super) async fn run_job(
        &self,
        project: &str,
        config: &Path,
        script: &[&str],
    ) -> Result<Finished, Error> {
        let mut job = Job::new(project, script);
        job.id_tokens = [("VAULT_ID_TOKEN".to_owned(), self.vault.clone())].into();
        job.variables = [("BUILDPASS_CONFIG".to_owned(), config.display().to_string())].into();
        let runner = Runner {
            server: self.gitlab.clone(),
            admin_token: SecretString::from(self.admin_token.clone()),
            builds: self.folder.path().join("builds"),
            search_path: self.search_path.clone(),
        };
        Ok(runner.run(&job).await?)
    }

    /// The sessions that are alive at the vault, its root token not counted.
    pub(super) async fn sessions(&self) -> Result<usize, Error> {
        let root = Administrator::of(&self.vault, "x-vault-token", &self.root_token)?;
        let listed = root.get("/v1/auth/token/accessors?list=true").await?;
        Ok(listed["data"]["keys"].as_array().map_or(0, Vec::len).saturating_sub(1))
    }
}

fn made_up(kind: &str) -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{kind}-{:016x}", RandomState::new().hash_one(kind))
}

/// So that a job finds this program as `buildpass`, whatever it is called here.
fn search_path(folder: &Path, program: &Path, path: Option<&str>) -> io::Result<OsString> {
    let programs = folder.join("bin");
    std::fs::create_dir(&programs)?;
    std::os::unix::fs::symlink(program, programs.join("buildpass"))?;
    let mut search_path = programs.into_os_string();
    search_path.push(":");
    search_path.push(path.unwrap_or("/usr/local/bin:/usr/bin:/bin"));
    Ok(search_path)
}
