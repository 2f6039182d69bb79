use std::collections::BTreeSet;

use crate::{
    access::{
        Declaration, Error, Mark, Note, Token,
        gitlab::{End, Gitlab, Holder, TokenView},
    },
    secret::BuildToken,
    vault::{Session, Taken},
};

/// What was ended, and who is cut off by it.
#[derive(Debug)]
pub struct Ended {
    /// GitLab's numbers of the tokens.
    pub tokens: Vec<u64>,
    /// Whether a stored value was deleted.
    pub secret: bool,
    /// The grants that find nothing now: role and projects.
    pub cut: Vec<String>,
    /// What went wrong: everything else was done all the same.
    pub faults: Vec<Error>,
}

/// A living token, and its value.
struct Held {
    view: TokenView,
    value: BuildToken,
}

/// How often a secret is looked at again that somebody writes meanwhile.
const TRIES: usize = 5;

/// Ends a declared token now, for the day it leaks: at GitLab first, where it opens something, then in the vault. Only this token is looked
/// at, and what goes wrong keeps nothing else from being ended.
pub async fn end_now(
    token: &Token,
    declaration: &Declaration,
    (gitlab, session): (&Gitlab, &Session),
) -> Ended {
    let mut ended =
        Ended { tokens: Vec::new(), secret: false, cut: cut(token, declaration), faults: Vec::new() };
    let noted = ended.gather(noted(token, session).await);
    let (holder, value) = ended.gather(held(token, (gitlab, session)).await).unzip();
    let is_hidden = holder == Some(Holder::Hidden);
    let held = match holder {
        Some(Holder::Known(view)) => value.map(|value| Held { view, value }),
        Some(Holder::Nobody | Holder::Hidden) | None => None,
    };
    let living = ended.gather(gitlab.tokens(&token.owner).await.map(Some));
    let ours = |view: &&TokenView| {
        Mark::of(view)
            .is_some_and(|mark| mark.declaration == declaration.name && mark.is_for(&token.store.path))
    };
    let mut ids: BTreeSet<u64> = noted.unwrap_or_default();
    ids.extend(living.iter().flatten().filter(ours).map(|view| view.id));
    ids.extend(held.iter().map(|held| held.view.id));
    if let Some(living) = &living {
        ids.retain(|id| living.iter().any(|view| view.id == *id));
    }
    // What was put there by hand is anybody's, and ends by its own right.
    let mut own_right = None;
    if let Some(Held { view, value }) = held {
        match gitlab.end_itself(&value).await {
            Ok(()) => {
                ids.remove(&view.id);
                ended.tokens.push(view.id);
            }
            Err(error) => own_right = Some((view.id, error)),
        }
    }
    for id in ids {
        if ended.gather(gitlab.end(&token.owner, id).await.map(Some)) == Some(End::Now) {
            ended.tokens.push(id);
        }
    }
    if is_hidden && ended.tokens.is_empty() {
        ended.faults.push(Error::HiddenToken { store: token.store.to_string() });
    }
    if let Some((id, error)) = own_right
        && !ended.tokens.contains(&id)
    {
        ended.faults.push(error);
    }
    ended.tokens.sort_unstable();
    ended.secret = ended.gather(delete(token, session).await.map(Some)).unwrap_or_default();
    ended
}

impl Ended {
    /// Goes on without what could not be had.
    fn gather<T>(&mut self, found: Result<Option<T>, Error>) -> Option<T> {
        found.unwrap_or_else(|error| {
            self.faults.push(error);
            None
        })
    }
}

/// The tokens that the note beside the secret speaks of.
async fn noted(token: &Token, session: &Session) -> Result<Option<BTreeSet<u64>>, Error> {
    let Some(note) = Note::read(&session.kv_state(&token.store.path).await?.custom) else { return Ok(None) };
    Ok(Some(note.retiring.iter().map(|each| each.id).chain([note.token_id]).collect()))
}

/// What the stored value is.
async fn held(
    token: &Token,
    (gitlab, session): (&Gitlab, &Session),
) -> Result<Option<(Holder, BuildToken)>, Error> {
    let Some(value) = session.field_now(&token.store).await? else { return Ok(None) };
    Ok(Some((gitlab.holder_of(&value).await?, value)))
}

async fn delete(token: &Token, session: &Session) -> Result<bool, Error> {
    for _ in 0..TRIES {
        let state = session.kv_state(&token.store.path).await?;
        match session.take_field(&token.store, &state).await? {
            Taken::Field => return Ok(true),
            Taken::Nothing => return Ok(false),
            Taken::Overtaken => {}
        }
    }
    Err(Error::Blocked(format!(
        "{} is written by somebody else all the time, and was not deleted",
        token.store
    )))
}

fn cut(token: &Token, declaration: &Declaration) -> Vec<String> {
    let grants = declaration.grants().iter().filter(|grant| grant.path == token.store.path);
    let each = grants.map(|grant| {
        let projects = grant.projects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        format!("{} by the role {}", projects, grant.role)
    });
    each.collect()
}
