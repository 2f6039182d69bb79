use serde::Deserialize;

use super::Gitlab;
use crate::{
    access::{Error, FullPath, ProjectRef},
    http::Method,
};

/// A project as GitLab knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// Its number.
    pub id: u64,
    /// Its full path now.
    #[serde(rename = "path_with_namespace")]
    pub path: String,
    /// How long a job may run that says nothing else, in seconds; told to maintainers alone.
    #[serde(default)]
    pub build_timeout: Option<u64>,
}

/// <https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens_other/>
const FINE_GRAINED_SINCE: (u32, u32) = (19, 2);

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Ref {
    name: String,
    #[serde(default)]
    protected: bool,
}

impl Gitlab {
    /// A project by path or number; none where it is not there, or not for this token.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn project(&self, project: &ProjectRef) -> Result<Option<Project>, Error> {
        let answer = self.ask(Method::Get, &format!("/projects/{}", project.in_url()), None).await?;
        match answer.status {
            404 => Ok(None),
            _ => self.read(answer, &format!("say what {project} is")).map(Some),
        }
    }

    /// Refuses where this GitLab is older than fine-grained tokens for git.
    ///
    /// # Errors
    /// When it is, or GitLab does not answer.
    pub async fn knows_fine_grained_tokens(&self) -> Result<(), Error> {
        let answer = self.ask(Method::Get, "/version", None).await?;
        let Version { version } = self.read(answer, "say which version it is")?;
        let mut parts = version.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or_default());
        let known = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match known >= FINE_GRAINED_SINCE {
            true => Ok(()),
            false => Err(Error::TooOld { version }),
        }
    }

    /// How many projects lie in a group, and in the groups below it and those shared with it; nothing where GitLab doesn't say.
    ///
    /// # Errors
    /// When GitLab does not answer.
    pub async fn count_projects(&self, group: &FullPath) -> Result<Option<u64>, Error> {
        let path =
            format!("/groups/{}/projects?include_subgroups=true&simple=true&per_page=1", group.in_url());
        let answer = self.ask(Method::Get, &path, None).await?;
        Ok(answer.total.filter(|_| answer.status == 200))
    }

    /// The protected branches of a project, each by its own name.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn protected_branches(&self, id: u64) -> Result<Vec<String>, Error> {
        self.protected(id, "branches").await
    }

    /// The protected tags of a project, each by its own name.
    ///
    /// # Errors
    /// When GitLab refuses or does not answer.
    pub async fn protected_tags(&self, id: u64) -> Result<Vec<String>, Error> {
        self.protected(id, "tags").await
    }

    async fn protected(&self, id: u64, kind: &str) -> Result<Vec<String>, Error> {
        let path = format!("/projects/{id}/repository/{kind}");
        let all: Vec<Ref> = self.list(&path, &format!("list the {kind} of project {id}")).await?;
        Ok(all.into_iter().filter(|each| each.protected).map(|each| each.name).collect())
    }
}
