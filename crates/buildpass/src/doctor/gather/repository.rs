use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{StreamExt, stream};
use reqwest::header::HeaderMap;
use tokio::join;
use url::Url;
use zeroize::Zeroizing;

use super::{
    Deadline, GitSeen, SourcesSeen,
    server::{self, Hearing},
};
use crate::{
    git::{self, Reach, RemoteUrl, Username},
    http::{self, Client, Method, secret_header},
    secret::{BuildToken, SecretName},
};

/// A repository that the build fetches.
#[derive(Debug)]
pub struct Repository {
    /// What the project calls it.
    pub name: String,
    /// Who names it.
    pub named_by: NamedBy,
    /// Its URL, as git takes it; without a credential.
    pub url: String,
    /// The same, where a credential may go.
    pub remote: Option<RemoteUrl>,
    /// The secret that goes there, and under which name.
    pub credential: Option<(Username, SecretName)>,
    /// What the server says to whoever has no credential.
    pub to_nobody: Option<Result<Listing, http::Error>>,
    /// What it says to the credential.
    pub to_us: Option<Result<Listing, http::Error>>,
    /// What it says to the credential that asks whether it may push.
    pub to_a_push: Option<Result<Listing, http::Error>>,
}

/// Who names a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The list of sources.
    Sources,
    /// `.gitmodules` of the project.
    Submodules,
}

/// What a server says of a repository's refs: <https://git-scm.com/docs/http-protocol#_discovering_references>.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The HTTP status.
    pub status: u16,
    /// What it says that the answer is.
    pub content_type: String,
    /// Where it points to.
    pub location: Option<String>,
    /// Its words, where it lists no refs; a few of them.
    pub said: String,
}

/// So many are asked at a time.
const AT_A_TIME: usize = 8;

/// Services of git.
const READ: &str = "git-upload-pack";
const PUSH: &str = "git-receive-pack";

impl Listing {
    /// Whether it is the list of refs that git wants.
    pub fn is_git(&self) -> bool {
        self.status == 200 && self.content_type.starts_with("application/x-git-")
    }
}

impl Repository {
    /// What the server says to a build: with the credential where one goes there.
    pub fn answer(&self) -> Option<&Result<Listing, http::Error>> {
        self.to_us.as_ref().or(self.to_nobody.as_ref())
    }

    /// Whether nobody needs a credential.
    pub fn is_open_to_all(&self) -> bool {
        matches!(&self.to_nobody, Some(Ok(listing)) if listing.is_git())
    }

    /// Those that the lists name; a submodule of a relative URL lies beside its project, whose own credential it takes.
    pub(super) fn named(sources: Option<&SourcesSeen>, git: &GitSeen, realms: &git::Config) -> Vec<Self> {
        let mut all = Vec::new();
        for source in sources.into_iter().flat_map(|sources| &sources.all) {
            let Some(location) = &source.location else { continue };
            let mut repository = Self::of(&source.name, NamedBy::Sources, location.as_str());
            repository.credential = source.credential.clone();
            all.push(repository);
        }
        for line in &git.modules {
            let Some(name) = line.key.strip_prefix("submodule.").and_then(|key| key.strip_suffix(".url"))
            else {
                continue;
            };
            if line.value.starts_with("./") || line.value.starts_with("../") {
                continue;
            }
            let mut repository = Self::of(name, NamedBy::Submodules, &line.value);
            repository.credential = covering(realms, repository.remote.as_ref());
            all.push(repository);
        }
        let mut known = BTreeSet::new();
        all.retain(|repository| known.insert(repository.url.clone()));
        all
    }

    fn of(name: &str, named_by: NamedBy, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            named_by,
            url: url.to_owned(),
            remote: url.parse().ok(),
            credential: None,
            to_nobody: None,
            to_us: None,
            to_a_push: None,
        }
    }

    /// Asks the servers; `value` gives what is known of a secret.
    pub(super) async fn look_at_all<'t>(
        repositories: &mut [Self],
        roots: &http::Roots,
        value: impl Fn(&SecretName) -> Option<&'t BuildToken>,
        deadline: Deadline,
    ) {
        let value = &value;
        let look = async |repository: &mut Self| {
            let token = repository.credential.as_ref().and_then(|(_, name)| value(name));
            repository.look(roots, token, deadline).await;
        };
        stream::iter(repositories.iter_mut().map(look))
            .buffer_unordered(AT_A_TIME)
            .collect::<Vec<()>>()
            .await;
    }

    async fn look(&mut self, roots: &http::Roots, token: Option<&BuildToken>, deadline: Deadline) {
        let Some(remote) = &self.remote else { return };
        let client = match server::client(roots, remote.as_url()) {
            Ok(client) => client,
            Err(error) => return self.to_nobody = Some(Err(error)),
        };
        let username = self.credential.as_ref().map(|(username, _)| username);
        let hearing = Hearing::of(token, username);
        let asking = Asking { client, remote: remote.as_url(), hearing, deadline };
        let nobody = asking.listing(READ, HeaderMap::new());
        let header = self.credential.as_ref().zip(token).map(|((username, _), token)| basic(username, token));
        let Some(header) = header else {
            self.to_nobody = Some(nobody.await);
            return;
        };
        let header = match header {
            Ok(header) => header,
            Err(error) => return self.to_us = Some(Err(error)),
        };
        let us = asking.listing(READ, header.clone());
        let push = asking.listing(PUSH, header);
        let (nobody, us, push) = join!(nobody, us, push);
        (self.to_nobody, self.to_us, self.to_a_push) = (Some(nobody), Some(us), Some(push));
    }
}

/// One repository's server is asked.
struct Asking<'a> {
    client: Client,
    remote: &'a Url,
    hearing: Hearing,
    deadline: Deadline,
}

impl Asking<'_> {
    async fn listing(&self, service: &str, headers: HeaderMap) -> Result<Listing, http::Error> {
        let mut url = self.remote.clone();
        url.set_path(&format!("{}/info/refs", self.remote.path().trim_end_matches('/')));
        url.set_query(Some(&format!("service={service}")));
        let answer = self.client.send(Method::Get, url, headers, None, self.deadline.for_one_look()).await?;
        let is_text = answer.content_type.starts_with("text/plain") || answer.content_type.contains("json");
        let said = match answer.status {
            200 => String::new(),
            _ if is_text => self.hearing.words(&answer.body),
            _ => String::new(),
        };
        Ok(Listing {
            status: answer.status,
            content_type: self.hearing.words(answer.content_type.as_bytes()),
            location: answer.location.map(|location| self.hearing.location(&location)),
            said,
        })
    }
}

/// The realm whose credential goes there: the longest.
pub(super) fn covering(realms: &git::Config, remote: Option<&RemoteUrl>) -> Option<(Username, SecretName)> {
    let covers =
        |each: &&git::RealmCredential| remote.is_some_and(|url| each.realm.judge(url) == Reach::Inside);
    let realm = realms.realms.iter().filter(covers).max_by_key(|each| each.realm.as_str().len())?;
    Some((realm.username.clone(), realm.password.clone()))
}

fn basic(username: &Username, token: &BuildToken) -> Result<HeaderMap, http::Error> {
    let pair = Zeroizing::new(format!("{}:{}", username.as_str(), token.expose()));
    let header = Zeroizing::new(format!("Basic {}", *Zeroizing::new(STANDARD.encode(pair.as_bytes()))));
    secret_header("authorization", &header)
}
