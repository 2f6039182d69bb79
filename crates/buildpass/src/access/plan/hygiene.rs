use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use super::{
    Extent, Object, Step, Verb,
    step::owner,
    tokens::{Fate, judge},
};
use crate::access::{Declaration, Error, Mark, Owner, Retiring, Token, World, gitlab::TokenView};

/// An old token's end: jobs that hold it have this long.
pub(in crate::access) fn retire(id: u64, overlap: Duration, now: SystemTime) -> Retiring {
    // The note has whole seconds.
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Retiring { id, at: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds) + overlap }
}

/// Living tokens that are ours and not to live: past their time, or stored nowhere; where a plan is of everything, also what is declared
/// no more.
pub(in crate::access) fn steps(
    declaration: &Declaration,
    world: &World,
    extent: Extent,
) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    let mut seen: BTreeSet<(&Owner, u64)> = BTreeSet::new();
    let mut kept: BTreeSet<(&Owner, u64)> = BTreeSet::new();
    for token in declaration.tokens() {
        match judge(token, world)? {
            Fate::Keep(view) | Fate::Replace(Some(view), _) => drop(kept.insert((&token.owner, view.id))),
            Fate::Make(_) | Fate::Replace(None, _) => {}
        }
        let note = world.stored.get(&token.name).and_then(|stored| stored.note.as_ref());
        let living = |id: u64| world.living(&token.owner).iter().find(move |view| view.id == id);
        for old in note.iter().flat_map(|note| &note.retiring) {
            let Some(view) = living(old.id) else { continue };
            if old.at > world.now {
                kept.insert((&token.owner, old.id));
            } else if !kept.contains(&(&token.owner, old.id)) && seen.insert((&token.owner, old.id)) {
                let at = humantime::format_rfc3339_seconds(old.at);
                steps.push(end(
                    &token.owner,
                    view,
                    None,
                    format!("another has taken its place, and its time was over at {at}"),
                ));
            }
        }
        // Interrupted between the secret and its note: the token of the note still lives in jobs.
        if let Some(view) = note.and_then(|note| living(note.token_id)) {
            kept.insert((&token.owner, view.id));
        }
    }
    for (of, living) in &world.tokens {
        for view in living {
            let Some(mark) = Mark::of(view).filter(|mark| mark.declaration == declaration.name) else {
                continue;
            };
            let is_its = |token: &Token| token.owner == *of && mark.is_for(&token.store.path);
            let declared = declaration.tokens().iter().any(is_its);
            let concerned = declared || extent == Extent::Everything;
            if !concerned || kept.contains(&(of, view.id)) || !seen.insert((of, view.id)) {
                continue;
            }
            let because = if declared { "it is stored nowhere" } else { "it is not declared any more" };
            steps.push(end(of, view, Some(mark.store), because.to_owned()));
        }
    }
    let forgotten = world.forgotten.iter().filter(|(_, stored)| stored.state.readable);
    for (store, _) in forgotten.filter(|_| extent == Extent::Everything) {
        let because = "the token that it holds is not declared any more";
        steps.push(Step::new(Verb::Revoke, Object::Secret { store: store.to_string() }, because));
    }
    Ok(steps)
}

fn end(of: &Owner, view: &TokenView, store: Option<String>, because: String) -> Step {
    let object = Object::OldToken { id: view.id, name: view.name.clone(), owner: owner(of), store };
    Step::new(Verb::Revoke, object, because)
}
