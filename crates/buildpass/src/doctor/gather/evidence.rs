use super::{Deadline, GitlabSide, HeldToken, JobSeen, NodeSeen, Question};
use crate::{
    clock::Clock,
    config::{self, Environment, Parts},
    http::Tls,
    identity,
    vault::{Address, Auth},
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
    /// The vault's nodes, in their order.
    pub nodes: Vec<NodeSeen>,
    /// GitLab, its repositories, and git.
    pub gitlab: GitlabSide,
}

impl<'a> Evidence<'a> {
    /// What flags, files and environment show; only an ID token that GitHub makes to order is asked for elsewhere.
    pub(super) async fn of_this_machine(question: Question<'a>, deadline: Deadline) -> Self {
        let parts = Parts::load(question.flags, question.environment);
        let token = match parts.as_ref().map(|parts| &parts.auth) {
            Ok(Ok(Auth::Jwt { identity, .. })) => HeldToken::look(&identity.source, question.reach).await,
            Ok(Ok(Auth::Personal(_)) | Err(_)) | Err(_) => None,
        };
        let job = JobSeen::look(question);
        let mut evidence = Self {
            environment: question.environment,
            clock: question.clock,
            parts,
            token,
            job,
            nodes: Vec::new(),
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

    /// How the job logs in with its ID token.
    pub fn jwt_login(&self) -> Option<JwtLogin<'_>> {
        match &self.parts()?.auth {
            Ok(Auth::Jwt { mount, role, identity }) => {
                Some(JwtLogin { mount, role: role.as_deref(), expected: &identity.expected })
            }
            _ => None,
        }
    }

    pub(super) fn nodes_and_tls(&self) -> Option<(&[Address], &Tls)> {
        let parts = self.parts()?;
        Some((parts.nodes.as_ref().ok()?, &parts.tls))
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
