use std::collections::BTreeSet;

use futures_util::future::join_all;
use tokio::join;

use super::{Deadline, Evidence, GitSeen, Question, Repository, SourcesSeen, TokenSeen, build_token::Api};
use crate::{
    doctor::Reach,
    git::{self, RealmCredential},
    http::Roots,
    secret::{BuildToken, SecretName},
};

/// What was seen of GitLab's side: what is fetched from where, with what, and by which git.
#[derive(Debug, Default)]
pub struct GitlabSide {
    /// The sources of the build; `None` where the project has no list.
    pub sources: Option<Result<SourcesSeen, String>>,
    /// git.
    pub git: Option<GitSeen>,
    /// The repositories that are fetched.
    pub repositories: Vec<Repository>,
    /// The tokens that git is to have, as far as their values are known.
    pub tokens: Vec<TokenSeen>,
}

impl GitlabSide {
    /// Looks at files and at git, which ask no server.
    pub(super) async fn look_here(question: Question<'_>, realms: &git::Config, deadline: Deadline) -> Self {
        let sources = SourcesSeen::look(question);
        let mut git = GitSeen::look(question, deadline).await;
        let found = sources.as_ref().and_then(|sources| sources.as_ref().ok());
        let repositories = Repository::named(found, &git, realms);
        git.look_at_ways(question, realms, &repositories, deadline).await;
        Self { sources, git: Some(git), repositories, tokens: Vec::new() }
    }

    /// Asks the servers, with the secrets that are known by now where the question goes so far.
    pub(super) async fn ask(evidence: &mut Evidence<'_>, question: Question<'_>, deadline: Deadline) {
        let mut side = std::mem::take(&mut evidence.gitlab);
        let roots = ["GIT_SSL_CAINFO", "CI_SERVER_TLS_CA_FILE"].into_iter();
        let roots = roots.filter_map(|name| question.environment.path(name)).find(|path| path.is_file());
        let roots = roots.map_or(Roots::System, Roots::File);
        let value =
            |name: &SecretName| evidence.secret_value(name).filter(|_| question.reach == Reach::Session);
        let credentials = side.credentials(evidence.realms());
        let tokens = credentials.iter().filter_map(|credential| {
            let token = value(&credential.password)?;
            let api = Api::of(&credential.realm, question.environment.setting("CI_API_V4_URL"))?;
            let roots = &roots;
            Some(async move { TokenSeen::look(credential, token, &api, (roots, deadline)).await })
        });
        let repositories = Repository::look_at_all(&mut side.repositories, &roots, value, deadline);
        let (tokens, ()) = join!(join_all(tokens), repositories);
        side.tokens = tokens;
        evidence.gitlab = side;
    }

    /// Each secret of git's once for each server: the realms, and the sources that have a credential without one.
    fn credentials(&self, realms: &git::Config) -> Vec<RealmCredential> {
        let of_sources = self.repositories.iter().filter_map(|repository| {
            let (username, password) = repository.credential.clone()?;
            Some(RealmCredential { realm: repository.url.parse().ok()?, username, password })
        });
        let mut known = BTreeSet::new();
        let all = realms.realms.iter().cloned().chain(of_sources);
        all.filter(|each| {
            known.insert((each.password.clone(), each.realm.host().to_owned(), each.realm.port()))
        })
        .collect()
    }
}

impl Evidence<'_> {
    /// Which secret goes where, as far as that can be read.
    pub fn realms(&self) -> &git::Config {
        const NONE: &git::Config = &git::Config { realms: Vec::new() };
        self.parts().and_then(|parts| parts.git.as_ref().ok()).unwrap_or(NONE)
    }

    /// The value of a secret: GitLab Runner has read it, or our own session has.
    pub(super) fn secret_value(&self, name: &SecretName) -> Option<&BuildToken> {
        let filled = self.parts()?.filled.iter().find(|filled| filled.name == *name);
        let read = || {
            let secret = self.secrets().iter().find(|secret| secret.name == *name)?;
            secret.read.as_ref()?.as_ref().ok()?.value.as_ref().ok()
        };
        filled.map(|filled| &filled.value).or_else(read)
    }
}
