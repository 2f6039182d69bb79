use super::{Deadline, GitlabSide, HeldToken, IssuerSeen, JobSeen, Question, SecretSeen, VaultSeen};
use crate::{
    clock::Clock,
    config::{self, Environment, Parts},
    doctor::role::Role,
    identity,
    vault::Auth,
};

/// Everything that was seen. What could not be looked at, because something before it was missing, is `None` or empty.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The job's environment.
    pub environment: &'a Environment,
    /// The time.
    pub clock: &'a Clock,
    /// What flags, `buildpass.toml` and the environment say.
    pub parts: Result<Parts, config::Error>,
    /// The ID token; `None` where a person's own vault token logs in, or nobody knows what does.
    pub token: Option<Result<HeldToken, identity::Error>>,
    /// The job, as the pipeline's file describes it; `None` where there is no such file, or this is no job.
    pub job: Option<JobSeen>,
    /// The vault.
    pub vault: VaultSeen,
    /// The issuer of the ID token.
    pub issuer: Option<IssuerSeen>,
    /// The role of `--role-file`, or why it is none.
    pub role_file: Option<Result<Role, String>>,
    /// GitLab, its repositories, and git.
    pub gitlab: GitlabSide,
}

impl<'a> Evidence<'a> {
    /// What flags, files and environment show; only an ID token that GitHub makes to order is asked for elsewhere.
    pub(super) async fn of_this_machine(question: Question<'a>, deadline: Deadline) -> Self {
        let parts = Parts::load(question.flags, question.environment);
        let token = match parts.as_ref().map(|parts| &parts.vault.auth) {
            Ok(Ok(Auth::Jwt { identity, .. })) => {
                HeldToken::look(&identity.source, question.reach, deadline).await
            }
            Ok(Ok(Auth::Personal(_)) | Err(_)) | Err(_) => None,
        };
        let role_file = question.role_file.map(|path| {
            let text = std::fs::read(path).map_err(|error| error.to_string());
            text.and_then(|text| Role::read(&text)).map_err(|error| format!("`{}`: {error}", path.display()))
        });
        let job = JobSeen::look(question);
        let mut evidence = Self {
            environment: question.environment,
            clock: question.clock,
            parts,
            token,
            job,
            vault: VaultSeen::default(),
            issuer: None,
            role_file,
            gitlab: GitlabSide::default(),
        };
        evidence.gitlab = GitlabSide::look_here(question, evidence.realms(), deadline).await;
        evidence
    }

    /// The parts of the configuration.
    pub fn parts(&self) -> Option<&Parts> {
        self.parts.as_ref().ok()
    }

    /// The ID token, where there is one.
    pub fn held(&self) -> Option<&HeldToken> {
        self.token.as_ref()?.as_ref().ok()
    }

    /// A claim of the ID token, as a person reads it.
    pub fn claim(&self, name: &str) -> Option<String> {
        self.held()?.opened.as_ref().ok()?.written(name)
    }

    /// The role, from its file or from the vault.
    pub fn role(&self) -> Option<&Role> {
        match &self.role_file {
            Some(role) => role.as_ref().ok(),
            None => self.vault.session.as_ref()?.role.as_ref(),
        }
    }

    /// The secrets, as far as a session could look at them.
    pub fn secrets(&self) -> &[SecretSeen] {
        self.vault.session.as_ref().map(|session| &session.secrets[..]).unwrap_or_default()
    }

    /// The job's timeout in seconds, as GitLab tells it.
    pub fn job_timeout(&self) -> Option<u64> {
        self.environment.setting("CI_JOB_TIMEOUT")?.parse().ok()
    }

    /// How the job logs in with its ID token.
    pub fn jwt_login(&self) -> Option<JwtLogin<'_>> {
        match &self.parts()?.vault.auth {
            Ok(Auth::Jwt { mount, role, identity }) => {
                Some(JwtLogin { mount, role: role.as_deref(), expected: &identity.expected })
            }
            _ => None,
        }
    }
}

/// How the job logs in with its ID token.
#[derive(Clone, Copy, Debug)]
pub struct JwtLogin<'e> {
    /// The mount of the JWT auth method.
    pub mount: &'e str,
    /// The role; without one, the mount's default role.
    pub role: Option<&'e str>,
    /// What the token must be before it is sent.
    pub expected: &'e identity::Expected,
}
