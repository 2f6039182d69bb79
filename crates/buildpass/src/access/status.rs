use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{
    Breadth, Date, Declaration, EngineRole, Token, World,
    gitlab::TokenView,
    plan::{Fate, judge},
};
use crate::vault::SecretPath;

/// One declared token, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// How it is.
    pub state: State,
    /// Why, where it is not well.
    pub because: Vec<String>,
    /// GitLab's number of it.
    pub id: Option<u64>,
    /// The day at whose start it ends.
    pub expires_at: Option<Date>,
    /// Whole days until then.
    pub days_left: Option<u64>,
    /// The day from which another is to take its place.
    pub due_on: Option<Date>,
    /// The day at whose start one that is not alive was to end, as it stands beside the secret.
    pub noted_end: Option<Date>,
    /// Whole days since it was made.
    pub age_days: Option<u64>,
    /// When it was used last, as GitLab noted it.
    pub last_used_at: Option<String>,
    /// Where its value is kept.
    pub stored_at: String,
    /// Old tokens that live a little longer.
    pub retiring: Vec<u64>,
    /// Who may read it.
    pub readers: Vec<Reader>,
    /// How much wider than needed it is, where the build's repositories are known.
    pub reach: Option<Breadth>,
    /// Of one that is minted, how many live now.
    pub living: Option<u64>,
}

/// Who may read a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reader {
    /// By which role.
    pub role: String,
    /// Which projects.
    pub projects: Vec<String>,
    /// Whether the role is there.
    pub live: bool,
}

/// How a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It lives, is stored, and has time.
    Good,
    /// Each job has its own.
    Minted,
    /// It lives and is stored, and another is to take its place.
    Due,
    /// What is stored is not alive.
    Dead,
    /// Nothing is stored, or nothing is there to mint it.
    Missing,
    /// Something else is stored there.
    Occupied,
}

impl Status {
    /// How every declared token is.
    pub fn of_all(declaration: &Declaration, world: &World) -> Vec<Self> {
        let stored = declaration.tokens().iter().map(|token| Self::of(token, declaration, world));
        let minted = declaration.minted().iter().map(|role| Self::of_minted(role, declaration, world));
        stored.chain(minted).collect()
    }

    fn of(token: &Token, declaration: &Declaration, world: &World) -> Self {
        let (state, because, view) = match judge(token, world) {
            Ok(Fate::Keep(view)) => (State::Good, Vec::new(), Some(view)),
            Ok(Fate::Replace(Some(view), because)) => (State::Due, because, Some(view)),
            Ok(Fate::Replace(None, because)) => (State::Dead, because, None),
            Ok(Fate::Make(because)) => (State::Missing, vec![because], None),
            Err(error) => (State::Occupied, vec![error.to_string()], None),
        };
        let note = world.stored.get(&token.name).and_then(|stored| stored.note.as_ref());
        let living = |id: u64| world.living(&token.owner).iter().any(|view| view.id == id);
        let retiring =
            note.iter().flat_map(|note| &note.retiring).map(|each| each.id).filter(|id| living(*id));
        let expires_at = view.and_then(|view| view.expires_at);
        Self {
            name: token.name.to_string(),
            owner: token.owner.to_string(),
            state,
            because,
            id: view.map(|view| view.id),
            expires_at,
            days_left: expires_at.map(|date| days(date.away_from(world.now))),
            due_on: expires_at.map(|date| date.minus_days(token.rotate_before.count())),
            noted_end: note.filter(|_| state == State::Dead).and_then(|note| note.expires_at),
            age_days: view.and_then(|view| since(view.created_at.as_deref(), world.now)).map(days),
            last_used_at: view.and_then(|view| view.last_used_at.clone()),
            stored_at: token.store.to_string(),
            retiring: retiring.collect(),
            readers: readers(&token.store.path, declaration, world),
            reach: world.breadths.get(&token.name).copied(),
            living: None,
        }
    }

    fn of_minted(role: &EngineRole, declaration: &Declaration, world: &World) -> Self {
        let (state, because) = match world.engines.roles.contains_key(&role.api_path()) {
            true => (State::Minted, Vec::new()),
            false => (State::Missing, vec![format!("there is no engine role {}", role.api_path())]),
        };
        let living = world.living(&role.owner).iter().filter(|view| role.calls(&view.name)).count();
        Self {
            name: role.name.to_string(),
            owner: role.owner.to_string(),
            state,
            because,
            id: None,
            expires_at: None,
            days_left: None,
            due_on: None,
            noted_end: None,
            age_days: None,
            last_used_at: None,
            stored_at: role.store.to_string(),
            retiring: Vec::new(),
            readers: readers(&role.store.path, declaration, world),
            reach: None,
            living: u64::try_from(living).ok(),
        }
    }
}

fn readers(path: &SecretPath, declaration: &Declaration, world: &World) -> Vec<Reader> {
    let grants = declaration.grants().iter().filter(|grant| grant.path == *path);
    let readers = grants.map(|grant| Reader {
        role: grant.role.to_string(),
        projects: grant.projects.iter().map(ToString::to_string).collect(),
        live: world.roles.contains_key(&grant.role),
    });
    readers.collect()
}

/// How long ago it was, as GitLab writes times.
pub(super) fn since(time: Option<&str>, now: SystemTime) -> Option<Duration> {
    let time = humantime::parse_rfc3339(time?).ok()?;
    Some(now.duration_since(time).unwrap_or_default())
}

pub(super) fn days(duration: Duration) -> u64 {
    duration.as_secs() / (24 * 60 * 60)
}

/// When a living token is used, its owner forgets it: how long ago it was used or, if never, made.
pub(super) fn idle(view: &TokenView, now: SystemTime) -> Option<Duration> {
    since(view.last_used_at.as_deref().or(view.created_at.as_deref()), now)
}
