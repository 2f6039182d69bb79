use reqwest::header::HeaderMap;
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{
    Deadline,
    server::{self, Hearing},
};
use crate::{
    git::{self, Realm},
    http::{self, Client, Method, secret_header},
    secret::{BuildToken, SecretName},
};

/// What a GitLab says of a token that git is to have.
#[derive(Debug)]
pub struct TokenSeen {
    /// Its name here.
    pub name: SecretName,
    /// The realm that it is for.
    pub realm: Realm,
    /// The API that was asked: that of the realm's own server.
    pub api: Url,
    /// What it says of the token.
    pub answer: Result<ApiAnswer<AboutToken>, http::Error>,
    /// What it says of what the token reaches; `None` where the token is refused.
    pub reach: Option<Result<ApiAnswer<TokenReach>, http::Error>>,
}

/// An answer of GitLab's REST API.
#[derive(Debug)]
pub struct ApiAnswer<T> {
    /// The HTTP status.
    pub status: u16,
    /// What the answer's head says that it is.
    pub content_type: String,
    /// Where it points to.
    pub location: Option<String>,
    /// What it says, where it is what was asked for.
    pub said: Option<T>,
    /// Its words, where it is not; a few of them.
    pub words: String,
}

/// `GET /personal_access_tokens/self`: <https://docs.gitlab.com/api/personal_access_tokens/>
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct AboutToken {
    pub name: String,
    pub scopes: Vec<String>,
    pub active: bool,
    #[serde(default)]
    pub revoked: bool,
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// `GET /personal_access_tokens/self/associations`
#[derive(Clone, Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct TokenReach {
    pub groups: Vec<ReachedGroup>,
    pub projects: Vec<ReachedProject>,
    /// Whether there is more than was asked for.
    #[serde(skip)]
    pub is_cut: bool,
}

/// A group that a token reaches.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct ReachedGroup {
    pub web_url: String,
    #[serde(default)]
    pub access_levels: Option<u8>,
}

/// A project that a token reaches.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct ReachedProject {
    pub path_with_namespace: String,
    #[serde(default)]
    pub access_levels: ProjectLevels,
}

/// The two ways to be a member of a project.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's")]
pub struct ProjectLevels {
    #[serde(default)]
    pub project_access_level: Option<u8>,
    #[serde(default)]
    pub group_access_level: Option<u8>,
}

impl<T> ApiAnswer<T> {
    /// What GitLab says to whoever has no token.
    fn is_a_refusal_of_gitlab(&self) -> bool {
        self.status == 401 && self.words.contains("401 Unauthorized")
    }

    /// Words that are not GitLab's say nothing of a token; what is busy may be one.
    fn of_a_stranger(self) -> Self {
        match self.status {
            429 | 500.. => self,
            _ => Self { said: None, words: String::new(), ..self },
        }
    }
}

impl ReachedProject {
    /// The higher of the two.
    pub fn level(&self) -> Option<u8> {
        self.access_levels.project_access_level.max(self.access_levels.group_access_level)
    }
}

/// So many a page is GitLab's most, and so many pages are read.
const PER_PAGE: usize = 100;
const MOST_PAGES: usize = 5;

/// Where a realm's server has GitLab's API, and whose word that is.
pub(super) enum Api {
    /// The job's own.
    OfJob(Url),
    /// Nobody's: it is where a GitLab has it, if this is one.
    Supposed(Url),
}

impl Api {
    /// What the job says, where it is of the realm's server: same scheme, host and port.
    pub(super) fn of(realm: &Realm, of_job: Option<&str>) -> Option<Self> {
        let realm = Url::parse(realm.as_str()).ok()?;
        let of_job = of_job.and_then(|url| Url::parse(url).ok()).filter(|url| url.origin() == realm.origin());
        let supposed = || realm.join("/api/v4").ok().map(Self::Supposed);
        of_job.map(Self::OfJob).or_else(supposed)
    }

    fn url(&self) -> &Url {
        match self {
            Self::OfJob(url) | Self::Supposed(url) => url,
        }
    }
}

/// Who a token is.
const SELF: &str = "personal_access_tokens/self";

impl TokenSeen {
    /// Asks the API; where nobody says that it is GitLab's, without the token first.
    pub(super) async fn look(
        credential: &git::RealmCredential,
        token: &BuildToken,
        api: &Api,
        around: (&http::Roots, Deadline),
    ) -> Self {
        let (roots, deadline) = around;
        let (answer, reach) = match server::client(roots, api.url()) {
            Ok(client) => Asking { client, api, token, deadline }.all().await,
            Err(error) => (Err(error), None),
        };
        let (name, realm, api) = (credential.password.clone(), credential.realm.clone(), api.url().clone());
        Self { name, realm, api, answer, reach }
    }
}

struct Asking<'a> {
    client: Client,
    api: &'a Api,
    token: &'a BuildToken,
    deadline: Deadline,
}

impl Asking<'_> {
    async fn all(
        &self,
    ) -> (Result<ApiAnswer<AboutToken>, http::Error>, Option<Result<ApiAnswer<TokenReach>, http::Error>>)
    {
        if let Api::Supposed(_) = self.api {
            match self.ask(SELF, None, HeaderMap::new()).await {
                Ok(answer) if answer.is_a_refusal_of_gitlab() => {}
                Ok(answer) => return (Ok(answer.of_a_stranger()), None),
                Err(error) => return (Err(error), None),
            }
        }
        let answer = self.ask_with_token(SELF, None).await;
        let is_known = matches!(&answer, Ok(ApiAnswer { said: Some(_), .. }));
        (answer, if is_known { Some(self.reach().await) } else { None })
    }

    async fn reach(&self) -> Result<ApiAnswer<TokenReach>, http::Error> {
        let mut whole = TokenReach::default();
        let mut page = 1;
        loop {
            let query = format!("min_access_level=10&per_page={PER_PAGE}&page={page}");
            let path = format!("{SELF}/associations");
            let mut answer: ApiAnswer<TokenReach> = self.ask_with_token(&path, Some(&query)).await?;
            let Some(said) = answer.said.take() else { return Ok(answer) };
            let is_last = said.groups.len() < PER_PAGE && said.projects.len() < PER_PAGE;
            whole.groups.extend(said.groups);
            whole.projects.extend(said.projects);
            if is_last || page == MOST_PAGES {
                whole.is_cut = !is_last;
                return Ok(ApiAnswer { said: Some(whole), ..answer });
            }
            page += 1;
        }
    }

    async fn ask_with_token<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Option<&str>,
    ) -> Result<ApiAnswer<T>, http::Error> {
        self.ask(path, query, secret_header("private-token", self.token.expose())?).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Option<&str>,
        headers: HeaderMap,
    ) -> Result<ApiAnswer<T>, http::Error> {
        let mut url = self.api.url().clone();
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        url.set_query(query);
        let patience = self.deadline.for_one_look();
        let answer = self.client.send(Method::Get, url, headers, None, patience).await?;
        let said = if answer.status == 200 { serde_json::from_slice(&answer.body).ok() } else { None };
        let is_json = answer.content_type.contains("json");
        let hearing = Hearing::of(Some(self.token), None);
        let words = if said.is_none() && is_json { hearing.words(&answer.body) } else { String::new() };
        Ok(ApiAnswer {
            status: answer.status,
            content_type: hearing.words(answer.content_type.as_bytes()),
            location: answer.location.map(|location| hearing.location(&location)),
            said,
            words,
        })
    }
}
