use std::{collections::BTreeSet, time::Duration};

use serde::Serialize;

use super::{
    Declaration, EndedTokens, Error, Mark, Object, Owner, Step, Verb, World,
    gitlab::TokenView,
    plan::{Extent, Fate, hygiene_steps, judge},
    status::{days, idle, since},
};

/// A token of a declared owner that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// GitLab's number of it.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// Whether buildpass made it, for this declaration.
    pub ours: bool,
    /// Whether it is what jobs are given.
    pub stored: bool,
    /// Whether it has ended by itself: nobody has to revoke it.
    pub ended: bool,
    /// Why it is here.
    pub because: Vec<String>,
    /// Where it was to be stored, where it says so.
    #[serde(skip)]
    store: Option<String>,
}

/// From when on a token is worth looking at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Not used for so long.
    pub unused_for: Duration,
    /// Ending within.
    pub ending_within: Duration,
}

/// As long as GitLab keeps the bot user of an ended token, unless it is told otherwise.
const LATELY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Finding {
    /// Everything that is worth looking at among the living tokens of the declared owners.
    ///
    /// # Errors
    /// When something else stands where a declared token is to be stored.
    pub fn all(declaration: &Declaration, world: &World, limits: Limits) -> Result<Vec<Self>, Error> {
        let stray = hygiene_steps(declaration, world, Extent::Everything)?;
        let mut stored: BTreeSet<(&Owner, u64)> = BTreeSet::new();
        for token in declaration.tokens() {
            if let Fate::Keep(view) | Fate::Replace(Some(view), _) = judge(token, world)? {
                stored.insert((&token.owner, view.id));
            }
        }
        let mut findings = Vec::new();
        for (owner, living) in &world.tokens {
            for view in living {
                let of_plan = stray
                    .iter()
                    .filter(|step| matches!(&step.object, Object::OldToken { id, .. } if *id == view.id));
                let mut because: Vec<String> = of_plan.flat_map(|step| step.because.clone()).collect();
                if let Some(idle) = idle(view, world.now).filter(|idle| *idle >= limits.unused_for) {
                    let word = if view.last_used_at.is_some() { "not used" } else { "never used, and made" };
                    because.push(format!("{word} for {} days", days(idle)));
                }
                let ends = view.expires_at.filter(|date| date.away_from(world.now) < limits.ending_within);
                because.extend(ends.map(|date| format!("it ends on {date}")));
                let minted = declaration
                    .minted()
                    .iter()
                    .find(|role| role.owner == *owner && role.calls(&view.name) && Mark::of(view).is_none());
                if let Some(role) = minted {
                    if since(view.created_at.as_deref(), world.now).is_none_or(|age| age <= role.ttl) {
                        // A job has it.
                        continue;
                    }
                    let ttl = humantime::format_duration(role.ttl);
                    because.push(format!("minted for a job, and its lease was over after {ttl}"));
                }
                if because.is_empty() {
                    continue;
                }
                let mark = Mark::of(view).filter(|mark| mark.declaration == declaration.name);
                findings.push(Self {
                    id: view.id,
                    name: view.name.clone(),
                    owner: owner.to_string(),
                    ours: mark.is_some(),
                    stored: stored.contains(&(owner, view.id)),
                    ended: false,
                    because,
                    store: mark.map(|mark| mark.store),
                });
            }
        }
        Ok(findings)
    }

    /// Those that have ended by themselves lately, and were not replaced: whoever held one finds it dead.
    pub fn expired(declaration: &Declaration, world: &World, ended: &EndedTokens) -> Vec<Self> {
        let of_owner = |(owner, ended): (&Owner, &[TokenView])| {
            let owner = owner.to_string();
            let lately = ended.iter().filter_map(|view| {
                let date = view.expires_at.filter(|_| !view.revoked)?;
                let since = world.now.duration_since(date.start()).ok().filter(|since| *since < LATELY)?;
                let mark = Mark::of(view).filter(|mark| mark.declaration == declaration.name);
                Some(Self {
                    id: view.id,
                    name: view.name.clone(),
                    owner: owner.clone(),
                    ours: mark.is_some(),
                    stored: false,
                    ended: true,
                    because: vec![format!("it ended on {date}, {} days ago", days(since))],
                    store: mark.map(|mark| mark.store),
                })
            });
            lately.collect::<Vec<_>>()
        };
        ended.of_each().flat_map(of_owner).collect()
    }

    /// Its end.
    pub fn end(&self) -> Step {
        let Self { id, name, owner, store, .. } = self.clone();
        let object = Object::OldToken { id, name, owner, store };
        Step { verb: Verb::Revoke, object, because: vec!["it was asked for".to_owned()], changes: Vec::new() }
    }
}
