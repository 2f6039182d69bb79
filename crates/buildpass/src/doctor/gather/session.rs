use std::{collections::BTreeMap, time::Duration};

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::join;

use super::{Deadline, GIVING_BACK, JwtLogin, SecretSeen};
use crate::{
    doctor::role::Role,
    http::Method,
    run::Wanted,
    vault::{GivenBack, Kind, Session, refuses_the_token},
};

/// What the session of our own login shows, and how giving it back came out.
#[derive(Debug)]
pub struct SessionSeen {
    /// What can be done with it.
    pub kind: Kind,
    /// What it may read, change and so on, by its policies; `None` where the vault does not say.
    pub policies: Option<Vec<String>>,
    /// Whether the vault does not know its token: it has ended, or was taken back.
    pub is_unknown: bool,
    /// What it may do, by path.
    pub capabilities: Option<BTreeMap<String, Vec<String>>>,
    /// All rules of its policies by their patterns, where it may see them.
    pub rules: Option<BTreeMap<String, Vec<String>>>,
    /// The role, where the session may read it.
    pub role: Option<Role>,
    /// The secrets.
    pub secrets: Vec<SecretSeen>,
    /// How it ended; `None` until then.
    pub given_back: Option<Result<GivenBack, String>>,
}

/// How long our session outlives a doctor that is killed.
const LEAD: Duration = Duration::from_secs(20);

/// How long shortening it may take, and no more than half of the time that there is: the looks need the rest.
const SHORTENING: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct LookedUp {
    policies: Vec<String>,
}

#[derive(Deserialize)]
struct Rules {
    #[serde(default)]
    exact_paths: Option<BTreeMap<String, Rule>>,
    #[serde(default)]
    glob_paths: Option<BTreeMap<String, Rule>>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    capabilities: Vec<String>,
}

impl SessionSeen {
    pub(super) async fn look(
        session: &mut Session,
        wanted: &[Wanted],
        login: Option<JwtLogin<'_>>,
        deadline: Deadline,
    ) -> Self {
        session.wait_for(SHORTENING.min(deadline.for_one_look() / 2));
        // Where it cannot be shortened, it ends when its role says.
        let _ = session.renew(LEAD).await;
        let kind = session.kind();
        session.wait_for(deadline.for_one_look());
        let session = &*session;
        let ((policies, is_unknown), capabilities, rules, role, secrets) = join!(
            look_up(session),
            capabilities(session, wanted),
            rules(session),
            role(session, login),
            join_all(wanted.iter().map(|wanted| SecretSeen::look(session, wanted))),
        );
        Self { kind, policies, is_unknown, capabilities, rules, role, secrets, given_back: None }
    }
}

/// Gives it back, and says how that came out.
pub(super) async fn given_back(mut session: Session) -> Result<GivenBack, String> {
    session.wait_for(GIVING_BACK);
    session.give_back(&[]).await.map_err(|error| error.to_string())
}

async fn data<T: serde::de::DeserializeOwned>(session: &Session, path: &str) -> Option<T> {
    let answer = session.answer_to(Method::Get, path, &Value::Null).await.ok()?;
    let Data { data } = serde_json::from_slice(&answer.body).ok()?;
    Some(data)
}

/// Its policies, where it may see them, and whether the vault does not know it at all.
async fn look_up(session: &Session) -> (Option<Vec<String>>, bool) {
    let Ok(answer) = session.answer_to(Method::Get, "auth/token/lookup-self", &Value::Null).await else {
        return (None, false);
    };
    let looked_up = serde_json::from_slice::<Data<LookedUp>>(&answer.body).ok();
    let policies = looked_up.map(|Data { data }| data.policies);
    (policies, refuses_the_token(&answer))
}

async fn capabilities(session: &Session, wanted: &[Wanted]) -> Option<BTreeMap<String, Vec<String>>> {
    let mut paths: Vec<String> = wanted.iter().map(|wanted| wanted.from.path.api_path()).collect();
    for path in wanted.iter().map(|wanted| &wanted.from.path) {
        paths.extend(["data", "metadata"].map(|between| format!("{}/{between}/{}", path.mount, path.path)));
        paths.push(format!("{}/{}", path.mount, path.path));
    }
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return Some(BTreeMap::new());
    }
    let asked = json!({"paths": paths});
    let answer = session.answer_to(Method::Post, "sys/capabilities-self", &asked).await.ok()?;
    if answer.status != 200 {
        return None;
    }
    let all: Map<String, Value> = serde_json::from_slice(&answer.body).ok()?;
    let of = |path: String| {
        let list = all.get(&path).or_else(|| all.get("data")?.get(&path))?;
        Some((path, serde_json::from_value(list.clone()).ok()?))
    };
    Some(paths.into_iter().filter_map(of).collect())
}

/// All rules at once, where the vault shows them to its own web page.
async fn rules(session: &Session) -> Option<BTreeMap<String, Vec<String>>> {
    let Rules { exact_paths, glob_paths } = data(session, "sys/internal/ui/resultant-acl").await?;
    let globs = glob_paths.unwrap_or_default().into_iter().map(|(path, rule)| (format!("{path}*"), rule));
    let all = exact_paths.unwrap_or_default().into_iter().chain(globs);
    Some(all.map(|(path, Rule { capabilities })| (path, capabilities)).collect())
}

async fn role(session: &Session, login: Option<JwtLogin<'_>>) -> Option<Role> {
    let login = login?;
    let path = format!("auth/{}/role/{}", login.mount, login.role?);
    let answer = session.answer_to(Method::Get, &path, &Value::Null).await.ok()?;
    if answer.status == 200 { Role::read(&answer.body).ok() } else { None }
}
