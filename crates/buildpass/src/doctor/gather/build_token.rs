use serde::Deserialize;
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

impl ReachedProject {
    /// The higher of the two.
    pub fn level(&self) -> Option<u8> {
        self.access_levels.project_access_level.max(self.access_levels.group_access_level)
    }
}

/// So many a page is GitLab's most, and so many pages are read.
const PER_PAGE: usize = 100;
const MOST_PAGES: usize = 5;

impl TokenSeen {
    /// Asks the API of the realm's own server: same scheme, host and port.
    pub(super) async fn look(
        credential: &git::RealmCredential,
        token: &BuildToken,
        api: Url,
        roots: &http::Roots,
        deadline: Deadline,
    ) -> Self {
        let (answer, reach) = match Asking::new(roots, &api, token) {
            Ok(asking) => asking.all(deadline).await,
            Err(error) => (Err(error), None),
        };
        Self { name: credential.password.clone(), realm: credential.realm.clone(), api, answer, reach }
    }
}

/// The API of a realm's server: what the job says, where it is of that server, else where GitLab has it.
pub(super) fn api_of(realm: &Realm, of_job: Option<&str>) -> Option<Url> {
    let realm = Url::parse(realm.as_str()).ok()?;
    let of_job = of_job.and_then(|url| Url::parse(url).ok()).filter(|url| url.origin() == realm.origin());
    of_job.or_else(|| realm.join("/api/v4").ok())
}

struct Asking<'a> {
    client: Client,
    api: &'a Url,
    token: &'a BuildToken,
}

impl<'a> Asking<'a> {
    fn new(roots: &http::Roots, api: &'a Url, token: &'a BuildToken) -> Result<Self, http::Error> {
        Ok(Self { client: server::client(roots, api)?, api, token })
    }

    async fn all(
        &self,
        deadline: Deadline,
    ) -> (Result<ApiAnswer<AboutToken>, http::Error>, Option<Result<ApiAnswer<TokenReach>, http::Error>>)
    {
        let answer = self.ask("personal_access_tokens/self", None, deadline).await;
        let is_known = matches!(&answer, Ok(ApiAnswer { said: Some(_), .. }));
        (answer, if is_known { Some(self.reach(deadline).await) } else { None })
    }

    async fn reach(&self, deadline: Deadline) -> Result<ApiAnswer<TokenReach>, http::Error> {
        let mut whole = TokenReach::default();
        let mut page = 1;
        loop {
            let query = format!("min_access_level=10&per_page={PER_PAGE}&page={page}");
            let path = "personal_access_tokens/self/associations";
            let mut answer: ApiAnswer<TokenReach> = self.ask(path, Some(&query), deadline).await?;
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

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        query: Option<&str>,
        deadline: Deadline,
    ) -> Result<ApiAnswer<T>, http::Error> {
        let mut url = self.api.clone();
        url.set_path(&format!("{}/{path}", self.api.path().trim_end_matches('/')));
        url.set_query(query);
        let headers = secret_header("private-token", self.token.expose())?;
        let answer = self.client.send(Method::Get, url, headers, None, deadline.for_one_look()).await?;
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
