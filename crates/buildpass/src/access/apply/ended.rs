use std::collections::BTreeSet;

use crate::{
    access::{Declaration, Error, Held, Mark, Token, World, gitlab::Gitlab},
    vault::Session,
};

/// What was ended, and who is cut off by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// GitLab's numbers of the tokens.
    pub tokens: Vec<u64>,
    /// Whether a stored value was deleted.
    pub secret: bool,
    /// The grants that find nothing now: role and projects.
    pub cut: Vec<String>,
}

/// Ends a declared token now, for the day it leaks: at GitLab first, where it opens something, then in the vault.
///
/// # Errors
/// When one of the two refuses or does not answer.
pub async fn end_now(
    token: &Token,
    declaration: &Declaration,
    world: &World,
    (gitlab, session): (&Gitlab, &Session),
) -> Result<Ended, Error> {
    let stored = world.stored.get(&token.name);
    let mut ids: BTreeSet<u64> = BTreeSet::new();
    if let Some(stored) = stored {
        if let Some(note) = &stored.note {
            ids.insert(note.token_id);
            ids.extend(note.retiring.iter().map(|each| each.id));
        }
        if let Held::Token(view) = &stored.held {
            ids.insert(view.id);
        }
    }
    let living = world.living(&token.owner);
    let made_for =
        |mark: &Mark| mark.declaration == declaration.name && mark.store == token.store.to_string();
    ids.extend(
        living.iter().filter(|view| Mark::of(view).is_some_and(|mark| made_for(&mark))).map(|view| view.id),
    );
    let tokens: Vec<u64> = ids.into_iter().filter(|id| living.iter().any(|view| view.id == *id)).collect();
    for id in &tokens {
        gitlab.end(&token.owner, *id).await?;
    }
    let secret = stored.is_some_and(|stored| stored.state.readable);
    if secret {
        session.delete_newest(&token.store.path).await?;
    }
    let grants = declaration.grants().iter().filter(|grant| grant.path == token.store.path);
    let cut = grants.map(|grant| {
        let projects = grant.projects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        format!("{} by the role {}", projects, grant.role)
    });
    Ok(Ended { tokens, secret, cut: cut.collect() })
}
