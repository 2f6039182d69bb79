use std::{collections::BTreeMap, time::SystemTime};

use super::{Change, Object, Step, Verb, step::owner};
use crate::access::{
    AccessLevel, Date, Declaration, Error, FullPath, Held, Mark, Note, Owner, Stored, Token, World,
    gitlab::{TokenView, downloads},
};

/// What is to become of one declared token.
#[derive(Clone, Debug)]
pub(in crate::access) enum Fate<'a> {
    /// There is none.
    Make(String),
    /// It lives, and another takes its place.
    Replace(Option<&'a TokenView>, Vec<String>),
    /// It stays; what stands beside it may not.
    Keep(&'a TokenView),
}

/// Judges a token by what both servers hold.
///
/// # Errors
/// When something else stands where it is to be stored.
pub(in crate::access) fn judge<'a>(token: &Token, world: &'a World) -> Result<Fate<'a>, Error> {
    let living = world.living(&token.owner);
    let nothing = Stored::default();
    let stored = world.stored.get(&token.name).unwrap_or(&nothing);
    if token.owner == Owner::User
        && let Some(noted) =
            stored.note.as_ref().and_then(Note::user_id).filter(|noted| *noted != world.user_id)
    {
        return Err(Error::OtherUser { token: token.name.to_string(), noted, asked: world.user_id });
    }
    let by_id = |id: u64| living.iter().find(|view| view.id == id);
    if !stored.state.readable {
        let because = match stored.state.version {
            0 => "there is none".to_owned(),
            version => format!("version {version} of its secret was deleted"),
        };
        return Ok(Fate::Make(because));
    }
    let current = match (&stored.held, &stored.note) {
        (Held::AsNoted, Some(note)) => by_id(note.token_id),
        (Held::AsNoted | Held::NoToken, None) => return Err(occupied(token, "no living token of GitLab")),
        (Held::Hidden, None) => match made_after(0, token, living) {
            None => {
                return Err(occupied(token, "a fine-grained token that is none of this user, or not ours"));
            }
            found => found,
        },
        (Held::Hidden, Some(note)) => match made_after(note.token_id, token, living) {
            None if note.version != stored.state.version => {
                let because =
                    "its secret was written since, and GitLab does not tell what it holds".to_owned();
                return Ok(Fate::Replace(by_id(note.token_id), vec![because]));
            }
            None => by_id(note.token_id),
            found => found,
        },
        (Held::Token(view), note) => match by_id(view.id) {
            Some(view) => Some(view),
            None if note.is_none() => {
                return Err(occupied(
                    token,
                    &format!("the token `{}` ({}), which is none of the {}", view.name, view.id, token.owner),
                ));
            }
            None => {
                let because = format!(
                    "the stored value is the token `{}` ({}), which is none of the {}",
                    view.name, view.id, token.owner
                );
                return Ok(Fate::Replace(None, vec![because]));
            }
        },
        (Held::NoToken, Some(note)) => {
            let because = match by_id(note.token_id) {
                Some(view) => return Ok(Fate::Replace(Some(view), vec![misplaced(token, note)])),
                None => format!("the token {} was revoked or has ended", note.token_id),
            };
            return Ok(Fate::Replace(None, vec![because]));
        }
    };
    let Some(current) = current else {
        return Ok(Fate::Replace(None, vec!["the stored token is not alive".to_owned()]));
    };
    let mut because = reasons(token, current, world.now);
    because.extend(world.needed.get(&token.name).and_then(|needed| reaches_otherwise(current, needed)));
    Ok(if because.is_empty() { Fate::Keep(current) } else { Fate::Replace(Some(current), because) })
}

/// The newest token that was made for this place after another: where the stored one may not say itself which it is, a run that was cut
/// short before its note had just stored this one.
fn made_after<'a>(id: u64, token: &Token, living: &'a [TokenView]) -> Option<&'a TokenView> {
    let is_ours = |view: &&TokenView| Mark::of(view).is_some_and(|mark| mark.is_for(&token.store.path));
    living.iter().filter(|view| view.id > id).filter(is_ours).max_by_key(|view| view.id)
}

/// Why the token that the note names is not what is read at its place.
fn misplaced(token: &Token, note: &Note) -> String {
    match &note.field {
        Some(field) if *field != token.store.field => {
            format!("it is stored in the field `{field}`, declared is `{}`", token.store.field)
        }
        _ => "the stored value is not the token that GitLab knows".to_owned(),
    }
}

fn occupied(token: &Token, what: &str) -> Error {
    Error::Blocked(format!(
        "what stands at {} is {what}, and buildpass did not put it there: remove it, or store the token `{}` elsewhere",
        token.store, token.name
    ))
}

/// Why a living token cannot stay.
fn reasons(token: &Token, current: &TokenView, now: SystemTime) -> Vec<String> {
    let mut because = Vec::new();
    let mut scopes = current.scopes.clone();
    scopes.sort();
    if scopes.join(" ") != token.scope_list() {
        because.push(format!("its scopes are `{}`, declared are `{}`", scopes.join(" "), token.scope_list()));
    }
    if let Some(level) = current.access_level.filter(|level| *level != token.level.number()) {
        because.push(format!("its role is {}, declared is {}", AccessLevel::word_for(level), token.level));
    }
    if current.name != token.name.as_str() {
        because.push(format!("its name is `{}`", current.name));
    }
    match current.expires_at {
        None => because.push("it never ends".to_owned()),
        Some(date) if date > latest_end(token, now) => {
            because.push(format!("it ends on {date}, later than {} allow", token.lifetime));
        }
        Some(date) if date.away_from(now) < token.rotate_before.duration() => {
            because.push(format!("it ends on {date}, which is less than {} away", token.rotate_before));
        }
        Some(_) => {}
    }
    because
}

