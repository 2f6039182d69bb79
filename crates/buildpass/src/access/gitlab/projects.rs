use serde::Deserialize;

use super::Gitlab;
use crate::{
    access::{Error, ProjectRef},
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