/// What a fine-grained token reaches and is not to, or the other way round; nothing where GitLab doesn't say what it is for.
pub(in crate::access) fn reaches_otherwise(
    current: &TokenView,
    needed: &BTreeMap<u64, FullPath>,
) -> Option<String> {
    let Some(reached) = downloads(current.granular_scopes.as_ref()?) else {
        return Some("it is for more than downloading code".to_owned());
    };
    let missing = needed.iter().filter(|(id, _)| !reached.contains(id)).map(|(_, path)| path.to_string());
    let beside = reached.iter().filter(|id| !needed.contains_key(id)).map(|id| format!("project {id}"));
    let listed = |all: Vec<String>| (!all.is_empty()).then(|| all.join(", "));
    match (listed(missing.collect()), listed(beside.collect())) {
        (None, None) => None,
        (Some(missing), None) => Some(format!("it does not reach {missing}")),
        (None, Some(beside)) => Some(format!("it reaches {beside}, which the build does not need")),
        (Some(missing), Some(beside)) => Some(format!("it reaches {beside} instead of {missing}")),
    }
}

/// The day at whose start a token that is made now ends: its whole lifetime is in it, and no more than GitLab allows.
pub(in crate::access) fn latest_end(token: &Token, now: SystemTime) -> Date {
    let whole = Date::of(now).plus_days(token.lifetime.count() + 1);
    whole.min(Date::of(now).plus_days(crate::access::Days::LONGEST.count()))
}

pub(super) fn steps(declaration: &Declaration, world: &World) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for token in declaration.tokens() {
        let object = Object::Token { name: token.name.to_string(), owner: owner(&token.owner) };
        match judge(token, world)? {
            Fate::Make(because) => {
                let mut step = Step::new(Verb::Create, object, because);
                step.changes = told(token, world);
                steps.push(step);
            }
            Fate::Replace(old, because) => {
                let verb = if old.is_some() { Verb::Rotate } else { Verb::Create };
                let mut step = Step { verb, object, because, changes: told(token, world) };
                if let Some(old) = old {
                    let field = "token".to_owned();
                    step.changes.insert(
                        0,
                        Change { field, from: Some(old.id.to_string()), to: Some("a new one".to_owned()) },
                    );
                }
                steps.push(step);
            }
            Fate::Keep(current) => steps.extend(note(declaration, token, current, world)),
        }
    }
    Ok(steps)
}

/// What a new token is made with.
fn told(token: &Token, world: &World) -> Vec<Change> {
    let say = |field: &str, to: String| Change { field: field.to_owned(), from: None, to: Some(to) };
    let mut told = match world.needed.get(&token.name) {
        Some(needed) => {
            vec![say("downloads", needed.values().map(FullPath::as_str).collect::<Vec<_>>().join(", "))]
        }
        None => vec![say("role", token.level.to_string()), say("scopes", token.scope_list())],
    };
    told.extend([say("lifetime", token.lifetime.to_string()), say("stored at", token.store.to_string())]);
    told
}

/// The note as it is to be beside a token that stays.
pub(in crate::access) fn note_of(
    declaration: &Declaration,
    token: &Token,
    current: &TokenView,
    world: &World,
) -> Note {
    let stored = world.stored.get(&token.name);
    let old = stored.and_then(|stored| stored.note.as_ref());
    let living = world.living(&token.owner);
    let overlap = declaration.overlap(token);
    let out: Vec<_> =
        old.iter().map(|note| super::hygiene::retire(note.token_id, overlap, world.now)).collect();
    let retiring = Note::retiring_after(old, &out, (living, world.now), current.id);
    Note {
        declaration: declaration.name.clone(),
        token_id: current.id,
        version: stored.map(|stored| stored.state.version).unwrap_or_default(),
        field: Some(token.store.field.clone()),
        expires_at: current.expires_at,
        retiring,
        told: Note::told_of(token, old.map(|note| &note.told).unwrap_or(&Default::default())),
    }
}

fn note(declaration: &Declaration, token: &Token, current: &TokenView, world: &World) -> Option<Step> {
    let wanted = note_of(declaration, token, current, world);
    let stored = world.stored.get(&token.name)?;
    let (before, after) = (&stored.state.custom, wanted.write());
    if *before == after {
        return None;
    }
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changes: Vec<Change> = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Change {
            field: name.clone(),
            from: before.get(name).cloned(),
            to: after.get(name).map(|value| match name.as_str() {
                "retiring" => wanted.retiring_without_times(),
                _ => value.clone(),
            }),
        })
        .collect();
    let moved = |field: &str| changes.iter().find(|change| change.field == field);
    let mut because = Vec::new();
    if stored.note.is_none() {
        because.push(format!("the token {} is stored already, and is taken over", current.id));
    } else if moved("token_id").is_some() || moved("version").is_some() {
        because.push("the secret was written without it".to_owned());
    }
    if stored.note.is_some()
        && let Some(Change { from: Some(from), to, .. }) = moved("expires_at")
    {
        let to = to.as_deref().unwrap_or("never");
        because.push(format!("its end was moved at GitLab, from {from} to {to}"));
    }
    if stored.note.is_some() && moved("retiring").is_some() {
        because.push("what retires has changed".to_owned());
    }
    if because.is_empty() {
        because.push("it says otherwise than is declared".to_owned());
    }
    let object = Object::Note { token: token.name.to_string() };
    Some(Step { verb: Verb::Change, object, because, changes })
}
